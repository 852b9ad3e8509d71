using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Remotes.Versions;

/// <summary>The names of files on a remote that keeps plain files and their versions (DVC spec 10.1, 10.6).</summary>
internal static class VersionKeys
{
    /// <summary>The key of a file: where it lies in the repository.</summary>
    public static string Of(TrackedOutput output, string inner) => inner.Length == 0 ? output.Path : output.Path + "/" + inner;

    /// <summary>The key of one version of it, as in DVC's addresses; the storages read them so.</summary>
    public static string InVersion(string key, string id) => key + "?versionId=" + Uri.EscapeDataString(id);
}
