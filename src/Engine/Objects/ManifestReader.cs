using System.Buffers;
using System.Text.Json;

namespace DataVersion.Engine.Objects;

public sealed partial class Manifest
{
    /// <summary>Bytes that <see cref="Parse(Stream, ContentHashAlgorithm, string, long)"/> accepts unless told otherwise: 2 GiB,
    /// some twenty million files.</summary>
    public const long DefaultLimit = 2L << 30;

    /// <summary>Reads the bytes of a manifest object.</summary>
    /// <inheritdoc cref="Parse(Stream, ContentHashAlgorithm, string, long)"/>
    public static Manifest Parse(ReadOnlySpan<byte> content, ContentHashAlgorithm algorithm, string nameForErrors)
    {
        var reader = new Reader(algorithm, nameForErrors);
        reader.Consume(content, isFinal: true);
        return FromEntries(reader.Finish(), algorithm, nameForErrors);
    }

    /// <summary>
    /// Reads a manifest object as a stream. Keys other than <c>md5</c> and <c>relpath</c> are skipped; entries in another
    /// order are sorted.
    /// </summary>
    /// <param name="content">The object's bytes.</param>
    /// <param name="algorithm">The algorithm of the entries' hashes.</param>
    /// <param name="nameForErrors">What to call the manifest in errors: its path or hash.</param>
    /// <param name="limit">More bytes than this are refused.</param>
    /// <exception cref="DataVersionException">ManifestInvalid: not the format, truncated, too large, or entries that no
    /// directory can have (listed twice, file and folder at once, climbing out).</exception>
    public static Manifest Parse(Stream content, ContentHashAlgorithm algorithm, string nameForErrors, long limit = DefaultLimit)
    {
        var reader = new Reader(algorithm, nameForErrors);
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            var (held, total) = (0, 0L);
            while (true)
            {
                var read = content.ReadAtLeast(buffer.AsSpan(held), buffer.Length - held, throwOnEndOfStream: false);
                var isFinal = held + read < buffer.Length;
                total += read;
                if (total > limit)
                    throw Invalid(nameForErrors, $"it is larger than {limit:N0} bytes.");
                var consumed = reader.Consume(buffer.AsSpan(0, held + read), isFinal);
                if (isFinal)
                    break;
                held = held + read - consumed;
                if (held == buffer.Length)
                    throw Invalid(nameForErrors, "it contains a text of more than 128 KiB.");
                buffer.AsSpan(consumed, held).CopyTo(buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return FromEntries(reader.Finish(), algorithm, nameForErrors);
    }

    /// <summary>A state machine over JSON tokens, so that a manifest can be read in blocks.</summary>
    private sealed class Reader(ContentHashAlgorithm algorithm, string name)
    {
        private enum Expected
        {
            Array,
            Entry,
            Key,
            Hash,
            Path,
            Other,
            Nothing,
        }

        private readonly List<ManifestEntry> entries = [];
        private JsonReaderState state;
        private Expected expected;
        private string? path;
        private ContentHash? hash;

        /// <summary>Reads complete tokens of a block; tells how many bytes were used.</summary>
        public int Consume(ReadOnlySpan<byte> block, bool isFinal)
        {
            var json = new Utf8JsonReader(block, isFinal, state);
            try
            {
                while (json.Read())
                    Take(ref json);
            }
            catch (JsonException error)
            {
                throw Invalid(name, "it is damaged or cut off (" + error.Message.TrimEnd('.') + ").", error);
            }
            catch (InvalidOperationException error) // a string that is not valid Unicode
            {
                throw Invalid(name, "it contains a text that is not valid Unicode.", error);
            }
            state = json.CurrentState;
            return (int)json.BytesConsumed;
        }

        public ManifestEntry[] Finish() => expected == Expected.Nothing
            ? entries.ToArray()
            : throw Invalid(name, "it is empty or cut off.");

        private void Take(ref Utf8JsonReader json)
        {
            switch (expected)
            {
                case Expected.Array when json.TokenType == JsonTokenType.StartArray:
                    expected = Expected.Entry;
                    break;
                case Expected.Entry when json.TokenType == JsonTokenType.StartObject:
                    (path, hash, expected) = (null, null, Expected.Key);
                    break;
                case Expected.Entry when json.TokenType == JsonTokenType.EndArray:
                    expected = Expected.Nothing;
                    break;
                case Expected.Key when json.TokenType == JsonTokenType.EndObject:
                    entries.Add(new ManifestEntry(
                        path ?? throw Invalid(name, $"entry {entries.Count + 1} has no relpath."),
                        hash ?? throw Invalid(name, $"the entry '{Shown(path)}' has no md5.")));
                    expected = Expected.Entry;
                    break;
                case Expected.Key: // can only be a property name
                    expected = json.ValueTextEquals("md5"u8) ? Expected.Hash
                        : json.ValueTextEquals("relpath"u8) ? Expected.Path : Expected.Other;
                    break;
                case Expected.Path when json.TokenType == JsonTokenType.String:
                    (path, expected) = (json.GetString(), Expected.Key);
                    break;
                case Expected.Hash when json.TokenType == JsonTokenType.String:
                    (hash, expected) = (ReadHash(ref json), Expected.Key);
                    break;
                case Expected.Other: // skip the value, however deep: inside an entry the depth is 2
                    if (json.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject || json.CurrentDepth > 2)
                        break;
                    expected = Expected.Key;
                    break;
                default:
                    throw Invalid(name, $"entry {entries.Count + 1} is not of the form {{\"md5\": ..., \"relpath\": ...}}.");
            }
        }

        private ContentHash ReadHash(ref Utf8JsonReader json)
        {
            Span<byte> bytes = stackalloc byte[16];
            if (json.ValueIsEscaped || json.ValueSpan.Length != 32
                || Convert.FromHexString(json.ValueSpan, bytes, out _, out _) != OperationStatus.Done)
                throw Invalid(name, $"entry {entries.Count + 1} has the hash '{Shown(json.GetString())}', which is not 32 hexadecimal digits.");
            return new ContentHash(bytes, algorithm);
        }
    }
}
