using System.Text.RegularExpressions;
using DataVersion.Engine;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Workspaces;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Versions;

/// <summary>Repositories without Git whose default remote <c>v</c> keeps versions, in a bucket of a real server.</summary>
/// <param name="service">The server: s3, gcs or azure.</param>
internal sealed partial class VersionedSandbox(string service = "s3") : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly string prefix = "versions-" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>An empty repository.</summary>
    /// <param name="name">The name of its folder.</param>
    /// <param name="place">Where its remote is; those of the same place share it.</param>
    /// <param name="option">What makes the remote keep versions.</param>
    /// <param name="keepsVersions">The bucket does; false for one without versions.</param>
    public string Make(string name, string place = "place", string option = "version_aware", bool keepsVersions = true)
    {
        var options = OptionsOf(service, $"{prefix}/{place}", keepsVersions);
        scratch.Write(Path.Combine(name, ".dvc", "config"), $"""
            [core]
                no_scm = True
                remote = v
            ['remote "v"']
            {string.Join("\n", options.Select(pair => $"    {pair.Key} = {pair.Value}"))}
                {option} = true

            """);
        Directory.CreateDirectory(Path.Combine(scratch.PathOf(name), ".dvc", "tmp"));
        return scratch.PathOf(name);
    }

    /// <summary>The options of a remote at a place of a service's bucket, its address among them.</summary>
    public static IReadOnlyDictionary<string, string> OptionsOf(string service, string place, bool keepsVersions = true)
    {
        var server = TestServer.Get(service);
        return service switch
        {
            "gcs" => new Dictionary<string, string>
            {
                ["url"] = $"gs://{server[keepsVersions ? "versionedBucket" : "bucket"]}/{place}", ["endpointurl"] = server["endpoint"], ["credentialpath"] = server["accountFile"],
            },
            "azure" => new Dictionary<string, string>
            {
                ["url"] = $"azure://{server["container"]}/{place}",
                ["connection_string"] = $"DefaultEndpointsProtocol=http;AccountName={server["account"]};AccountKey={server["key"]};BlobEndpoint={server[keepsVersions ? "versionedEndpoint" : "endpoint"]}",
            },
            _ => new Dictionary<string, string>
            {
                ["url"] = $"s3://{server[keepsVersions ? "versionedBucket" : "bucket"]}/{place}", ["endpointurl"] = server["endpoint"], ["region"] = server["region"],
                ["access_key_id"] = server["accessKey"], ["secret_access_key"] = server["secretKey"],
            },
        };
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

    /// <summary>A repository whose remote is a worktree, with a folder and two files that are pushed.</summary>
    public async Task<string> PushedWorktreeAsync(string name = "one")
    {
        var root = Make(name, name == "one" ? "place" : name, "worktree");
        foreach (var (path, text) in new[] { ("d/a", "first"), ("d/b", "second"), ("f", "old"), ("keep", "kept") })
            Write(root, path, text);
        Add(root, "d", "f", "keep");
        Assert.Equal(4, (await PushAsync(root)).Count);
        return root;
    }

    /// <summary>Takes over what was changed at a worktree: what was updated, and what could not be.</summary>
    public static Task<(List<string> Updated, IReadOnlyList<PathFailure> Failures)> UpdateAsync(string root, params string[] paths) => UpdateAsync(root, paths, false);

    /// <summary>The same, over what only the workspace holds.</summary>
    public static async Task<(List<string> Updated, IReadOnlyList<PathFailure> Failures)> UpdateAsync(string root, string[] paths, bool force)
    {
        using var repository = Repository.Open(root);
        var updated = new List<string>();
        var failures = await WorktreeUpdate.RunAsync(repository, WorktreeUpdate.Plan(repository, paths.Length == 0 ? null : paths), RemoteStorages.OpenVersions, force,
            file => updated.Add(file.Path), OperationContext.Silent);
        return (updated, failures);
    }

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

    /// <summary>The metadata of a repository, file by file; ids of versions, which no two pushes share, as <c>V</c>, with the quotes
    /// that they have; and so the tags that follow from them, of other services than S3.</summary>
    public static string Metadata(string root) => string.Concat(MetadataOf(root).Select(path => $"== {path}\n{Unique().Replace(File.ReadAllText(Path.Combine(root, path)), "$1V$3")}"));

    public string Dvc(string root, params string[] arguments) => DvcProcess.Run(root, scratch.PathOf("site"), arguments);

    public void Dispose() => scratch.Dispose();

    private static IEnumerable<string> MetadataOf(string root) => Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file))
        .Where(path => !path.StartsWith(".dvc/", StringComparison.Ordinal) && (path.EndsWith(".dvc", StringComparison.Ordinal) || Path.GetFileName(path) is "dvc.lock" or "dvc.yaml"))
        .Order(StringComparer.Ordinal);

    [GeneratedRegex("""(version_id: '?|etag: (?:'"0x|08(?=[0-9a-f]{16}1001)))([^'"\n]+)(['"]*)""")]
    private static partial Regex Unique();
}
