using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Remotes.Versions;

/// <summary>The names of files on a remote that keeps plain files and their versions (DVC spec 10.1, 10.6).</summary>
internal static class VersionKeys
{
    /// <summary>The key of a file: where it lies in the repository.</summary>
    public static string Of(TrackedOutput output, string inner) => inner.Length == 0 ? output.Path : output.Path + "/" + inner;

    /// <summary>The key of one version of it, as in DVC's addresses; the storages read them so.</summary>
    /// <param name="scheme">Of the remote's address.</param>
    /// <param name="key">The key.</param>
    /// <param name="id">The service's id of the version.</param>
    public static string InVersion(string scheme, string key, string id) => key + scheme switch
    {
        "gs" => "#" + id,
        "azure" => "?versionid=" + id,
        _ => "?versionId=" + Uri.EscapeDataString(id),
    };

    /// <summary>Takes an address or a key apart that may name a version.</summary>
    /// <param name="scheme">Of the address.</param>
    /// <param name="key">The address or key.</param>
    /// <returns>What names the file, and the id of the version; null when none is named.</returns>
    public static (string Key, string? Id) Split(string scheme, string key)
    {
        var mark = scheme switch { "gs" => "#", "azure" => "?versionid=", "s3" => "?versionId=", _ => null };
        if (mark is null || key.LastIndexOf(mark, StringComparison.Ordinal) is not (> 0 and var at) || key[(at + mark.Length)..] is not { Length: > 0 } id
            || id.Contains('/') || scheme == "gs" && (id.Length < 13 || id.AsSpan().ContainsAnyExceptInRange('0', '9')))
            return (key, null);
        return (key[..at], scheme == "gs" ? id : Uri.UnescapeDataString(id));
    }
}
