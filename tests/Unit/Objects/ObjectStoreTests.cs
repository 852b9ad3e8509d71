using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;

namespace DataVersion.Tests.Objects;

public sealed class ObjectStoreTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly ObjectStores stores;

    public ObjectStoreTests() => stores = Stores();

    public void Dispose() => scratch.Dispose();

    private ObjectStores Stores(bool sharedGroup = false) => new(scratch.PathOf("cache"), sharedGroup, scratch.PathOf("quarantine"));

    private string[] Temporaries() => Directory.GetFiles(scratch.Root, ".*.tmp", SearchOption.AllDirectories);

    [Fact]
    public void Objects_are_where_dvc_looks_for_them()
    {
        var hash = ContentHash.Parse("60b725f10c9c85c70d97880dfe8191b3");
        var legacy = ContentHash.Parse("9bd8e6f75106e4c62a4e19faab96d75a.dir", ContentHashAlgorithm.Md5Dos2Unix);

        Assert.Equal(scratch.PathOf("cache/files/md5/60/b725f10c9c85c70d97880dfe8191b3"), stores.PathOf(hash));
        Assert.Equal(scratch.PathOf("cache/9b/d8e6f75106e4c62a4e19faab96d75a.dir"), stores.PathOf(legacy));
        Assert.Throws<ArgumentException>(() => stores.Current.PathOf(legacy));
        Assert.False(stores.Current.HasObject(hash));
    }

    [Fact]
    public void Stored_bytes_are_read_only_for_all_and_nothing_else_is_left()
    {
        var manifest = Manifest.Create([new("a", ContentHash.Parse("60b725f10c9c85c70d97880dfe8191b3"))]);

        var hash = stores.Current.Add(manifest);
        var file = stores.Current.AddBytes("a\n"u8, isDirectory: false);

        Assert.Equal(manifest.Hash, hash);
        Assert.Equal(manifest.ToBytes(), File.ReadAllBytes(stores.PathOf(hash)));
        Assert.Equal("60b725f10c9c85c70d97880dfe8191b3", file.ToString());
        Assert.Equal(0b100_100_100, stores.Current.Stat(hash).Mode);
        Assert.Equal(0b100_100_100, stores.Current.Stat(file).Mode);
        Assert.Empty(Temporaries());

        var inode = stores.Current.Stat(hash).Inode;
        Assert.Equal(hash, stores.Current.Add(manifest));
        Assert.Equal(inode, stores.Current.Stat(hash).Inode);
    }

    [Fact]
    public void A_damaged_manifest_is_replaced_when_it_is_stored_again()
    {
        var manifest = Manifest.Create([new("a", ContentHash.Parse("60b725f10c9c85c70d97880dfe8191b3"))]);
        var path = stores.PathOf(stores.Current.Add(manifest));
        FileRemoval.Delete(path);
        File.WriteAllText(path, new string('x', manifest.ToBytes().Length));

        stores.Current.Add(manifest);

        Assert.Equal(manifest.ToBytes(), File.ReadAllBytes(path));
        Assert.Equal(0b100_100_100, FileStat.Read(path).Mode);
    }

    [Fact]
    public void Only_objects_are_listed()
    {
        var file = stores.Current.AddBytes("a\n"u8, isDirectory: false);
        var folder = stores.Current.Add(Manifest.Empty);
        scratch.Write("cache/files/md5/60/.ej9XZbRIvT-F7FWiMPoipA.tmp", "x");
        scratch.Write("cache/files/md5/60/B725F10C9C85C70D97880DFE8191B3", "upper case");
        scratch.Write("cache/files/md5/60/note.txt", "x");
        scratch.Write("cache/files/md5/60/" + new string('z', 30), "x");
        scratch.Write("cache/files/md5/6x/b725f10c9c85c70d97880dfe8191b3", "x");
        scratch.Write("cache/runs/60/" + new string('a', 64) + "/" + new string('b', 64), "x");
        scratch.Write("cache/de/ed54b823522e0525693b090363f9df", "legacy");
        Directory.CreateDirectory(scratch.PathOf("cache/files/md5/60/" + new string('c', 30)));

        Assert.Equal(
            [new(file, stores.PathOf(file), 2), new StoredObject(folder, stores.PathOf(folder), 2)], stores.Current.Enumerate());
        var legacy = Assert.Single(stores.Legacy.Enumerate(withSizes: false));
        Assert.Equal(("deed54b823522e0525693b090363f9df", -1), (legacy.Hash.ToString(), legacy.Size));
        Assert.Equal(ContentHashAlgorithm.Md5Dos2Unix, legacy.Hash.Algorithm);
        Assert.Empty(new ObjectStores(scratch.PathOf("nowhere"), false, scratch.PathOf("q")).Current.Enumerate());
    }

    [Fact]
    public void A_group_may_write_into_the_folders_of_a_shared_cache()
    {
        if (OperatingSystem.IsWindows())
            return;
        var hash = Stores(sharedGroup: true).Current.AddBytes("a\n"u8, isDirectory: false);

        foreach (var folder in new[] { "cache", "cache/files", "cache/files/md5", "cache/files/md5/60" })
            Assert.Equal(0b010_111_111_101, (int)File.GetUnixFileMode(scratch.PathOf(folder)));
        Assert.Equal(0b100_100_100, stores.Current.Stat(hash).Mode);
    }

    [Fact]
    public void Quarantine_keeps_the_bytes_and_the_reason()
    {
        var hash = stores.Current.AddBytes("a\n"u8, isDirectory: false);

        var first = stores.Current.Quarantine(hash, "because");
        Assert.Null(stores.Current.Quarantine(hash, "gone already"));
        stores.Current.AddBytes("a\n"u8, isDirectory: false);
        var second = stores.Current.Quarantine(hash, "again");

        Assert.NotEqual(first, second);
        Assert.StartsWith(scratch.PathOf("quarantine/60b725f10c9c85c70d97880dfe8191b3."), first, StringComparison.Ordinal);
        Assert.Equal("a\n", File.ReadAllText(first!));
        Assert.Contains("because", File.ReadAllText(first + ".reason.txt"), StringComparison.Ordinal);
        Assert.False(stores.Current.HasObject(hash));
    }

    [Fact]
    public void Removing_works_on_read_only_objects_and_tells_whether_there_was_one()
    {
        var hash = stores.Current.AddBytes("a\n"u8, isDirectory: false);

        Assert.True(stores.Current.Remove(hash));
        Assert.False(stores.Current.Remove(hash));
        Assert.False(stores.Current.HasObject(hash));
        stores.Current.Flush();
    }

    [Fact]
    public void An_object_is_stored_again_after_somebody_removed_the_empty_folders()
    {
        stores.Current.AddBytes("a\n"u8, isDirectory: false);
        Directory.Delete(scratch.PathOf("cache"), recursive: true);

        var hash = stores.Current.AddBytes("a\n"u8, isDirectory: false);

        Assert.Equal("a\n", File.ReadAllText(stores.PathOf(hash)));
    }

    [LoopFact("ext4")]
    public void A_cache_that_cannot_be_written_is_an_error_that_names_it()
    {
        using var disk = new LoopMount("ext4");
        disk.MakeReadOnly();
        var closed = new ObjectStores(disk.PathOf("cache"), false, scratch.PathOf("quarantine"));

        var error = Assert.Throws<DataVersionException>(() => closed.Current.AddBytes("a\n"u8, isDirectory: false));

        Assert.Equal(DataErrorKind.AccessDenied, error.Kind);
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.RecommendedAction);
    }
}
