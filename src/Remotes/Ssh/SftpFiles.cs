using Renci.SshNet.Common;

namespace DataVersion.Remotes.Ssh;

/// <summary>Reads and writes files over a pipe, with several requests under way.</summary>
internal static class SftpFiles
{
    /// <summary>Bytes that are asked for in advance, and that are sent before their answers have come.</summary>
    private const int Window = 1 << 20;

    /// <summary>Reads a file, or a part of it, in order.</summary>
    /// <param name="pipe">The pipe.</param>
    /// <param name="path">The file.</param>
    /// <param name="target">Receives the bytes.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="length">How many; null for all that are there.</param>
    public static void Read(SftpPipe pipe, string path, Stream target, long offset, long? length)
    {
        var handle = pipe.Open(path, SftpOpening.Read).Handle(pipe.Patience);
        try
        {
            var window = new Queue<Asked>();
            // The first bytes come together with the length of the file: most files have no others.
            var stat = length is null ? pipe.Stat(handle) : null;
            var asked = offset;
            Ask(pipe, handle, window, ref asked, offset + (length ?? pipe.Piece));
            var end = length is { } count ? offset + count : stat!.Size(pipe.Patience) is >= 0 and var size ? size : long.MaxValue;
            if (end == 0)
                // A file that is made while it is read (/proc) has no length before.
                end = long.MaxValue;
            while (true)
            {
                Ask(pipe, handle, window, ref asked, end);
                if (!window.TryDequeue(out var next))
                    return;
                for (var (at, left) = (next.Offset, (int)Math.Min(next.Count, end - next.Offset)); left > 0;)
                {
                    var came = next.Reply.Data(pipe.Patience, target);
                    if (came == 0)
                        // The end, or shorter than it was: the caller knows how much it needs.
                        return;
                    (at, left) = (at + came, left - came);
                    if (left > 0)
                        next = next with { Reply = pipe.Read(handle, at, left) };
                }
            }
        }
        finally
        {
            // Nobody waits for it: it is the last word about this handle.
            TryClose(pipe, handle);
        }
    }

    /// <summary>Writes bytes into a file that is open, and closes it.</summary>
    /// <param name="pipe">The pipe.</param>
    /// <param name="handle">The file.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="source">Gives the next bytes, as many as it is asked for; none at the end.</param>
    public static void WriteAndClose(SftpPipe pipe, byte[] handle, long offset, Func<int, ReadOnlyMemory<byte>> source)
    {
        SftpReply? closed = null;
        try
        {
            var window = new Queue<SftpReply>();
            for (ReadOnlyMemory<byte> piece; (piece = source(pipe.Piece)).Length > 0; offset += piece.Length)
            {
                window.Enqueue(pipe.Write(handle, offset, piece));
                if (window.Count * (long)pipe.Piece >= Window)
                    window.Dequeue().Done(pipe.Patience);
            }
            closed = pipe.Close(handle);
            while (window.TryDequeue(out var written))
                written.Done(pipe.Patience);
            closed.Done(pipe.Patience);
        }
        finally
        {
            if (closed is null)
                TryClose(pipe, handle);
        }
    }

    private static void Ask(SftpPipe pipe, byte[] handle, Queue<Asked> window, ref long asked, long end)
    {
        for (var most = Math.Max(2, Window / pipe.Piece); asked < end && window.Count < most;)
        {
            var count = (int)Math.Min(pipe.Piece, end - asked);
            window.Enqueue(new Asked(asked, count, pipe.Read(handle, asked, count)));
            asked += count;
            // Behind an end that is not known, one after the other.
            if (end == long.MaxValue)
                return;
        }
    }

    private static void TryClose(SftpPipe pipe, byte[] handle)
    {
        try
        {
            pipe.Close(handle);
        }
        catch (Exception error) when (error is SshException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            // With its connection the file is closed too.
        }
    }

    private sealed record Asked(long Offset, int Count, SftpReply Reply);
}
