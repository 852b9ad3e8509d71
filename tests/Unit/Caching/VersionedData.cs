using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Caching;
using DataVersion.Engine.Objects;
using DataVersion.Tests.Git;

namespace DataVersion.Tests.Caching;

/// <summary>A Git repository with tracked data whose objects are known by version.</summary>
internal sealed class VersionedData : IDisposable
{
    private readonly GitSandbox git = new();

    public VersionedData()
    {
        git.Write(".dvc/config", "");
        git.Write(".dvc/.gitignore", "/cache\n/tmp\n");
    }

    public string Root => git.Root;

    /// <summary>The objects that the metadata of the work tree names now.</summary>
    public Dictionary<string, HashSet<ContentHash>> Tracked { get; } = [];

    public HashSet<ContentHash> Current => [.. Tracked.Values.SelectMany(h => h)];

    public ObjectStores Stores => new(Path.Combine(Root, ".dvc", "cache"), false, Path.Combine(Root, ".dvc", "tmp", "dataversion", "quarantine"));

    public GitSandbox Git => git;

    public Repository Open() => Repository.Open(Root);

    public ContentHash File(string name, string text)
    {
        var hash = Stores.Current.AddBytes(Encoding.UTF8.GetBytes(text), isDirectory: false);
        git.Write(name + ".dvc", $"outs:\n- md5: {hash}\n  size: {text.Length}\n  hash: md5\n  path: {name}\n");
        Tracked[name] = [hash];
        return hash;
    }

    public ContentHash Folder(string name, params string[] texts)
    {
        var entries = texts.Select((text, i) => new ManifestEntry($"f{i}", Stores.Current.AddBytes(Encoding.UTF8.GetBytes(text), false))).ToList();
        var hash = Stores.Current.Add(Manifest.Create(entries));
        git.Write(name + ".dvc", $"outs:\n- md5: {hash}\n  nfiles: {texts.Length}\n  hash: md5\n  path: {name}\n");
        Tracked[name] = [hash, .. entries.Select(e => e.Hash)];
        return hash;
    }

    public ContentHash Stray(string text) => Stores.Current.AddBytes(Encoding.UTF8.GetBytes(text), false);

    public HashSet<ContentHash> Cached() => [.. Stores.Current.Enumerate().Concat(Stores.Legacy.Enumerate()).Select(o => o.Hash)];

    public IReadOnlyList<CachePlan> CleanUp(CleanUpScope scope)
    {
        using var repository = Open();
        var removed = new List<CachePlan>();
        Assert.Empty(CacheCleanUp.Run(repository, CacheCleanUp.Plan(repository, scope, OperationContext.Silent), removed.Add, OperationContext.Silent));
        return removed;
    }

    public void Dispose() => git.Dispose();
}
