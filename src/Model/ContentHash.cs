using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace DataVersion;

/// <summary>How the bytes of a file were turned into a content hash.</summary>
public enum ContentHashAlgorithm : byte
{
    /// <summary>Plain MD5 of the bytes: what DVC 3.x writes (<c>hash: md5</c>).</summary>
    Md5,

    /// <summary>MD5 with CRLF read as LF in text chunks: what DVC 2.x and older wrote (no <c>hash</c> key).</summary>
    Md5Dos2Unix,
}

/// <summary>
/// The name of some content: an algorithm, 16 bytes, and whether the content is a directory manifest.
/// Written as 32 lower-case hexadecimal digits, with <c>.dir</c> behind them for a directory (format: DVC object ids).
/// </summary>
public readonly struct ContentHash : IEquatable<ContentHash>, IComparable<ContentHash>
{
    /// <summary>What a directory's hash ends with in text and in object names.</summary>
    public const string DirectorySuffix = ".dir";

    private readonly ulong high;
    private readonly ulong low;

    /// <summary>Makes a hash of 16 bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 16 bytes.</exception>
    public ContentHash(ReadOnlySpan<byte> bytes, ContentHashAlgorithm algorithm = ContentHashAlgorithm.Md5, bool isDirectory = false)
    {
        if (bytes.Length != 16)
            throw new ArgumentException("An MD5 hash has 16 bytes.", nameof(bytes));
        high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        Algorithm = algorithm;
        IsDirectory = isDirectory;
    }

    /// <summary>The algorithm the bytes were made with.</summary>
    public ContentHashAlgorithm Algorithm { get; }

    /// <summary>True for the hash of a directory manifest (<c>.dir</c>).</summary>
    public bool IsDirectory { get; }

    /// <summary>The 32 lower-case hexadecimal digits, without <c>.dir</c>.</summary>
    public string Hex => string.Create(32, this, static (text, hash) =>
    {
        WriteHex(text, hash.high);
        WriteHex(text[16..], hash.low);
    });

    /// <summary>Copies the 16 bytes.</summary>
    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
    }

    /// <summary>The same bytes as the name of a directory manifest.</summary>
    public ContentHash AsDirectory()
    {
        Span<byte> bytes = stackalloc byte[16];
        CopyTo(bytes);
        return new ContentHash(bytes, Algorithm, isDirectory: true);
    }

    /// <summary>
    /// Reads 32 hexadecimal digits (either case), optionally followed by <c>.dir</c>. Anything else, path characters
    /// included, is refused: a hash becomes a file name.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, ContentHashAlgorithm algorithm, out ContentHash hash)
    {
        hash = default;
        if (text is null)
            return false;
        var digits = text.AsSpan();
        var isDirectory = digits.EndsWith(DirectorySuffix, StringComparison.Ordinal);
        if (isDirectory)
            digits = digits[..^DirectorySuffix.Length];
        if (digits.Length != 32)
            return false;
        Span<byte> bytes = stackalloc byte[16];
        if (Convert.FromHexString(digits, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        hash = new ContentHash(bytes, algorithm, isDirectory);
        return true;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">The text is no hash.</exception>
    public static ContentHash Parse(string text, ContentHashAlgorithm algorithm = ContentHashAlgorithm.Md5) =>
        TryParse(text, algorithm, out var hash) ? hash : throw new FormatException($"'{text}' is not a content hash.");

    /// <summary>The digits, with <c>.dir</c> for a directory.</summary>
    public override string ToString() => IsDirectory ? Hex + DirectorySuffix : Hex;

    /// <inheritdoc/>
    public bool Equals(ContentHash other) =>
        high == other.high && low == other.low && Algorithm == other.Algorithm && IsDirectory == other.IsDirectory;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ContentHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(low ^ (low >> 32));

    /// <summary>Orders by the digits, then files before directories.</summary>
    public int CompareTo(ContentHash other)
    {
        var order = high.CompareTo(other.high);
        if (order == 0)
            order = low.CompareTo(other.low);
        if (order == 0)
            order = IsDirectory.CompareTo(other.IsDirectory);
        return order != 0 ? order : Algorithm.CompareTo(other.Algorithm);
    }

    /// <summary>Same algorithm, same bytes, same kind.</summary>
    public static bool operator ==(ContentHash left, ContentHash right) => left.Equals(right);

    /// <summary>The opposite of <c>==</c>.</summary>
    public static bool operator !=(ContentHash left, ContentHash right) => !left.Equals(right);

    private static void WriteHex(Span<char> text, ulong value)
    {
        for (var i = 15; i >= 0; i--, value >>= 4)
        {
            var digit = (int)(value & 15);
            text[i] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        }
    }
}
