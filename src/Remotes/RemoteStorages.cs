using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.Local;

namespace DataVersion.Remotes;

/// <summary>Finds the storage service for a remote by the scheme of its URL.</summary>
public static class RemoteStorages
{
    /// <summary>Opens the storage of a remote; nothing is contacted before the first call.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: a service or an option that is not supported.</exception>
    public static IRemoteStorage Open(RemoteConfiguration remote)
    {
        foreach (var option in (string[])["version_aware", "worktree"])
            if (string.Equals(remote.Get(option), "true", StringComparison.OrdinalIgnoreCase))
                throw NotYet($"The remote '{remote.Name}' keeps plain files ({option} = true), which is not supported yet.", remote);
        return remote.Scheme switch
        {
            "" => new FolderStorage(Path.TrimEndingDirectorySeparator(remote.Url), remote.Get("shared") == "group"),
            var scheme => throw NotYet($"The remote '{remote.Name}' is at a {scheme}:// address, which is not supported yet: only folders are.", remote),
        };
    }

    private static DataVersionException NotYet(string message, RemoteConfiguration remote) => new(DataErrorKind.RemoteFailed, message, remote.Url,
        "Use a remote that is a folder (Add-DataRemote with a path), or DVC itself for this one.");
}
