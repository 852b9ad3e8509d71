using System.Text.RegularExpressions;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Workspaces;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Versions;

/// <summary>Repositories without Git whose default remote <c>v</c> keeps versions, in a bucket of a real server.</summary>
internal sealed partial class VersionedSandbox : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly string prefix = "versions-" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>An empty repository.</summary>
    /// <param name="name">The name of its folder.</param>
    /// <param name="place">Where its remote is; those of the same place share it.</param>
    /// <param name="option">What makes the remote keep versions.</param>
    /// <param name="bucket">The server's word for the bucket.</param>
    public string Make(string name, string place = "place", string option = "version_aware", string bucket = "versionedBucket")
    {
        var server = TestServer.Get("s3");
        scratch.Write(Path.Combine(name, ".dvc", "config"), $"""
            [core]
                no_scm = True
                remote = v
            ['remote "v"']
                url = s3://{server[bucket]}/{prefix}/{place}
                endpointurl = {server["endpoint"]}
                region = {server["region"]}
                access_key_id = {server["accessKey"]}
                secret_access_key = {server["secretKey"]}
                {option} = true

            """);
        Directory.CreateDirectory(Path.Combine(scratch.PathOf(name), ".dvc", "tmp"));
        return scratch.PathOf(name);
    }

    /// <summary>Another repository at the same place with the metadata of one, and nothing else.</summary>
    public string Clone(string root, string name, string place = "place")
    {
        var folder = Make(name, place);
        foreach (var path in MetadataOf(root))
            Write(folder, path, File.ReadAllText(Path.Combine(root, path)));
        return folder;
    }

    public void Write(string root, string path, string text)
    {
        var file = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // DVC may have linked it to its object.
        File.Delete(file);
        File.WriteAllText(file, text);
    }

    public static void Add(string root, params string[] paths)
    {
        using var repository = Repository.Open(root);
        var plan = AddPlanner.Plan(repository, [.. paths.Select(path => Path.Combine(root, path))], new AddOptions());
        Assert.Empty(plan.Failures);
        Assert.Empty(AddRunner.Run(repository, plan.Items, new AddOptions(), static _ => { }, OperationContext.Silent));
    }

    /// <summary>Pushes or fetches and gives every outcome, in the order of paths.</summary>
    public static async Task<List<TransferResult>> SyncAsync(string root, TransferDirection direction, SyncSelection? selection = null)
    {
        using var repository = Repository.Open(root);
        var results = new List<TransferResult>();
        var isPush = direction == TransferDirection.Push;
        foreach (var needs in NeededObjects.Collect(repository, selection ?? new SyncSelection(), isPush, OperationContext.Silent))
        {
            await using var storage = RemoteStorages.OpenVersions(needs.Remote);
            var plan = isPush ? await VersionPlanner.PlanPushAsync(repository, needs, storage, OperationContext.Silent)
                : await VersionPlanner.PlanFetchAsync(repository, needs, storage, OperationContext.Silent);
            await VersionRunner.RunAsync(repository, plan, storage, 0, (result, _) =>
            {
                lock (results)
                    results.Add(result);
            }, OperationContext.Silent);
        }
        return [.. results.OrderBy(result => result.Path, StringComparer.Ordinal)];
    }

    public static Task<List<TransferResult>> PushAsync(string root, params string[] paths) =>
        SyncAsync(root, TransferDirection.Push, new SyncSelection { Paths = paths.Length == 0 ? null : paths });

    public static Task<List<TransferResult>> FetchAsync(string root) => SyncAsync(root, TransferDirection.Fetch);

    /// <summary>The storage that the remote of a repository is.</summary>
    public static IRemoteStorage Storage(string root)
    {
        using var repository = Repository.Open(root);
        return RemoteStorages.OpenVersions(repository.Configuration.GetRemote(null));
    }

    /// <summary>Stores a text as somebody would who knows nothing of all this.</summary>
    public async Task PutAsync(string root, string key, string text)
    {
        await using var storage = Storage(root);
        using var copies = new VerifiedCopies(OperationContext.Silent, static _ => { });
        var path = scratch.Write("upload-" + Guid.NewGuid().ToString("N"), text);
        await storage.PutAsync(key, new RemoteUpload(path, new FileInfo(path).Length, null, copies), default);
    }

    /// <summary>The metadata of a repository, file by file; ids of versions, which no two pushes share, as <c>V</c>.</summary>
    public static string Metadata(string root) =>
        string.Concat(MetadataOf(root).Select(path => $"== {path}\n{VersionId().Replace(File.ReadAllText(Path.Combine(root, path)), "version_id: V")}"));

    public string Dvc(string root, params string[] arguments) => DvcProcess.Run(root, scratch.PathOf("site"), arguments);

    public void Dispose() => scratch.Dispose();

    private static IEnumerable<string> MetadataOf(string root) => Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file))
        .Where(path => !path.StartsWith(".dvc/", StringComparison.Ordinal) && (path.EndsWith(".dvc", StringComparison.Ordinal) || Path.GetFileName(path) is "dvc.lock" or "dvc.yaml"))
        .Order(StringComparer.Ordinal);

    [GeneratedRegex("version_id: .+")]
    private static partial Regex VersionId();
}
