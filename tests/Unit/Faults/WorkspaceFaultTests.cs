namespace DataVersion.Tests.Faults;

/// <summary>Things of the workspace that are not what a switch expects: folders for files, files of others, links, changes.</summary>
public sealed class WorkspaceFaultTests
{
    [Fact]
    public void A_folder_in_one_version_is_a_file_in_the_other()
    {
        using var place = new FaultRepository();
        place.Write("x/a", "a");
        place.Write("x/deep/er/b", "b");
        place.Write("data/d/1", "one");
        place.Write("data/f", "file");
        place.Record("v1", "x", "data");
        Directory.Delete(place.PathOf("x"), recursive: true);
        Directory.Delete(place.PathOf("data"), recursive: true);
        place.Write("x", "now a file");
        place.Write("data/d", "now a file");
        place.Write("data/f/2", "two");
        place.Record("v2", "x", "data");

        for (var round = 0; round < 2; round++)
        {
            place.Session.Run("$null = Switch-DataVersion v1");
            Assert.Equal(["a", "b", "one", "file"], new[] { "x/a", "x/deep/er/b", "data/d/1", "data/f" }.Select(place.Read));
            Assert.Empty(place.Session.Run("Get-DataStatus").Output);
            place.Session.Run("$null = Switch-DataVersion v2");
            Assert.Equal(["now a file", "now a file", "two"], new[] { "x", "data/d", "data/f/2" }.Select(place.Read));
            Assert.Empty(place.Session.Run("Get-DataStatus").Output);
        }

        // What somebody put into the folder meanwhile is not lost to the file, nor the changed file to the folder.
        place.Write("x", "typed");
        Refused(place, DataErrorKind.UnsavedData, "'x'", "Switch-DataVersion v1");
        place.Session.Run("$null = Switch-DataVersion -Force ; $null = Switch-DataVersion v1");
        place.Write("x/deep/mine", "typed");
        Refused(place, DataErrorKind.UnsavedData, "'x/deep/mine'", "Switch-DataVersion v2");
        place.Session.Run("$null = Switch-DataVersion v2 -Force");
        Assert.Equal("now a file", place.Read("x"));
    }

    [Fact]
    public void A_folder_with_tracked_files_in_one_version_is_a_tracked_file_in_the_other()
    {
        using var place = new FaultRepository();
        place.Write("x/a.bin", "a");
        place.Write("x/sub/b.bin", "b");
        place.Record("v1", "x/a.bin", "x/sub/b.bin");
        place.Session.Run("$null = Remove-DataFile x/a.bin, x/sub/b.bin -DeleteData");
        if (Directory.Exists(place.PathOf("x")))
            Directory.Delete(place.PathOf("x"), recursive: true);
        place.Session.Run("git add -A .");
        place.Write("x", "now a file");
        place.Record("v2", "x");

        for (var round = 0; round < 2; round++)
        {
            place.Session.Run("$null = Switch-DataVersion v1");
            Assert.Equal(["a", "b"], new[] { "x/a.bin", "x/sub/b.bin" }.Select(place.Read));
            Assert.Empty(place.Session.Run("Get-DataStatus ; git status --porcelain").Output);
            place.Session.Run("$null = Switch-DataVersion v2");
            Assert.Equal("now a file", place.Read("x"));
            Assert.Empty(place.Session.Run("Get-DataStatus ; git status --porcelain").Output);
        }
        place.Write("x", "typed");
        Refused(place, null, "x", "Switch-DataVersion v1");
        place.Session.Run("$null = Switch-DataVersion -Force ; $null = Switch-DataVersion v1");
        place.Write("x/mine", "typed");
        Refused(place, null, "x", "Switch-DataVersion v2");
        Assert.Equal("typed", place.Read("x/mine"));
    }

