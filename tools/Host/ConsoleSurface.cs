using System.Management.Automation.Host;

namespace DataVersion.Host;

/// <summary>Sizes and colours for the formatting of tables.</summary>
internal sealed class ConsoleSurface(int width) : PSHostRawUserInterface
{
    private const int RedirectedWidth = 140;

    /// <summary>The surface of the console; a redirected output has 140 columns.</summary>
    public static ConsoleSurface OfConsole() => new(Console.IsOutputRedirected ? RedirectedWidth : Math.Max(40, Console.WindowWidth));

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;
    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;
    public override Size BufferSize { get => new(width, 4000); set { } }
    public override Size WindowSize { get => new(width, 50); set { } }
    public override Size MaxWindowSize => WindowSize;
    public override Size MaxPhysicalWindowSize => WindowSize;
    public override Coordinates CursorPosition { get; set; }
    public override Coordinates WindowPosition { get; set; }
    public override int CursorSize { get; set; } = 1;
    public override string WindowTitle { get; set; } = "DataVersion";
    public override bool KeyAvailable => false;

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException("This host reads lines only.");

    public override void FlushInputBuffer()
    {
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw new NotSupportedException();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new NotSupportedException();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw new NotSupportedException();
}
