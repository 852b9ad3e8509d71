using DataVersion.Engine;

namespace DataVersion.Tests.Faults;

/// <summary>Disks that are full or cannot be written.</summary>
public sealed class DiskFaultTests
{
    private const int Megabyte = 1 << 20;

    [LoopFact("ext4")]
    public void A_full_cache_stops_the_add_and_leaves_everything_as_it_was()
    {
        using var mount = new LoopMount("ext4", 8);
        using var repository = new FaultRepository(settings: $"Set-DataConfig cache.dir '{mount.PathOf("cache")}'");
        repository.Write("small.bin", "small");
        repository.WriteBytes("big.bin", 12 * Megabyte);
        var before = repository.Snapshot();

        repository.Fails(DataErrorKind.DiskFull, "big.bin", "Add-DataFile big.bin");

        Assert.Equal(before, repository.Snapshot());
        repository.AssertNoLeftovers(mount.Root);
        repository.Session.Run("Add-DataFile small.bin");
        Assert.Equal("small", repository.Read("small.bin"));
    }

    [LoopFact("btrfs")]
    public void A_full_btrfs_cache_stops_the_add_and_leaves_everything_as_it_was()
    {
        using var mount = new LoopMount("btrfs", 128);
        using var repository = new FaultRepository(settings: $"Set-DataConfig cache.dir '{mount.PathOf("cache")}'");
        repository.WriteBytes("big.bin", 160 * Megabyte);
        var before = repository.Snapshot();

        repository.Fails(DataErrorKind.DiskFull, "big.bin", "Add-DataFile big.bin");

        Assert.Equal(before, repository.Snapshot());
        repository.AssertNoLeftovers(mount.Root);
    }

    [LoopFact("ext4")]
    public void A_full_workspace_stops_the_checkout_and_the_next_one_completes()
    {
        using var mount = new LoopMount("ext4", 12);
        using var cache = new ScratchFolder();
        using var repository = new FaultRepository(mount.Root, $"Set-DataConfig cache.dir '{cache.Root}'");
        repository.WriteBytes("big.bin", 4 * Megabyte);
        var content = File.ReadAllBytes(repository.PathOf("big.bin"));
        repository.Record("v1", "big.bin");
        File.Delete(repository.PathOf("big.bin"));
        FillBut(64, mount.PathOf("filler"));
        var before = repository.Snapshot();

        repository.Fails(DataErrorKind.DiskFull, "big.bin", "Switch-DataVersion");

        Assert.Equal(before, repository.Snapshot());
        repository.AssertNoLeftovers();
        File.Delete(mount.PathOf("filler"));
        repository.Session.Run("Switch-DataVersion");
        Assert.Equal(content, File.ReadAllBytes(repository.PathOf("big.bin")));
    }

    [LoopFact("ext4")]
    public void A_full_workspace_keeps_the_old_file_when_the_new_one_does_not_fit()
    {
        using var mount = new LoopMount("ext4", 16);
        using var cache = new ScratchFolder();
        using var repository = new FaultRepository(mount.Root, $"Set-DataConfig cache.dir '{cache.Root}'");
        repository.WriteBytes("big.bin", 4 * Megabyte);
        repository.Record("v1", "big.bin");
        repository.Session.Run("Unprotect-DataFile big.bin");
        repository.Write("big.bin", "small now");
        repository.Session.Run("Add-DataFile big.bin");
        File.Copy(repository.PathOf("big.bin.dvc"), repository.PathOf("keep"));
        repository.Session.Run("git checkout -q v1 -- big.bin.dvc");
        FillBut(64, mount.PathOf("filler"));

        repository.Fails(DataErrorKind.DiskFull, "big.bin", "Switch-DataVersion");

        Assert.Equal("small now", repository.Read("big.bin"));
        repository.AssertNoLeftovers();
    }

