using DataVersion.Engine;
using DataVersion.Engine.Files;
using DataVersion.Engine.Linking;
using DataVersion.Engine.Objects;

namespace DataVersion.Tests.Objects;

/// <summary>Many linked files are verified by the inodes that the store lists; what is not as listed is still found out.</summary>
public sealed class ObjectInodesTests : IDisposable
{
    private const int Files = 1100;
    private readonly ScratchFolder scratch = new();
    private readonly RecordedStats records = new();
    private readonly ObjectStores stores;

    public ObjectInodesTests() => stores = new ObjectStores(scratch.PathOf("cache"), false, scratch.PathOf("quarantine"));

    public void Dispose() => scratch.Dispose();

    private StoreOutcome[] Store(StoreRequest[] requests)
    {
        var outcomes = new StoreOutcome[requests.Length];
        new ObjectStoreWriter(stores, records).Store(requests, 2, (index, outcome) => outcomes[index] = outcome, OperationContext.Silent);
        return outcomes;
    }

    [Fact]
    public void MissingAndReplacedObjectsAreFoundOutAmongLinkedOnes()
    {
        var paths = Enumerable.Range(0, Files).Select(i => scratch.Write($"data/{i}", BitConverter.GetBytes(i))).ToArray();
        var first = Store([.. paths.Select(path => new StoreRequest(path, FileStat.Read(path), null, LinkKind.Hardlink))]);
        Assert.All(first, outcome => Assert.Equal(StoreStatus.Stored, outcome.Status));
        StoreRequest[] again = [.. paths.Select((path, i) => new StoreRequest(path, FileStat.Read(path), first[i].Hash, LinkKind.Hardlink))];
        Assert.All(again, request => Assert.Equal(2u, request.Known.LinkCount));

        var (gone, replaced) = (stores.Current.PathOf(first[3].Hash), stores.Current.PathOf(first[5].Hash));
        File.Delete(gone);
        // Another name keeps the number of links.
        Assert.Equal(0, LinkCalls.Make(LinkKind.Hardlink, paths[3], scratch.PathOf("elsewhere"), FileModes.Object));
        File.Delete(replaced);
        File.WriteAllText(replaced, "something else");

        var second = Store(again);
        Assert.Equal(StoreStatus.Stored, second[3].Status);
        Assert.Equal(StoreStatus.Stored, second[5].Status);
        Assert.Equal(Files - 2, second.Count(outcome => outcome.Status == StoreStatus.AlreadyThere));
        Assert.True(File.Exists(gone));
        Assert.Equal(BitConverter.GetBytes(5), File.ReadAllBytes(replaced));
        Assert.NotEmpty(Directory.GetFiles(scratch.PathOf("quarantine")));
        for (var i = 0; i < Files; i++)
            Assert.Equal(FileStat.Read(stores.Current.PathOf(first[i].Hash)).Inode, second[i].Object.Inode);
    }

    [Fact]
    public void ListedInodesAreThoseOfTheObjects()
    {
        var hash = stores.Current.AddBytes("content"u8, isDirectory: false);
        var manifest = stores.Current.AddBytes("[]"u8, isDirectory: true);
        var inode = FileStat.Read(stores.Current.PathOf(hash)).Inode;
        var listed = new ObjectInodes(stores.Current, Files);
        Assert.Equal(OperatingSystem.IsLinux(), listed.IsInode(hash, inode));
        Assert.False(listed.IsInode(hash, inode + 1));
        Assert.False(listed.IsInode(manifest, FileStat.Read(stores.Current.PathOf(manifest)).Inode));
        Assert.False(listed.IsInode(ContentHash.Parse("00000000000000000000000000000001"), inode));
        Assert.False(new ObjectInodes(stores.Current, wanted: 20).IsInode(hash, inode));
    }
}
