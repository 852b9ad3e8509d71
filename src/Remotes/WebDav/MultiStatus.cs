using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace DataVersion.Remotes.WebDav;

/// <summary>Something that an answer to PROPFIND describes.</summary>
/// <param name="Path">Its path at the server, unescaped, without a slash at the end.</param>
/// <param name="IsFolder">It is a collection.</param>
/// <param name="Size">Its length; -1 when the server does not tell.</param>
/// <param name="ETag">Its entity tag without quotes; null when there is none.</param>
/// <param name="Modified">When it was stored; null when the server does not tell.</param>
internal sealed record DavEntry(string Path, bool IsFolder, long Size, string? ETag, DateTimeOffset? Modified);

/// <summary>Answers to PROPFIND (format: RFC 4918, 207 Multi-Status).</summary>
internal static class MultiStatus
{
    /// <summary>What is asked for.</summary>
    public const string Question = """
        <?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getetag/><getlastmodified/></prop></propfind>
        """;

    private static readonly XNamespace Dav = "DAV:";

    /// <summary>Reads an answer, element by element.</summary>
    /// <exception cref="XmlException">It is no such answer, or it was cut.</exception>
    public static async Task<List<DavEntry>> ReadAsync(Stream xml, CancellationToken cancellation)
    {
        var entries = new List<DavEntry>();
        using var reader = XmlReader.Create(xml, new XmlReaderSettings { Async = true, DtdProcessing = DtdProcessing.Prohibit, IgnoreWhitespace = true });
        await reader.MoveToContentAsync().ConfigureAwait(false);
        if (reader.LocalName != "multistatus")
            throw new XmlException("it is no multi-status");
        await reader.ReadAsync().ConfigureAwait(false);
        while (!reader.EOF)
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "response" })
            {
                if (Understand((XElement)await XNode.ReadFromAsync(reader, cancellation).ConfigureAwait(false)) is { } entry)
                    entries.Add(entry);
            }
            else
                await reader.ReadAsync().ConfigureAwait(false);
        return entries;
    }

    /// <summary>The path of a reference that may be a whole address: unescaped, without a slash at the end.</summary>
    public static string PathOf(string reference)
    {
        if (reference.IndexOf("://", StringComparison.Ordinal) is > 0 and var mark && !reference.StartsWith('/'))
            reference = reference.IndexOf('/', mark + 3) is >= 0 and var slash ? reference[slash..] : "";
        return string.Join('/', reference.TrimEnd('/').Split('/').Select(Uri.UnescapeDataString));
    }

    private static DavEntry? Understand(XElement response)
    {
        if (response.Element(Dav + "href")?.Value.Trim() is not { Length: > 0 } reference)
            return null;
        // What is not found, or not allowed, stands in a block with another status.
        var properties = response.Elements(Dav + "propstat").Where(p => p.Element(Dav + "status")?.Value.Contains(" 200", StringComparison.Ordinal) ?? true).Elements(Dav + "prop").ToList();
        if (properties.Count == 0 && response.Element(Dav + "status") is not null)
            return null;
        string? Of(string name) => properties.Elements(Dav + name).FirstOrDefault()?.Value.Trim();
        var tag = Of("getetag");
        return new DavEntry(PathOf(reference), properties.Elements(Dav + "resourcetype").Elements(Dav + "collection").Any(),
            long.TryParse(Of("getcontentlength"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : -1,
            string.IsNullOrEmpty(tag) ? null : (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"'),
            DateTimeOffset.TryParse(Of("getlastmodified"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null);
    }
}
