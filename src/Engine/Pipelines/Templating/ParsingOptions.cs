namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>How a map that stands in a command becomes options: <c>parsing.bool</c> and <c>parsing.list</c> of the configuration.</summary>
/// <param name="NegateFalse">False becomes <c>--no-name</c> (<c>boolean_optional</c>) instead of nothing (<c>store_true</c>).</param>
/// <param name="RepeatLists">A list becomes <c>--name a --name b</c> (<c>append</c>) instead of <c>--name a b</c> (<c>nargs</c>).</param>
/// <param name="WindowsQuoting">Texts are quoted for Windows programs instead of for a POSIX shell.</param>
public sealed record ParsingOptions(bool NegateFalse, bool RepeatLists, bool WindowsQuoting)
{
    /// <summary>What holds when nothing is configured, on this system.</summary>
    public static ParsingOptions Default { get; } = new(false, false, OperatingSystem.IsWindows());

    /// <summary>The values of the configuration; null where nothing is set.</summary>
    /// <param name="boolean"><c>store_true</c> or <c>boolean_optional</c>.</param>
    /// <param name="list"><c>nargs</c> or <c>append</c>.</param>
    public static ParsingOptions From(string? boolean, string? list) =>
        new(boolean == "boolean_optional", list == "append", OperatingSystem.IsWindows());
}
