using System.Buffers;

namespace DataVersion.Engine.Files;

/// <summary>
/// JSON strings as Python's <c>json.dumps</c> writes them by default: pure ASCII, lower-case hexadecimal escapes,
/// <c>/ &lt; &gt; &amp; '</c> as they are. Hashes depend on these bytes (directory manifests, stage checksums, run cache keys).
/// </summary>
internal static class JsonText
{
    /// <summary>Appends the string with its quotes. A lone surrogate is written as its own escape, as Python does.</summary>
    public static void AppendEscaped(IBufferWriter<byte> target, ReadOnlySpan<char> text)
    {
        // At worst every UTF-16 unit becomes \uxxxx.
        const int chunk = 512;
        Put(target, '"');
        while (!text.IsEmpty)
        {
            var part = text[..Math.Min(chunk, text.Length)];
            var bytes = target.GetSpan(part.Length * 6);
            target.Advance(Escape(part, bytes));
            text = text[part.Length..];
        }
        Put(target, '"');
    }

    private static void Put(IBufferWriter<byte> target, char character)
    {
        target.GetSpan(1)[0] = (byte)character;
        target.Advance(1);
    }

    private static int Escape(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var length = 0;
        foreach (var c in text)
        {
            if (c is >= ' ' and <= '~' and not ('"' or '\\'))
            {
                bytes[length++] = (byte)c;
                continue;
            }
            bytes[length++] = (byte)'\\';
            var letter = c switch
            {
                '"' => '"', '\\' => '\\', '\n' => 'n', '\r' => 'r', '\t' => 't', '\b' => 'b', '\f' => 'f', _ => 'u',
            };
            bytes[length++] = (byte)letter;
            if (letter != 'u')
                continue;
            for (var shift = 12; shift >= 0; shift -= 4)
                bytes[length++] = "0123456789abcdef"u8[(c >> shift) & 15];
        }
        return length;
    }
}
