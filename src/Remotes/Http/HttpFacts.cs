using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Http;

/// <summary>What the headers of an answer say.</summary>
internal static class HttpFacts
{
    /// <summary>Of the value behind it.</summary>
    public static RemoteItem ItemOf(string key, HttpResponseMessage answer)
    {
        var headers = answer.Content.Headers;
        var isPart = answer.StatusCode is System.Net.HttpStatusCode.PartialContent or System.Net.HttpStatusCode.RequestedRangeNotSatisfiable;
        return new RemoteItem(key, (isPart ? headers.ContentRange?.Length : headers.ContentLength) ?? -1)
        {
            // What a part has as MD5 says nothing of the whole.
            Md5 = !isPart && headers.ContentMD5 is { Length: 16 } md5 ? Convert.ToHexStringLower(md5) : null,
            IsMd5Stated = true,
            // A weak one keeps its mark: W/"…".
            ETag = answer.Headers.ETag is { } tag ? (tag.IsWeak ? tag.ToString() : tag.Tag.Trim('"')) : Raw(answer, "ETag"),
            Modified = headers.LastModified,
        };
    }

    /// <summary>Of the service.</summary>
    public static StorageFacts Of(HttpResponseMessage answer, HttpLogin login) => new()
    {
        Credentials = login.Description, Clock = answer.Headers.Date, Service = Raw(answer, "Server"),
    };

    // Not every server keeps to the form of a header (an ETag without quotes).
    private static string? Raw(HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out var values) && values.ToString() is { Length: > 0 } value ? value.Trim('"') : null;
}
