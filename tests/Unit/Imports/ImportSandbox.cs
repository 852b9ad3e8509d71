using DataVersion.Engine;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes;

namespace DataVersion.Tests.Imports;

/// <summary>A repository that imports, and whatever it imports from, in one temporary folder.</summary>
internal sealed class ImportSandbox : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public ImportSandbox()
    {
        scratch.Write("ours/.dvc/config", "[core]\n    no_scm = True\n");
        Directory.CreateDirectory(Path.Combine(Root, ".dvc", "tmp"));
    }

    /// <summary>The repository; without Git.</summary>
    public string Root => scratch.PathOf("ours");

    /// <summary>What opens storages: the store in memory for addresses, folders as they are.</summary>
    public Func<RemoteConfiguration, IRemoteStorage> Open { get; set; } = RemoteStorages.Open;

    public string PathOf(string name) => scratch.PathOf(name);

    public string Write(string name, string text) => scratch.Write(name, text);

    public string Read(string name) => File.ReadAllText(Path.Combine(Root, name));

    /// <summary>Lets every address mean a store in memory that gives the tags of <paramref name="tagOf"/>.</summary>
    public MemoryStorage Serve(Func<RemoteItem, byte[], RemoteItem>? tagOf = null)
    {
        var storage = new MemoryStorage { Describe = tagOf ?? ((item, bytes) => item with { ETag = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(bytes)) }) };
        Open = remote => remote.Scheme.Length == 0 ? RemoteStorages.Open(remote) : storage;
        return storage;
    }

    /// <summary>Imports; gives what failed.</summary>
    public async Task<IReadOnlyList<PathFailure>> ImportAsync(ImportRequest request, ImportOptions? options = null)
    {
        using var repository = Repository.Open(Root);
        var item = ImportPlanner.Plan(repository, request);
        await using var origins = new ImportOrigins(repository, Open);
        return await ImportRunner.RunAsync(repository, [item], options ?? new ImportOptions { Force = request.Force }, origins, static _ => { }, OperationContext.Silent);
    }

    /// <summary>Imports an address to a name.</summary>
    public Task<IReadOnlyList<PathFailure>> ImportAsync(string url, string name, ImportOptions? options = null, params (string Option, string? Value)[] with) =>
        ImportAsync(new ImportRequest { Source = url, Destination = Path.Combine(Root, name), Options = with.ToDictionary(o => o.Option, o => o.Value) }, options);

    /// <summary>Brings an import up to date; gives what failed.</summary>
    public async Task<IReadOnlyList<PathFailure>> UpdateAsync(string name, ImportOptions? options = null)
    {
        using var repository = Repository.Open(Root);
        var failures = new List<PathFailure>();
        var items = ImportPlanner.PlanUpdate(repository, [name], null, failures);
        await using var origins = new ImportOrigins(repository, Open);
        return [.. failures, .. await ImportRunner.RunAsync(repository, items, options ?? new ImportOptions(), origins, static _ => { }, OperationContext.Silent)];
    }

    /// <summary>What a pull brings of imports.</summary>
    public async Task<IReadOnlyList<TransferResult>> FetchAsync()
    {
        using var repository = Repository.Open(Root);
        await using var origins = new ImportOrigins(repository, Open);
        var results = new List<TransferResult>();
        await ImportFetch.RunAsync(repository, ImportFetch.Plan(repository, new SyncSelection(), OperationContext.Silent), origins, (result, _) => results.Add(result), OperationContext.Silent);
        return results;
    }

    /// <summary>Names of all objects in the cache, and of temporary files that are left there.</summary>
    public string[] Cache() => SyncSandbox.Objects(SyncSandbox.CacheOf(Root));

    public void Dispose() => scratch.Dispose();
}
