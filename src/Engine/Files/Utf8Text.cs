using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace DataVersion.Engine.Files;

/// <summary>
/// Text files that are written back or that name other files: a byte that is no UTF-8 is an error with its place, as for DVC,
/// and not a replacement character that would make another name of it.
/// </summary>
internal static class Utf8Text
{
    /// <summary>Reads a file; a mark at its start is left out.</summary>
    /// <exception cref="IOException">It cannot be read; also <see cref="UnauthorizedAccessException"/>.</exception>
    /// <inheritdoc cref="Decode" path="/exception"/>
    public static string Read(string path, string nameForErrors, DataErrorKind kind) => Decode(SmallFile.Read(path, out _), nameForErrors, kind);

    /// <summary>The text of these bytes; a mark at their start is left out.</summary>
    /// <exception cref="MetadataFormatException">They are not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string nameForErrors, DataErrorKind kind)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        if (Utf8.IsValid(bytes))
            return Encoding.UTF8.GetString(bytes);
        var (line, column) = (1, 1);
        while (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done)
        {
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
            bytes = bytes[length..];
        }
        throw new MetadataFormatException(kind, nameForErrors, line, column, "the file is not valid UTF-8.",
            "Save the file as UTF-8, or restore it from Git, and run the command again.");
    }
}
