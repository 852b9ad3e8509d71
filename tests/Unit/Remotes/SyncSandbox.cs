using System.Diagnostics;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;
using DataVersion.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>A repository without Git, a clone of it that shares only metadata and remote, and the remote's folder.</summary>
internal sealed class SyncSandbox : IDisposable
{
    private readonly ScratchFolder scratch;

    /// <summary>Makes it.</summary>
    /// <param name="below">A folder on another file system; null for that of temporary files.</param>
    public SyncSandbox(string? below = null)
    {
        scratch = new ScratchFolder(below);
        Root = Make("one");
        Remote = scratch.PathOf("remote");
    }

    public string Root { get; }

    /// <summary>The folder of the default remote <c>store</c>; it does not exist before something is pushed.</summary>
    public string Remote { get; }

    public string PathOf(string name) => scratch.PathOf(name);

    /// <summary>Writes a file of the first repository.</summary>
    public string Write(string name, string text) => scratch.Write(Path.Combine("one", name), text);

    /// <summary>An empty repository with the same remotes.</summary>
    public string Make(string name)
    {
        scratch.Write(Path.Combine(name, ".dvc", "config"), """
            [core]
                no_scm = True
                remote = store
            ['remote "store"']
                url = ../../remote
            ['remote "other"']
                url = ../../other

            """);
        Directory.CreateDirectory(Path.Combine(scratch.PathOf(name), ".dvc", "tmp"));
        return scratch.PathOf(name);
    }

    /// <summary>A second repository with the metadata of the first and nothing else.</summary>
    public string Clone(string name = "two")
    {
        var folder = Make(name);
        foreach (var file in Directory.EnumerateFiles(Root, "*.dvc", SearchOption.AllDirectories).Where(f => !f.Contains("/.dvc/", StringComparison.Ordinal)))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return folder;
    }

    public void Add(params string[] paths)
    {
        using var repository = Repository.Open(Root);
        var plan = AddPlanner.Plan(repository, [.. paths.Select(p => Path.Combine(Root, p))], new AddOptions());
        Assert.Empty(plan.Failures);
        Assert.Empty(AddRunner.Run(repository, plan.Items, new AddOptions(), _ => { }, OperationContext.Silent));
    }

    /// <summary>Pushes or fetches and gives every outcome.</summary>
    public static async Task<List<TransferResult>> SyncAsync(string root, TransferDirection direction, SyncSelection? selection = null,
        Func<RemoteConfiguration, IRemoteStorage>? open = null, int throttle = 0, List<TransferResult>? results = null)
    {
        using var repository = Repository.Open(root);
        results ??= [];
        var isPush = direction == TransferDirection.Push;
        foreach (var needs in NeededObjects.Collect(repository, selection ?? new SyncSelection(), isPush, OperationContext.Silent))
        {
            await using var storage = (open ?? RemoteStorages.Open)(needs.Remote);
            var plan = isPush ? await TransferPlanner.PlanPushAsync(repository, needs, storage, OperationContext.Silent)
                : await TransferPlanner.PlanFetchAsync(repository, needs, storage, OperationContext.Silent);
            await TransferRunner.RunAsync(repository, plan, storage, throttle, (result, _) =>
            {
                lock (results)
                    results.Add(result);
            }, OperationContext.Silent);
        }
        return results;
    }

    public static Task<List<TransferResult>> PushAsync(string root, params string[] paths) =>
        SyncAsync(root, TransferDirection.Push, new SyncSelection { Paths = paths.Length == 0 ? null : paths });

    public static Task<List<TransferResult>> FetchAsync(string root, params string[] paths) =>
        SyncAsync(root, TransferDirection.Fetch, new SyncSelection { Paths = paths.Length == 0 ? null : paths });

    /// <summary>The content of the only object in a store whose bytes are this text, or have this hash.</summary>
    public static string ObjectOf(string store, string text, bool isHash = false)
    {
        var hex = isHash ? text : Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
        return Path.Combine(store, "files", "md5", hex[..2], hex[2..]);
    }

    public static string CacheOf(string root) => Path.Combine(root, ".dvc", "cache");

    /// <summary>Every file of a store, by its path below <c>files/md5</c>.</summary>
    public static string[] Objects(string store) => !Directory.Exists(store) ? [] :
        [.. Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(store, f)).Order(StringComparer.Ordinal)];

    /// <summary>Replaces the bytes of a read-only object.</summary>
    public static void Damage(string path, string text, bool keepProtected = true)
    {
        File.Delete(path);
        File.WriteAllText(path, text);
        if (keepProtected)
            File.SetAttributes(path, FileAttributes.ReadOnly);
        if (keepProtected && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    /// <summary>Runs the real DVC in a repository; its output, which must be that of a success.</summary>
    public string Dvc(string root, params string[] arguments) => DvcProcess.Run(root, scratch.PathOf("site"), arguments);

    public void Dispose() => scratch.Dispose();
}
