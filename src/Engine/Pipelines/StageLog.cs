using System.Buffers;
using System.Text;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// What the commands of one stage write: all of it goes into a file, the last lines are kept, and whole lines are passed on as they
/// come, several at a time. A line that is drawn again and again with carriage returns is passed on as it was last. Safe for
/// several threads.
/// </summary>
/// <param name="path">Absolute path of the file; made with its folder when something is written.</param>
/// <param name="live">Receives whole lines, with their line ends.</param>
internal sealed class StageLog(string path, Action<string> live) : IDisposable
{
    private const int LinesKept = 100, LongestLine = 16 * 1024, BufferSize = 16 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<string> last = new();
    private readonly StringBuilder waiting = new();
    private FileStream? file;

    /// <summary>The file; null while nothing was written.</summary>
    public string? Path { get; private set; }

    /// <summary>The last lines.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (gate)
                return [.. last];
        }
    }

    /// <summary>Reads a stream of a process to its end.</summary>
    public async Task ReadAsync(Stream source, CancellationToken cancellation)
    {
        var (bytes, chars) = (ArrayPool<byte>.Shared.Rent(BufferSize), ArrayPool<char>.Shared.Rent(BufferSize));
        var decoder = Encoding.UTF8.GetDecoder();
        var line = new StringBuilder();
        var returned = false;
        // A read that is given up may still write into the buffer, so the buffers go back only at the end of the stream.
        for (int count; (count = await source.ReadAsync(bytes.AsMemory(0, BufferSize), cancellation).ConfigureAwait(false)) > 0;)
            lock (gate)
            {
                Write(bytes.AsSpan(0, count));
                foreach (var character in chars.AsSpan(0, decoder.GetChars(bytes, 0, count, chars, 0, flush: false)))
                    if (character == '\n')
                    {
                        Keep(line);
                        returned = false;
                    }
                    else if (character == '\r')
                        returned = true;
                    else
                    {
                        if (returned)
                            line.Clear();
                        returned = false;
                        line.Append(character);
                        if (line.Length >= LongestLine)
                            Keep(line);
                    }
            }
        lock (gate)
            if (line.Length > 0)
                Keep(line);
        ArrayPool<byte>.Shared.Return(bytes);
        ArrayPool<char>.Shared.Return(chars);
    }

    /// <summary>Passes on what is waiting.</summary>
    public void Flush()
    {
        string text;
        lock (gate)
        {
            if (waiting.Length == 0)
                return;
            text = waiting.ToString();
            waiting.Clear();
        }
        live(text);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (gate)
            file?.Dispose();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (file is null)
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
                Path = path;
            }
            file.Write(bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // A stage must not fail because its log cannot be kept.
        }
    }

    private void Keep(StringBuilder line)
    {
        var text = line.ToString();
        line.Clear();
        last.Enqueue(text);
        if (last.Count > LinesKept)
            last.Dequeue();
        waiting.Append(text).Append('\n');
    }
}
