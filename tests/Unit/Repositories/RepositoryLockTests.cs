using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Tests.Repositories;

public sealed class RepositoryLockTests : IDisposable
{
    // What DVC does through zc.lockfile.
    private const string Hold = """
        import fcntl, sys
        f = open(sys.argv[1], 'a+')
        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print('held', flush=True)
        sys.stdin.read()
        """;

    private const string Try = """
        import fcntl, sys
        f = open(sys.argv[1], 'a+')
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            print('free', flush=True)
        except BlockingIOError:
            print('busy', flush=True)
        """;

    private readonly ScratchRepository scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TwoInOneProcessExcludeEachOther(bool hardlink)
    {
        using (var first = Acquire(hardlink, TimeSpan.Zero))
        {
            Assert.Throws<RepositoryBusyException>(() => Acquire(hardlink, TimeSpan.Zero));
            Assert.Throws<RepositoryBusyException>(() => Acquire(hardlink, TimeSpan.FromMilliseconds(30)));
        }
        Acquire(hardlink, TimeSpan.Zero).Dispose();
        Acquire(hardlink, TimeSpan.Zero).Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WaitingEndsWhenTheHolderLetsGo(bool hardlink)
    {
        var first = Acquire(hardlink, TimeSpan.Zero);
        var second = Task.Run(() => Acquire(hardlink, Timeout.InfiniteTimeSpan));
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task WaitingCanBeCancelled()
    {
        using var first = Acquire(false, TimeSpan.Zero);
        using var cancellation = new CancellationTokenSource();
        var second = Task.Run(() => RepositoryLock.Acquire(scratch.Layout, Settings(false), "Add-DataFile", Timeout.InfiniteTimeSpan, cancellation.Token));
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public void TheFileHoldsOurProcessNumberAndStays()
    {
        Acquire(false, TimeSpan.Zero).Dispose();
        Assert.Equal($" {Environment.ProcessId}\n", scratch.Read(".dvc/tmp/lock"));
    }

    [Fact]
    public void AHardlinkLockIsTwoNamesOfOneFileAndLeavesNothing()
    {
        using (Acquire(true, TimeSpan.Zero))
        {
            Assert.Equal(2u, FileStat.Read(scratch.Layout.LockFile).LinkCount);
            var claim = scratch.Read(".dvc/tmp/lock");
            Assert.Matches(@"^[0-9a-f]{32}\.lock$", Path.GetFileName(claim));
            Assert.Equal(scratch.Layout.TmpFolder, Path.GetDirectoryName(claim));
            Assert.True(File.GetLastWriteTimeUtc(scratch.Layout.LockFile) > DateTime.UtcNow.AddDays(300));
        }
        Assert.Empty(Directory.GetFiles(scratch.Layout.TmpFolder));
    }

    [Fact]
    public void AStaleHardlinkLockIsBrokenButTheFileOfTheOtherKindIsNot()
    {
        var claim = scratch.Write(".dvc/tmp/00000000000000000000000000000000.lock");
        File.WriteAllText(claim, claim);
        File.Move(claim, scratch.Layout.LockFile);
        File.SetLastWriteTimeUtc(scratch.Layout.LockFile, DateTime.UtcNow.AddHours(-1));
        Acquire(true, TimeSpan.Zero).Dispose();

        scratch.Write(".dvc/tmp/lock", " 1\n");
        File.SetLastWriteTimeUtc(scratch.Layout.LockFile, DateTime.UtcNow.AddHours(-1));
        Assert.Throws<RepositoryBusyException>(() => Acquire(true, TimeSpan.Zero));
    }

    [Fact]
    public void ALockOfPythonKeepsUsOutAndIsNamed()
    {
        Directory.CreateDirectory(scratch.Layout.TmpFolder);
        using (var python = PythonProcess.TryStart(Hold, scratch.Layout.LockFile))
        {
            if (python is null)
                return;
            Assert.Equal("held", python.ReadLine());
            var error = Assert.Throws<RepositoryBusyException>(() => Acquire(false, TimeSpan.Zero));
            Assert.Equal(scratch.Layout.LockFile, error.Path);
            if (OperatingSystem.IsLinux() && File.Exists("/proc/locks"))
            {
                Assert.Contains(error.Holders, holder => holder.Contains($"PID {python.Id} (", StringComparison.Ordinal) && holder.Contains("python", StringComparison.Ordinal));
                Assert.Contains(error.Holders[0], error.Message);
                Assert.Equal(error.Holders, RepositoryLock.Holders(scratch.Layout));
            }
        }
        Acquire(false, TimeSpan.Zero).Dispose();
    }

    [Fact]
    public void OurLockKeepsPythonOut()
    {
        using (Acquire(false, TimeSpan.Zero))
        using (var python = PythonProcess.TryStart(Try, scratch.Layout.LockFile))
            Assert.Equal(python is null ? null : "busy", python?.ReadLine());
        using var later = PythonProcess.TryStart(Try, scratch.Layout.LockFile);
        Assert.Equal(later is null ? null : "free", later?.ReadLine());
    }

    private static RepositorySettings Settings(bool hardlink) => new() { CacheFolder = "/none", HardlinkLock = hardlink };

    private RepositoryLock Acquire(bool hardlink, TimeSpan patience) =>
        RepositoryLock.Acquire(scratch.Layout, Settings(hardlink), "Add-DataFile", patience);
}
