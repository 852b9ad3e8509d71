using System.Buffers;
using System.Security.Cryptography;

namespace DataVersion.Engine.Hashing;

/// <summary>
/// The hash of DVC 2.x and older (md5-dos2unix): the file is read in chunks of 1 MiB; in a chunk that looks like text
/// CRLF counts as LF. A CRLF that is split between two chunks is not joined.
/// </summary>
public static class LegacyTextHash
{
    /// <summary>Bytes of one chunk. The hash depends on it.</summary>
    public const int ChunkSize = 1 << 20;

    private const int Looked = 512;
    private const double MostOthers = 0.30;
    private static readonly SearchValues<byte> TextBytes = SearchValues.Create(
        Enumerable.Range(0x20, 0x5F).Select(b => (byte)b).Concat("\n\r\t\f\b"u8.ToArray()).ToArray());

    /// <summary>The hash of bytes that are in memory as a whole.</summary>
    public static ContentHash Of(ReadOnlySpan<byte> content)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            for (var left = content; !left.IsEmpty; left = left[Math.Min(ChunkSize, left.Length)..])
            {
                var chunk = buffer.AsSpan(0, Math.Min(ChunkSize, left.Length));
                left[..chunk.Length].CopyTo(chunk);
                md5.AppendData(Normalize(chunk));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        Span<byte> hash = stackalloc byte[16];
        md5.GetHashAndReset(hash);
        return new ContentHash(hash, ContentHashAlgorithm.Md5Dos2Unix);
    }

    /// <summary>The bytes of a chunk that are hashed; a chunk of text is changed in place.</summary>
    internal static ReadOnlySpan<byte> Normalize(Span<byte> chunk)
    {
        if (!IsText(chunk))
            return chunk;
        var at = chunk.IndexOf("\r\n"u8);
        if (at < 0)
            return chunk;
        var length = at;
        for (var from = at; ; )
        {
            // from points to a CR that is dropped; what follows goes up to the next one.
            from++;
            var next = chunk[from..].IndexOf("\r\n"u8);
            var part = next < 0 ? chunk[from..] : chunk.Slice(from, next);
            part.CopyTo(chunk[length..]);
            length += part.Length;
            if (next < 0)
                return chunk[..length];
            from += next;
        }
    }

    /// <summary>Whether DVC takes these first bytes for text.</summary>
    internal static bool IsText(ReadOnlySpan<byte> chunk)
    {
        var block = chunk[..Math.Min(Looked, chunk.Length)];
        if (block.IsEmpty)
            return true;
        if (block.Contains((byte)0))
            return false;
        var others = 0;
        foreach (var value in block)
            if (!TextBytes.Contains(value))
                others++;
        return (double)others / block.Length <= MostOthers;
    }
}
