using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;

namespace DataVersion.Tests.Objects;

public sealed class ObjectStoreWriterTests : IDisposable
{
    private const int Mebi = 1 << 20;
    private readonly ScratchFolder scratch = new();
    private readonly RecordedStats records = new();
    private readonly ObjectStores stores;

    public ObjectStoreWriterTests() => stores = new ObjectStores(scratch.PathOf("cache"), false, scratch.PathOf("quarantine"));

    public void Dispose() => scratch.Dispose();

    private static byte[] Bytes(int size, int seed = 1)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static string Md5(byte[] content) => Convert.ToHexStringLower(MD5.HashData(content));

    private StoreOutcome[] Store(OperationContext context, ObjectStores into, params StoreRequest[] requests)
    {
        var outcomes = new StoreOutcome[requests.Length];
        new ObjectStoreWriter(into, records).Store(requests, 3, (index, outcome) => outcomes[index] = outcome, context);
        return outcomes;
    }

    private StoreOutcome Store(StoreRequest request) => Store(OperationContext.Silent, stores, request)[0];

    private static void AssertNothingIsLeft(string folder)
    {
        if (Directory.Exists(folder))
            Assert.Empty(Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }));
    }

    private void AssertIsObject(StoreOutcome outcome, byte[] content, ObjectStores? where = null)
    {
        where ??= stores;
        Assert.Null(outcome.Error);
        Assert.Equal(Md5(content), outcome.Hash.ToString());
        Assert.Equal(content, File.ReadAllBytes(where.PathOf(outcome.Hash)));
        Assert.Equal(0b100_100_100, where.Current.Stat(outcome.Hash).Mode);
        Assert.Empty(Directory.GetFiles(where.CacheFolder, ".*.tmp", SearchOption.AllDirectories));
        // What was just verified is known without being read again.
        Assert.True(new ObjectVerifier(where, records).Verify(outcome.Hash) is { Verdict: ObjectVerdict.Good, WasRead: false });
    }

    [Theory]
    [InlineData(LinkKind.Reflink, 0)]
    [InlineData(LinkKind.Copy, 10)]
    [InlineData(LinkKind.Copy, Mebi)]
    [InlineData(LinkKind.Copy, (3 * Mebi) + 7)]
    [InlineData(LinkKind.Hardlink, 0)]
    [InlineData(LinkKind.Hardlink, 10)]
    [InlineData(LinkKind.Hardlink, (3 * Mebi) + 7)]
    [InlineData(LinkKind.Symlink, 10)]
    public void Content_becomes_an_object_and_the_file_stays_as_it_is(LinkKind preferred, int size)
    {
        var content = Bytes(size);
        var path = scratch.Write("file", content);
        var before = FileStat.Read(path);

        var outcome = Store(new StoreRequest(path, Preferred: preferred));

        Assert.Equal(StoreStatus.Stored, outcome.Status);
        AssertIsObject(outcome, content);
        Assert.Equal(content, File.ReadAllBytes(path));
        Assert.True(before.SameContentAs(FileStat.Read(path)));
        Assert.True(before.SameContentAs(outcome.Source));
        var linked = preferred is LinkKind.Hardlink or LinkKind.Symlink && size > 0;
        Assert.Equal(linked, stores.Current.Stat(outcome.Hash).Inode == before.Inode);
        Assert.Equal(linked ? 0b100_100_100 : before.Mode, FileStat.Read(path).Mode);
        if (linked)
            Assert.Equal(LinkKind.Hardlink, outcome.Method);
        else // old enough to be recorded at once, in spite of racy edits
            Assert.InRange(DateTime.UtcNow - File.GetLastWriteTimeUtc(stores.PathOf(outcome.Hash)), TimeSpan.FromMilliseconds(19), TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData(LinkKind.Copy, 10)]
    [InlineData(LinkKind.Copy, 2 * Mebi)]
    [InlineData(LinkKind.Hardlink, 10)]
    public void The_same_content_is_stored_once_and_other_files_of_it_are_left_alone(LinkKind preferred, int size)
    {
        var paths = Enumerable.Range(0, 12).Select(i => scratch.Write($"f{i}", Bytes(size))).ToArray();

        var outcomes = Store(OperationContext.Silent, stores, [.. paths.Select(path => new StoreRequest(path, Preferred: preferred))]);

        Assert.Single(outcomes, outcome => outcome.Status == StoreStatus.Stored);
        Assert.Equal(11, outcomes.Count(outcome => outcome.Status == StoreStatus.AlreadyThere));
        Assert.Single(stores.Current.Enumerate());
        AssertIsObject(outcomes[0], Bytes(size));
        var again = Store(new StoreRequest(paths[5], FileStat.Read(paths[5]), outcomes[0].Hash, preferred));
        Assert.Equal(StoreStatus.AlreadyThere, again.Status);
    }

    [Fact]
    public void A_second_file_of_stored_content_stays_writable_with_hard_links()
    {
        var first = Store(new StoreRequest(scratch.Write("a", "same"), Preferred: LinkKind.Hardlink));
        var path = scratch.Write("b", "same");
        var mode = FileStat.Read(path).Mode;

        Assert.Equal(StoreStatus.AlreadyThere, Store(new StoreRequest(path, Preferred: LinkKind.Hardlink)).Status);

        Assert.Equal(mode, FileStat.Read(path).Mode);
        Assert.NotEqual(stores.Current.Stat(first.Hash).Inode, FileStat.Read(path).Inode);
    }

    [Theory]
    [InlineData(LinkKind.Copy, 10)]
    [InlineData(LinkKind.Copy, 2 * Mebi)]
    [InlineData(LinkKind.Hardlink, 10)]
    public void A_damaged_object_is_replaced_and_kept_in_quarantine(LinkKind preferred, int size)
    {
        var content = Bytes(size);
        var damaged = stores.PathOf(ContentHash.Parse(Md5(content)));
        scratch.Write(Path.GetRelativePath(scratch.Root, damaged), "damaged");
        FileModes.Protect(damaged);

        var outcome = Store(new StoreRequest(scratch.Write("file", content), Preferred: preferred));

        Assert.Equal(StoreStatus.Stored, outcome.Status);
        AssertIsObject(outcome, content);
        Assert.Single(Directory.GetFiles(scratch.PathOf("quarantine")), file => File.ReadAllText(file) == "damaged");
    }

    [Fact]
    public void A_known_hash_is_believed_only_for_exactly_its_stat()
    {
        var path = scratch.Write("file", "first");
        var old = FileStat.Read(path);
        File.WriteAllText(path, "second version");

        var outcome = Store(new StoreRequest(path, old, ContentHash.Parse(Md5("first"u8.ToArray()))));

        AssertIsObject(outcome, "second version"u8.ToArray());
        Assert.Single(stores.Current.Enumerate());
    }

    [Fact]
    public void The_target_of_a_symbolic_link_is_stored_and_not_linked()
    {
        if (OperatingSystem.IsWindows())
            return;
        var target = scratch.Write("target", "content");
        var link = scratch.PathOf("link");
        File.CreateSymbolicLink(link, target);

        var outcome = Store(new StoreRequest(link, FileStat.Read(link), Preferred: LinkKind.Hardlink));

        AssertIsObject(outcome, "content"u8.ToArray());
        Assert.NotEqual(FileStat.Read(target).Inode, stores.Current.Stat(outcome.Hash).Inode);
        Assert.Equal(FileKind.Symlink, FileStat.Read(link).Kind);
    }

    [Theory]
    [InlineData(LinkKind.Copy)]
    [InlineData(LinkKind.Hardlink)]
    public void A_file_that_changes_while_it_is_stored_is_noticed_and_nothing_is_stored(LinkKind preferred)
    {
        var path = scratch.Write("file", Bytes(4 * Mebi));
        var context = new OperationContext { Progress = sample => File.AppendAllText(path, sample.ItemsDone == 0 ? "x" : "") };

        var outcome = Store(context, stores, new StoreRequest(path, Preferred: preferred))[0];

        Assert.Equal(StoreStatus.ChangedDuringRead, outcome.Status);
        Assert.Equal(DataErrorKind.FileChangedDuringRead, outcome.Error!.Kind);
        AssertNothingIsLeft(stores.CacheFolder);
        Assert.True(new FileInfo(path).Length > 4 * Mebi);
    }

    [Fact]
    public void A_file_that_is_replaced_while_it_is_linked_is_noticed()
    {
        var path = scratch.Write("file", Bytes(4 * Mebi));
        var replaced = 0;
        var context = new OperationContext
        {
            Progress = sample =>
            {
                if (sample.ItemsDone == 0 && replaced++ == 0)
                    File.Move(scratch.Write("other", "the new content"), path, overwrite: true);
            },
        };

        var outcome = Store(context, stores, new StoreRequest(path, Preferred: LinkKind.Hardlink))[0];

        AssertIsObject(outcome, "the new content"u8.ToArray());
        Assert.Single(stores.Current.Enumerate());
        Assert.True(FileStat.Read(path).SameContentAs(outcome.Source));
    }

    [Fact]
    public void One_bad_file_does_not_stop_the_others()
    {
        Directory.CreateDirectory(scratch.PathOf("folder"));
        var outcomes = Store(OperationContext.Silent, stores,
            new StoreRequest(scratch.PathOf("missing")), new StoreRequest(scratch.Write("good", "x")),
            new StoreRequest(scratch.PathOf("folder")), new StoreRequest(scratch.PathOf("good/inside"), Preferred: LinkKind.Hardlink));

        Assert.Equal((StoreStatus.Missing, DataErrorKind.PathNotFound), (outcomes[0].Status, outcomes[0].Error!.Kind));
        AssertIsObject(outcomes[1], "x"u8.ToArray());
        Assert.Equal((StoreStatus.Failed, DataErrorKind.PathUnsupported), (outcomes[2].Status, outcomes[2].Error!.Kind));
        Assert.False(outcomes[3].IsStored);
    }

    [Fact]
    public void Cancelling_leaves_no_part_of_a_file()
    {
        using var source = new CancellationTokenSource();
        var context = new OperationContext { Cancellation = source.Token, Progress = _ => source.Cancel() };

        Assert.ThrowsAny<OperationCanceledException>(() =>
            Store(context, stores, new StoreRequest(scratch.Write("file", Bytes(8 * Mebi)))));

        AssertNothingIsLeft(stores.CacheFolder);
    }

    [Fact]
    public void Two_writers_of_the_same_files_at_once_both_succeed()
    {
        var requests = Enumerable.Range(0, 100).Select(i => new StoreRequest(scratch.Write($"f{i}", $"content {i % 50}"))).ToArray();
        var outcomes = new StoreOutcome[2][];

        Parallel.For(0, 2, i => outcomes[i] = Store(OperationContext.Silent,
            new ObjectStores(scratch.PathOf("cache"), false, scratch.PathOf("quarantine")), requests));

        Assert.All(outcomes.SelectMany(o => o), outcome => Assert.True(outcome.IsStored));
        Assert.Equal(50, outcomes.SelectMany(o => o).Count(outcome => outcome.Status == StoreStatus.Stored));
        Assert.Equal(50, stores.Current.Enumerate().Count());
        Assert.False(Directory.Exists(scratch.PathOf("quarantine")));
    }

    [LoopTheory("ext4")]
    [InlineData(200 * 1024)]
    [InlineData(16 * Mebi)]
    public void On_a_full_disk_there_is_neither_an_object_nor_a_temporary_file(int size)
    {
        using var disk = new LoopMount("ext4", megabytes: 4);
        var small = new ObjectStores(disk.PathOf("cache"), false, scratch.PathOf("quarantine"));
        var sources = Enumerable.Range(0, 40).Select(i => scratch.Write($"f{i}", Bytes(size, i))).ToArray();

        var outcomes = Store(OperationContext.Silent, small, [.. sources.Select(path => new StoreRequest(path))]);

        Assert.Contains(outcomes, outcome => outcome.Error?.Kind == DataErrorKind.DiskFull);
        Assert.All(outcomes, outcome => Assert.True(outcome.IsStored || outcome.Error!.Kind == DataErrorKind.DiskFull, outcome.Error?.Message));
        Assert.Equal(outcomes.Count(o => o.IsStored), small.Current.Enumerate().Count());
        Assert.Empty(Directory.GetFiles(small.CacheFolder, ".*", SearchOption.AllDirectories));
        Assert.All(outcomes.Where(o => o.IsStored), o => Assert.Equal(o.Hash.ToString(), Md5(File.ReadAllBytes(small.PathOf(o.Hash)))));
        Assert.All(sources, path => Assert.Equal(size, new FileInfo(path).Length));
    }

    [LoopFact("ext4")]
    public void A_read_only_cache_refuses_new_objects_and_still_knows_the_old_ones()
    {
        using var disk = new LoopMount("ext4");
        var closed = new ObjectStores(disk.PathOf("cache"), false, scratch.PathOf("quarantine"));
        var (old, @new) = (scratch.Write("old", "old"), scratch.Write("new", "new"));
        Store(OperationContext.Silent, closed, new StoreRequest(old));
        disk.MakeReadOnly();

        foreach (var preferred in Enum.GetValues<LinkKind>())
        {
            var outcomes = Store(OperationContext.Silent, closed, new StoreRequest(old, Preferred: LinkKind.Copy), new StoreRequest(@new, Preferred: preferred));
            Assert.Equal(StoreStatus.AlreadyThere, outcomes[0].Status);
            Assert.Equal((StoreStatus.Failed, DataErrorKind.AccessDenied), (outcomes[1].Status, outcomes[1].Error!.Kind));
            Assert.Contains(@new, outcomes[1].Error!.Message, StringComparison.Ordinal);
        }
        Assert.Equal("new", File.ReadAllText(@new));
    }

    [LoopTheory("btrfs", "xfs")]
    [InlineData("btrfs")]
    [InlineData("xfs")]
    public void With_reflinks_the_object_is_a_clone_of_the_file(string kind)
    {
        using var disk = new LoopMount(kind);
        var cache = new ObjectStores(disk.PathOf("cache"), false, scratch.PathOf("quarantine"));
        var content = Bytes(2 * Mebi);
        var path = disk.PathOf("file");
        File.WriteAllBytes(path, content);

        var outcome = Store(OperationContext.Silent, cache, new StoreRequest(path, Preferred: LinkKind.Reflink))[0];

        Assert.Equal((StoreStatus.Stored, LinkKind.Reflink), (outcome.Status, outcome.Method));
        AssertIsObject(outcome, content, cache);
        File.WriteAllBytes(path, Bytes(100, 2));
        Assert.Equal(content, File.ReadAllBytes(cache.PathOf(outcome.Hash)));
    }

    // The file is hashed, not its clone: neither a time that is set back nor a write through memory may hide that they differ.
    [LoopTheory("btrfs", "xfs")]
    [InlineData("btrfs", false)]
    [InlineData("btrfs", true)]
    [InlineData("xfs", false)]
    [InlineData("xfs", true)]
    public void What_is_written_between_cloning_and_hashing_never_gets_the_name_of_other_bytes(string kind, bool mapped)
    {
        using var disk = new LoopMount(kind);
        var cache = new ObjectStores(disk.PathOf("cache"), false, scratch.PathOf("quarantine"));
        var (before, after) = (Bytes(4 * Mebi), Bytes(4 * Mebi, 2));
        var path = disk.PathOf("file");
        File.WriteAllBytes(path, before);
        var time = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);
        using var opened = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using var map = MemoryMappedFile.CreateFromFile(opened, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        using var view = map.CreateViewAccessor();
        view.WriteArray(0, before, 0, before.Length);
        Thread.Sleep(50);
        var writes = 0;
        var context = new OperationContext
        {
            Progress = sample =>
            {
                if (writes++ > 0 || sample.ItemsDone > 0)
                    return;
                if (mapped)
                    view.WriteArray(0, after, 0, after.Length);
                else
                    using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                        file.Write(after);
                File.SetLastWriteTimeUtc(path, time);
            },
        };

        var outcome = Store(context, cache, new StoreRequest(path, Preferred: LinkKind.Reflink))[0];

        Assert.True(writes > 0);
        Assert.Equal((StoreStatus.Stored, LinkKind.Reflink), (outcome.Status, outcome.Method));
        AssertIsObject(outcome, after, cache);
        Assert.Single(cache.Current.Enumerate());
    }

    [LoopTheory("btrfs", "ext4")]
    [InlineData(LinkKind.Reflink)]
    [InlineData(LinkKind.Hardlink)]
    [InlineData(LinkKind.Symlink)]
    public void Across_devices_every_kind_is_stored_as_a_copy(LinkKind preferred)
    {
        using var disk = new LoopMount("btrfs");
        var cache = new ObjectStores(disk.PathOf("cache"), false, scratch.PathOf("quarantine"));
        var small = scratch.Write("small", Bytes(100));
        var large = scratch.Write("large", Bytes(2 * Mebi));

        var outcomes = Store(OperationContext.Silent, cache,
            new StoreRequest(small, Preferred: preferred), new StoreRequest(large, Preferred: preferred));

        Assert.All(outcomes, outcome => Assert.Equal((StoreStatus.Stored, LinkKind.Copy), (outcome.Status, outcome.Method)));
        AssertIsObject(outcomes[0], Bytes(100), cache);
        AssertIsObject(outcomes[1], Bytes(2 * Mebi), cache);
    }

    [Fact]
    public void A_linked_file_has_no_other_name_before_its_hash_is_known()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var path = scratch.Write("file", Bytes(4 * Mebi));
        var links = new List<uint>();
        var context = new OperationContext
        {
            Progress = sample =>
            {
                if (sample.ItemsDone == 0)
                    links.Add((uint)FileStat.Read(path).LinkCount);
            },
        };

        var outcome = Store(context, stores, new StoreRequest(path, Preferred: LinkKind.Hardlink))[0];

        AssertIsObject(outcome, Bytes(4 * Mebi));
        Assert.NotEmpty(links);
        Assert.All(links, count => Assert.Equal(1u, count));
        Assert.Equal((2u, LinkKind.Hardlink), ((uint)FileStat.Read(path).LinkCount, outcome.Method));
    }

    // Only the link itself fails: the device is the same.
    [LoopTheory("ext4")]
    [InlineData(LinkKind.Hardlink)]
    [InlineData(LinkKind.Symlink)]
    public void Across_mounts_of_one_file_system_files_are_copied_and_stay_writable(LinkKind preferred)
    {
        using var disk = new LoopMount("ext4");
        var elsewhere = disk.MountAgain();
        var cache = new ObjectStores(disk.PathOf("cache"), false, scratch.PathOf("quarantine"));
        StoreRequest[] requests = [.. Enumerable.Range(0, 40).Select(i => new StoreRequest(Path.Combine(elsewhere, $"f{i}"), Preferred: preferred))];
        for (var i = 0; i < requests.Length; i++)
            File.WriteAllBytes(requests[i].SourcePath, Bytes(100, i));
        var mode = FileStat.Read(requests[0].SourcePath).Mode;

        var outcomes = Store(OperationContext.Silent, cache, requests);

        Assert.All(outcomes, outcome => Assert.Equal((StoreStatus.Stored, LinkKind.Copy), (outcome.Status, outcome.Method)));
        AssertIsObject(outcomes[39], Bytes(100, 39), cache);
        Assert.All(requests, request => Assert.Equal(mode, FileStat.Read(request.SourcePath).Mode));
    }
}