    [Fact]
    public void A_case_only_rename_is_switched_over()
    {
        using var place = new FaultRepository();
        place.Write("a.bin", "a");
        place.Write("Data/One.txt", "1");
        place.Record("v1", "a.bin", "Data");
        place.Session.Run("$null = Move-DataFile a.bin A.bin ; $null = Move-DataFile Data data");
        File.Move(place.PathOf("data/One.txt"), place.PathOf("data/one.txt"));
        place.Record("v2", "data");
        Assert.Equal(["A.bin", "data"], Names(place));
        Assert.Equal(["/A.bin", "/data"], File.ReadAllLines(place.PathOf(".gitignore")).Order(StringComparer.Ordinal));

        for (var round = 0; round < 2; round++)
        {
            place.Session.Run("$null = Switch-DataVersion v1");
            Assert.Equal(["Data", "a.bin"], Names(place));
            Assert.Equal("1", place.Read("Data/One.txt"));
            Assert.Empty(place.Session.Run("Get-DataStatus").Output);
            place.Session.Run("$null = Switch-DataVersion v2");
            Assert.Equal(["A.bin", "data"], Names(place));
            Assert.Equal("a", place.Read("A.bin"));
            Assert.Equal("1", place.Read("data/one.txt"));
            Assert.Empty(place.Session.Run("Get-DataStatus").Output);
        }
    }

    [Fact]
    public void Foreign_files_and_folders_in_the_way_are_kept_until_forced()
    {
        using var place = new FaultRepository();
        place.Write("a.bin", "a");
        place.Write("data/1.txt", "1");
        place.Write("data/sub/2.txt", "2");
        place.Record("v1", "a.bin", "data");

        foreach (var (what, inTheWay) in new (string, string)[]
        {
            ("a.bin", "a.bin"), ("a.bin", "a.bin/inner/mine"), ("data", "data/1.txt"), ("data", "data/1.txt/mine"), ("data", "data/sub"), ("data", "data"),
        })
        {
            Clear(place, what);
            place.Write(inTheWay, "mine");
            Refused(place, DataErrorKind.UnsavedData, $"'{inTheWay}'", "Switch-DataVersion");
            Assert.Equal("mine", place.Read(inTheWay));
            place.Session.Run("$null = Switch-DataVersion -Force");
            Assert.Equal(["a", "1", "2"], new[] { "a.bin", "data/1.txt", "data/sub/2.txt" }.Select(place.Read));
            Assert.Empty(place.Session.Run("Get-DataStatus").Output);
        }
        // Empty folders hold nothing that could be lost.
        Clear(place, "a.bin");
        Clear(place, "data");
        Directory.CreateDirectory(place.PathOf("a.bin/empty/er"));
        Directory.CreateDirectory(place.PathOf("data/1.txt/empty"));
        place.Session.Run("$null = Switch-DataVersion");
        Assert.Equal(["a", "1", "2"], new[] { "a.bin", "data/1.txt", "data/sub/2.txt" }.Select(place.Read));
    }

    [Fact]
    public void Nothing_is_written_through_a_link_to_a_folder()
    {
        using var elsewhere = new ScratchFolder();
        elsewhere.Write("2.txt", "theirs");
        using var place = new FaultRepository();
        place.Write("data/1.txt", "1");
        place.Write("data/sub/2.txt", "2");
        place.Write("data/sub/in/3.txt", "3");
        place.Write("own/a.bin", "a");
        place.Record("v1", "data", "own/a.bin");
        place.Write("data/sub/2.txt", "two");
        place.Record("v2", "data");

        Directory.Delete(place.PathOf("data/sub"), recursive: true);
        Directory.CreateSymbolicLink(place.PathOf("data/sub"), elsewhere.Root);
        foreach (var command in new[] { "Switch-DataVersion", "Switch-DataVersion -Force", "Switch-DataVersion v1", "Switch-DataVersion -Path data/sub/2.txt" })
        {
            var before = place.Snapshot();
            var result = place.Session.Invoke(command);
            Assert.NotEmpty(result.Errors);
            Assert.All(result.ErrorIds, id => Assert.Equal("PathUnsupported", id));
            Assert.All(result.Errors, e => Assert.Contains("'data/sub'", e.ToString(), StringComparison.Ordinal));
            Assert.Equal(before, place.Snapshot());
        }
        Assert.Equal(["2.txt"], Directory.GetFileSystemEntries(elsewhere.Root).Select(p => Path.GetFileName(p)));
        Assert.Equal("theirs", File.ReadAllText(elsewhere.PathOf("2.txt")));

        Directory.CreateSymbolicLink(place.PathOf("linked"), elsewhere.Root);
        place.Fails(DataErrorKind.PathUnsupported, "'linked'", "Add-DataFile linked/2.txt");
        Assert.Equal(["2.txt"], Directory.GetFileSystemEntries(elsewhere.Root).Select(p => Path.GetFileName(p)));
    }