    [LoopFact("ext4")]
    public void A_read_only_cache_refuses_the_add_and_still_serves_the_checkout()
    {
        using var mount = new LoopMount("ext4");
        using var repository = new FaultRepository(settings: $"Set-DataConfig cache.dir '{mount.PathOf("cache")}'");
        repository.Write("old.bin", "old");
        repository.Record("v1", "old.bin");
        repository.Write("new.bin", "new");
        File.Delete(repository.PathOf("old.bin"));
        mount.MakeReadOnly();
        var before = repository.Snapshot();

        var result = repository.Fails(DataErrorKind.AccessDenied, "new.bin", "Add-DataFile new.bin");

        Assert.Contains("read-only", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(before, repository.Snapshot());
        repository.Session.Run("Switch-DataVersion");
        Assert.Equal("old", repository.Read("old.bin"));
    }

    [LoopFact("ext4")]
    public void A_read_only_workspace_refuses_the_checkout()
    {
        using var mount = new LoopMount("ext4");
        using var repository = new FaultRepository(mount.Root);
        repository.Write("a.bin", "a");
        repository.Record("v1", "a.bin");
        File.Delete(repository.PathOf("a.bin"));
        mount.MakeReadOnly();

        var result = repository.Session.Invoke("Switch-DataVersion");

        var error = Assert.Single(result.Errors);
        Assert.Equal("AccessDenied", result.ErrorIds.Single());
        Assert.False(string.IsNullOrEmpty(error.ErrorDetails?.RecommendedAction));
        Assert.False(File.Exists(repository.PathOf("a.bin")));
    }

    [LoopFact("ext4")]
    public void A_disk_without_a_byte_left_is_named_before_anything_is_touched()
    {
        using var mount = new LoopMount("ext4", 12);
        using var repository = new FaultRepository(mount.Root);
        repository.Write("a.bin", "a");
        repository.Record("v1", "a.bin");
        File.Delete(repository.PathOf("a.bin"));
        repository.Write("b.bin", "b");
        Fill(mount.PathOf("filler"));
        var before = repository.Snapshot();

        foreach (var command in new[] { "Add-DataFile b.bin", "Switch-DataVersion", "Move-DataFile a.bin c.bin", "Remove-DataFile a.bin" })
        {
            var result = repository.Fails(DataErrorKind.DiskFull, mount.Root, command);
            Assert.Contains("disk is full", result.Errors[0].ToString(), StringComparison.Ordinal);
            Assert.Equal(before, repository.Snapshot());
        }
        repository.AssertNoLeftovers();
        File.Delete(mount.PathOf("filler"));
        repository.Session.Run("$null = Add-DataFile b.bin ; $null = Switch-DataVersion ; $null = Move-DataFile a.bin c.bin");
        Assert.Equal("a", repository.Read("c.bin"));
    }

    [LoopFact("ext4")]
    public void Marks_of_paths_are_taken_back_on_a_full_disk()
    {
        using var mount = new LoopMount("ext4", 12);
        using var place = new FaultRepository(mount.Root);
        using var repository = Repository.Open(place.Root);
        repository.Command = "first";
        using (repository.LockPaths([], ["kept"], OperationContext.Silent))
        {
            var marks = repository.LockPaths([], ["a.bin"], OperationContext.Silent)!;
            Fill(mount.PathOf("filler"));
            marks.Dispose();
        }
        File.Delete(mount.PathOf("filler"));

        repository.Command = "second";
        repository.LockPaths([], ["a.bin", "kept"], OperationContext.Silent)!.Dispose();
    }

    [LoopFact("ext4")]
    public void What_may_not_be_written_is_named_and_the_next_try_completes()
    {
        using var mount = new LoopMount("ext4");
        using var place = new FaultRepository(mount.Root);
        place.Write("data/1.txt", "one");
        place.Write("data/sub/2.txt", "two");
        place.Write("other.bin", "other");
        place.Record("v1", "data", "other.bin");
        place.Write("data/1.txt", "changed");
        place.Write("data/sub/2.txt", "changed");
        place.Write("other.bin", "changed");
        place.Record("v2", "data", "other.bin");
        place.Write("new.bin", "new");

        // A cache, a metadata file and a .gitignore that nobody may change: the add does nothing.
        foreach (var (locked, command) in new[]
        {
            (".dvc/cache/files/md5", "Add-DataFile new.bin"), (".gitignore", "Add-DataFile new.bin"),
            ("other.bin.dvc", "Move-DataFile other.bin moved.bin"), ("other.bin", "Move-DataFile other.bin moved.bin"),
            (".gitignore", "Move-DataFile other.bin moved.bin"), ("other.bin.dvc", "Remove-DataFile other.bin"), (".gitignore", "Remove-DataFile other.bin"),
        })
        {
            var before = place.Snapshot();
            using (new Unchangeable(place.PathOf(locked)))
            {
                var result = place.Fails(DataErrorKind.AccessDenied, command.Contains("Add", StringComparison.Ordinal) && locked[1] == 'd' ? "new.bin" : locked, command);
                Assert.Empty(result.Output);
            }
            Assert.True(WithoutObjects(before) == WithoutObjects(place.Snapshot()), $"{command} with an unchangeable {locked} left a trace.");
            place.AssertNoLeftovers();
        }
        // Of several files only the one is not added.
        place.Write("other.bin", "changed again");
        using (new Unchangeable(place.PathOf("other.bin.dvc")))
            Assert.Equal("new.bin", ((DataFile)Assert.Single(place.Fails(DataErrorKind.AccessDenied, "other.bin.dvc", "Add-DataFile other.bin, new.bin").Output).BaseObject).Path);
        place.Session.Run("$null = Remove-DataFile new.bin ; $null = Switch-DataVersion -Force");

        // One folder may not be changed: the rest is checked out, and the next switch goes on.
        using (new Unchangeable(place.PathOf("data/sub")))
        {
            place.Session.Run("git checkout -q v1");
            place.Fails(DataErrorKind.AccessDenied, "data/sub/2.txt", "Switch-DataVersion");
            Assert.Equal(["one", "changed", "other"], new[] { "data/1.txt", "data/sub/2.txt", "other.bin" }.Select(place.Read));
        }
        place.Session.Run("$null = Switch-DataVersion");
        Assert.Equal(["one", "two", "other"], new[] { "data/1.txt", "data/sub/2.txt", "other.bin" }.Select(place.Read));
        place.AssertNoLeftovers();
    }

    // Objects that nothing uses harm nobody.
    private static string WithoutObjects(string snapshot) =>
        string.Join('\n', snapshot.Split('\n').Where(line => !line.StartsWith(".dvc/cache", StringComparison.Ordinal)));

    /// <summary>Not even root may change it (chattr +i).</summary>
    private sealed class Unchangeable : IDisposable
    {
        private readonly string path;

        public Unchangeable(string path) => Set("+i", this.path = path);

        public void Dispose() => Set("-i", path);

        private static void Set(string flag, string path)
        {
            using var process = System.Diagnostics.Process.Start("chattr", [flag, path]);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
    }

    private static void FillBut(int kibibytes, string path)
    {
        Fill(path);
        using var file = new FileStream(path, FileMode.Open);
        file.SetLength(file.Length - (kibibytes * 1024L));
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 64 * 1024, 4096, 1 })
            try
            {
                for (var block = new byte[size]; ;)
                    file.Write(block);
            }
            catch (IOException)
            {
                // Full for blocks of this size.
            }
    }
}
