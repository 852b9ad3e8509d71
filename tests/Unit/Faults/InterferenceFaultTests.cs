using DataVersion.Engine;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Tests.Faults;

/// <summary>Files that change while a command runs, other processes, and cancellation.</summary>
public sealed class InterferenceFaultTests
{
    [Fact]
    public void A_file_deleted_between_plan_and_add_is_reported_and_the_others_are_added()
    {
        using var place = new FaultRepository();
        place.Write("gone.bin", "gone");
        place.Write("stays.bin", "stays");
        using var repository = Repository.Open(place.Root);
        var plan = AddPlanner.Plan(repository, [place.PathOf("gone.bin"), place.PathOf("stays.bin")], new AddOptions());
        File.Delete(place.PathOf("gone.bin"));

        var failure = Assert.Single(AddRunner.Run(repository, plan.Items, new AddOptions(), _ => { }, OperationContext.Silent));

        Assert.Equal(DataErrorKind.PathNotFound, failure.Error.Kind);
        Assert.Contains("gone.bin", failure.Error.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Error.RecommendedAction);
        Assert.False(File.Exists(place.PathOf("gone.bin.dvc")));
        Assert.True(File.Exists(place.PathOf("stays.bin.dvc")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_changed_between_plan_and_checkout_is_left_alone(bool appears)
    {
        using var place = TwoVersions();
        if (appears)
            File.Delete(place.PathOf("data/2.txt"));
        place.Session.Run("git checkout -q v1");
        using var repository = Repository.Open(place.Root);
        var plan = CheckoutPlanner.Plan(repository, repository.Index, new CheckoutOptions(), OperationContext.Silent);
        Assert.Empty(plan.Unsaved);
        place.Write("data/2.txt", "typed just now");

        var failure = Assert.Single(CheckoutRunner.Run(repository, plan, new CheckoutOptions(), _ => { }, OperationContext.Silent));

        Assert.Equal(DataErrorKind.UnsavedData, failure.Error.Kind);
        Assert.Contains("2.txt", failure.Error.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Error.RecommendedAction);
        Assert.Equal("typed just now", place.Read("data/2.txt"));
        Assert.Equal("first 1", place.Read("data/1.txt"));
        place.Fails(DataErrorKind.UnsavedData, "data/2.txt", "Switch-DataVersion");
    }

    [Fact]
    public void A_file_changed_before_it_is_deleted_is_left_alone()
    {
        using var place = TwoVersions();
        place.Session.Run("git checkout -q v1");
        using var repository = Repository.Open(place.Root);
        var plan = CheckoutPlanner.Plan(repository, repository.Index, new CheckoutOptions(), OperationContext.Silent);
        place.Write("data/new.txt", "typed just now");

        var failure = Assert.Single(CheckoutRunner.Run(repository, plan, new CheckoutOptions(), _ => { }, OperationContext.Silent));

        Assert.Equal(DataErrorKind.UnsavedData, failure.Error.Kind);
        Assert.Equal("typed just now", place.Read("data/new.txt"));
    }

    [Fact]
    public void An_object_corrupted_between_plan_and_checkout_is_not_served()
    {
        using var place = TwoVersions();
        place.Session.Run("git checkout -q v1");
        using var repository = Repository.Open(place.Root);
        var plan = CheckoutPlanner.Plan(repository, repository.Index, new CheckoutOptions(), OperationContext.Silent);
        Corrupt(place.ObjectOf("first 1"));

        var failures = CheckoutRunner.Run(repository, plan, new CheckoutOptions(), _ => { }, OperationContext.Silent);

        var failure = Assert.Single(failures);
        Assert.Equal(DataErrorKind.ObjectCorrupt, failure.Error.Kind);
        Assert.Equal("second 1", place.Read("data/1.txt"));
    }

    [Fact]
    public void A_cancelled_add_changes_no_metadata_and_the_next_one_completes()
    {
        using var place = new FaultRepository();
        for (var i = 0; i < 300; i++)
            place.Write($"data/{i}.txt", $"content {i}");
        using (var repository = Repository.Open(place.Root))
        using (var cancel = new CancellationTokenSource())
        {
            var plan = AddPlanner.Plan(repository, [place.PathOf("data")], new AddOptions());
            var context = new OperationContext { Cancellation = cancel.Token, Progress = _ => cancel.Cancel() };
            Assert.ThrowsAny<OperationCanceledException>(() => AddRunner.Run(repository, plan.Items, new AddOptions(), _ => { }, context));
        }
        Assert.False(File.Exists(place.PathOf("data.dvc")));
        Assert.Equal(300, Directory.GetFiles(place.PathOf("data")).Length);
        place.AssertNoLeftovers();

        Assert.Equal(300, place.Session.Run<DataFile>("Add-DataFile data").Single().FileCount);
        Assert.Equal(DataFileState.Unchanged, place.Session.Run<DataFile>("Get-DataFile data").Single().State);
        Assert.Empty(place.Session.Run("Test-DataCache | Where-Object Verdict -ne Good").Output);
    }

    [Fact]
    public void A_cancelled_checkout_leaves_whole_files_and_the_next_one_completes()
    {
        using var place = new FaultRepository();
        for (var i = 0; i < 300; i++)
            place.Write($"data/{i}.txt", $"content {i}");
        place.Record("v1", "data");
        Directory.Delete(place.PathOf("data"), recursive: true);
        using (var repository = Repository.Open(place.Root))
        using (var cancel = new CancellationTokenSource())
        {
            var plan = CheckoutPlanner.Plan(repository, repository.Index, new CheckoutOptions(), OperationContext.Silent);
            Assert.ThrowsAny<OperationCanceledException>(() => CheckoutRunner.Run(repository, plan, new CheckoutOptions(), _ => cancel.Cancel(),
                new OperationContext { Cancellation = cancel.Token }));
        }
        var placed = Directory.GetFiles(place.PathOf("data"));
        Assert.NotInRange(placed.Length, 300, int.MaxValue);
        Assert.All(placed, p => Assert.Equal("content " + Path.GetFileNameWithoutExtension(p), File.ReadAllText(p)));

        place.Session.Run("Switch-DataVersion");
        Assert.Equal(300, Directory.GetFiles(place.PathOf("data")).Length);
        Assert.Equal(DataFileState.Unchanged, place.Session.Run<DataFile>("Get-DataFile data").Single().State);
    }

    [Fact]
    public async Task Two_processes_may_add_at_once()
    {
        using var place = new FaultRepository();
        string[] names = ["one", "two"];
        foreach (var name in names)
            for (var i = 0; i < 40; i++)
                place.Write($"{name}/{i}.txt", $"shared {i}");
        var running = names.Select(name => HostProcess.Start(place.Root,
            $"try {{ $null = Add-DataFile {name} -ErrorAction Stop ; 'added' }} catch {{ $_.FullyQualifiedErrorId }}")).ToList();
        var said = running.Select(p => p.StandardOutput.ReadToEndAsync()).ToList();
        var errors = running.Select(p => p.StandardError.ReadToEndAsync()).ToList();
        var texts = await Task.WhenAll(said);
        var problems = await Task.WhenAll(errors);
        foreach (var process in running)
            await process.WaitForExitAsync();

        for (var i = 0; i < 2; i++)
        {
            var text = texts[i].Trim();
            Assert.True(text == "added" || text.StartsWith("RepositoryBusy", StringComparison.Ordinal), text + problems[i]);
            Assert.Equal(text == "added", File.Exists(place.PathOf(names[i] + ".dvc")));
            running[i].Dispose();
        }
        Assert.Contains(texts, s => s.Trim() == "added");
        place.Session.Run("$null = Add-DataFile one, two");
        Assert.Equal(File.ReadAllText(place.PathOf("one.dvc")).Replace("one", "two", StringComparison.Ordinal), File.ReadAllText(place.PathOf("two.dvc")));
        Assert.Equal(["/one", "/two"], File.ReadAllLines(place.PathOf(".gitignore")).Order(StringComparer.Ordinal));
        Assert.Empty(place.Session.Run("Test-DataCache | Where-Object Verdict -ne Good").Output);
        place.AssertNoLeftovers();
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("hardlink")]
    [InlineData("symlink")]
    public void A_file_that_grows_while_it_is_added_never_makes_a_wrong_object_that_is_used(string kind)
    {
        using var place = new FaultRepository(settings: $"Set-DataConfig cache.type {kind}");
        place.WriteBytes("log.bin", 20_000_000);
        place.Write("still.bin", "still");
        using var enough = new CancellationTokenSource();
        using var begun = new ManualResetEventSlim();
        var writer = new Thread(() =>
        {
            using var log = new FileStream(place.PathOf("log.bin"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            for (var i = 0; !enough.IsCancellationRequested && i < 20_000; i++)
            {
                log.Write("another line of the log\n"u8);
                begun.Set();
            }
        });
        writer.Start();
        begun.Wait();

        var result = place.Session.Invoke("Add-DataFile log.bin, still.bin");

        enough.Cancel();
        writer.Join();
        Assert.True(File.Exists(place.PathOf("still.bin.dvc")));
        Assert.Equal(result.Errors.Count == 0, File.Exists(place.PathOf("log.bin.dvc")));
        foreach (var error in result.Errors)
        {
            Assert.StartsWith("FileChangedDuringRead", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("log.bin", error.ToString(), StringComparison.Ordinal);
            Assert.False(string.IsNullOrEmpty(error.ErrorDetails?.RecommendedAction));
        }
        place.AssertNoLeftovers();
        var content = FaultRepository.Md5(File.ReadAllBytes(place.PathOf("log.bin")));
        if (result.Errors.Count == 0)
            Assert.Equal(place.Read("log.bin.dvc").Contains(content, StringComparison.Ordinal) ? DataFileState.Unchanged : DataFileState.Modified,
                place.Session.Run<DataFile>("Get-DataFile log.bin").Single().State);
        // Whoever writes into a link writes into the object; a private copy is out of reach.
        if (kind == "copy")
            Assert.DoesNotContain(place.Session.Run<CacheVerdict>("Test-DataCache"), v => v.Verdict == CacheVerdictKind.Corrupt);

        place.Session.Run("$null = Add-DataFile log.bin");
        Assert.Equal(content, FaultRepository.Md5(File.ReadAllBytes(place.PathOf("log.bin"))));
        Assert.Equal(content, FaultRepository.Md5(File.ReadAllBytes(place.ObjectPath(content))));
        Assert.Equal(DataFileState.Unchanged, place.Session.Run<DataFile>("Get-DataFile log.bin").Single().State);
        File.Delete(place.PathOf("log.bin"));
        place.Session.Run("$null = Switch-DataVersion");
        Assert.Equal(content, FaultRepository.Md5(File.ReadAllBytes(place.PathOf("log.bin"))));
    }

    internal static void Corrupt(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var bytes = File.ReadAllBytes(path);
        bytes[0] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static FaultRepository TwoVersions()
    {
        var place = new FaultRepository();
        foreach (var i in new[] { 1, 2 })
            place.Write($"data/{i}.txt", $"first {i}");
        place.Record("v1", "data");
        foreach (var i in new[] { 1, 2 })
            place.Write($"data/{i}.txt", $"second {i}");
        place.Write("data/new.txt", "new");
        place.Record("v2", "data");
        return place;
    }
}