    [Fact]
    public void Nothing_is_written_through_a_link_that_stands_for_a_tracked_folder()
    {
        using var elsewhere = new ScratchFolder();
        elsewhere.Write("1.txt", "theirs");
        using var place = new FaultRepository();
        place.Write("data/1.txt", "1");
        place.Record("v1", "data");
        Directory.Delete(place.PathOf("data"), recursive: true);
        Directory.CreateSymbolicLink(place.PathOf("data"), elsewhere.Root);

        Refused(place, DataErrorKind.PathUnsupported, "data", "Switch-DataVersion");
        Refused(place, DataErrorKind.PathUnsupported, "data", "Switch-DataVersion -Force");
        Refused(place, DataErrorKind.PathUnsupported, "data", "Add-DataFile data");

        Assert.Equal(["1.txt"], Directory.GetFileSystemEntries(elsewhere.Root).Select(p => Path.GetFileName(p)));
        Assert.Equal("theirs", File.ReadAllText(elsewhere.PathOf("1.txt")));
    }

    [Fact]
    public void Changes_that_Git_has_not_recorded_stop_a_switch_before_anything_is_touched()
    {
        using var place = new FaultRepository();
        place.Write("a.bin", "a1");
        place.Write("code.txt", "one\n");
        place.Record("v1", "a.bin");
        place.Write("a.bin", "a2");
        place.Write("code.txt", "two\n");
        place.Write("new.txt", "in v2 only\n");
        place.Record("v2", "a.bin");

        place.Write("code.txt", "typed\n");
        Refused(place, DataErrorKind.GitChangesInTheWay, "code.txt", "Switch-DataVersion v1");
        Refused(place, DataErrorKind.GitChangesInTheWay, "code.txt", "Switch-DataVersion v1 -Force");
        place.Session.Run("git checkout -q -- code.txt");
        File.AppendAllText(place.PathOf("a.bin.dvc"), "# typed\n");
        Refused(place, DataErrorKind.GitChangesInTheWay, "a.bin.dvc", "Switch-DataVersion v1");
        place.Session.Run("git checkout -q -- a.bin.dvc ; $null = Switch-DataVersion v1");
        place.Write("new.txt", "mine\n");
        Refused(place, DataErrorKind.GitChangesInTheWay, "new.txt", "Switch-DataVersion v2");
        File.Delete(place.PathOf("new.txt"));
        place.Write("a.bin", "typed");
        Refused(place, DataErrorKind.UnsavedData, "a.bin", "Switch-DataVersion v2");
        place.Session.Run("$null = Switch-DataVersion v2 -Force");
        Assert.Equal("a2", place.Read("a.bin"));
    }

    /// <summary>A command fails with one error of a kind, and nothing is different afterwards.</summary>
    internal static void Refused(FaultRepository place, DataErrorKind? kind, string named, string command)
    {
        var before = place.Snapshot();
        if (kind is { } known)
            place.Fails(known, named, command);
        else
        {
            var error = Assert.Single(place.Session.Invoke(command).Errors);
            Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
            Assert.False(string.IsNullOrWhiteSpace(error.ErrorDetails?.RecommendedAction));
        }
        Assert.Equal(before, place.Snapshot());
        place.AssertNoLeftovers();
    }

    private static void Clear(FaultRepository place, string name)
    {
        if (Directory.Exists(place.PathOf(name)))
            Directory.Delete(place.PathOf(name), recursive: true);
        else
            File.Delete(place.PathOf(name));
    }

    private static string[] Names(FaultRepository place) => [.. Directory.EnumerateFileSystemEntries(place.Root).Select(p => Path.GetFileName(p))
        .Where(n => !n.StartsWith('.') && !n.EndsWith(".dvc", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
