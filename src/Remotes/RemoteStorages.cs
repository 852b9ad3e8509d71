using System.Runtime.CompilerServices;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.Local;

namespace DataVersion.Remotes;

/// <summary>Finds the storage service for a remote by the scheme of its URL.</summary>
/// <remarks>Each service is made in a method of its own that is never inlined, so that its SDK is loaded when its scheme is
/// first used, and not before.</remarks>
public static class RemoteStorages
{
    /// <summary>The schemes of services that exist here; "" is a folder.</summary>
    public static IReadOnlyCollection<string> Schemes => Services.Keys;

    private static readonly Dictionary<string, Func<RemoteConfiguration, IRemoteStorage>> Services = new(StringComparer.Ordinal)
    {
        [""] = OpenFolder,
        ["http"] = OpenHttp,
        ["https"] = OpenHttp,
        ["azure"] = OpenAzure,
        ["webdav"] = OpenWebDav,
        ["webdavs"] = OpenWebDav,
        ["ssh"] = OpenSsh,
        ["s3"] = OpenS3,
        ["gs"] = OpenGoogle,
        ["ftp"] = OpenFtp,
        ["ftps"] = OpenFtp,
    };

    /// <summary>Opens the storage of a remote; nothing is contacted before the first call.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: a service or an option that is not supported.</exception>
    public static IRemoteStorage Open(RemoteConfiguration remote)
    {
        if (remote.KeepsVersions)
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"The remote '{remote.Name}' keeps plain files and their versions ({(remote.IsWorktree ? "worktree" : "version_aware")} = true), which this cannot be done with.",
                RemoteSecrets.Hide(remote.Url), "Such a remote can be pushed to, fetched and pulled from (Sync-DataRemote), compared (Get-DataStatus), tested and repaired; for everything else use another remote.");
        return OpenStorage(remote);
    }

    /// <summary>Opens the storage of a remote that keeps plain files and their versions; nothing is contacted before the first call.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: a service whose versions are not supported.</exception>
    public static IRemoteStorage OpenVersions(RemoteConfiguration remote) => remote.Scheme is "s3" or "gs" or "azure" ? OpenStorage(remote)
        : throw new DataVersionException(DataErrorKind.RemoteFailed, remote.Scheme switch
        {
            "" => $"The remote '{remote.Name}' is a folder, which keeps no versions, but has {(remote.IsWorktree ? "worktree" : "version_aware")} = true.",
            var scheme => $"The remote '{remote.Name}' is at a {scheme}:// address, which keeps no versions, but has {(remote.IsWorktree ? "worktree" : "version_aware")} = true.",
        }, RemoteSecrets.Hide(remote.Url), "Take the option away with Set-DataRemote, or use a bucket of S3, Google Cloud Storage or Azure that keeps versions.");

    private static IRemoteStorage OpenStorage(RemoteConfiguration remote)
    {
        if (!Services.TryGetValue(remote.Scheme, out var open))
            throw NotYet($"The remote '{remote.Name}' is at a {remote.Scheme}:// address, which is not supported.", remote);
        return remote.Scheme.Length == 0 ? open(remote) : GuardedStorage.Open(remote, open);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IRemoteStorage OpenFolder(RemoteConfiguration remote) =>
        new FolderStorage(Path.TrimEndingDirectorySeparator(remote.Url), remote.Get("shared") == "group");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IRemoteStorage OpenHttp(RemoteConfiguration remote) => new Http.HttpStorage(remote);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IRemoteStorage OpenWebDav(RemoteConfiguration remote) => new WebDav.WebDavStorage(remote);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IRemoteStorage OpenSsh(RemoteConfiguration remote) => new Ssh.SshStorage(remote);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IRemoteStorage OpenS3(RemoteConfiguration remote) => new S3.S3Storage(remote);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IRemoteStorage OpenGoogle(RemoteConfiguration remote) => new GoogleCloud.GoogleStorage(remote);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IRemoteStorage OpenAzure(RemoteConfiguration remote) => new Azure.AzureStorage(remote);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IRemoteStorage OpenFtp(RemoteConfiguration remote) => new Ftp.FtpStorage(remote);

    private static DataVersionException NotYet(string message, RemoteConfiguration remote) => new(DataErrorKind.RemoteFailed, message,
        RemoteSecrets.Hide(remote.Url), "Use another remote (Add-DataRemote), or DVC itself for this one.");
}
