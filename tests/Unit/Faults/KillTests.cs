namespace DataVersion.Tests.Faults;

/// <summary>
/// An operation is killed, as kill -9 would, at each place between two of its steps. Whatever the place: no content is
/// lost, no object is wrong, and running the same command again arrives where an undisturbed run does.
/// </summary>
public sealed class KillTests
{
    private const string TwoVersions = """
        $null = Add-DataFile data, model.bin
        git add . ; git commit -q -m v1 ; git tag v1
        $null = Unprotect-DataFile data, model.bin
        [IO.File]::WriteAllText("$PWD/model.bin", 'model two')
        [IO.File]::WriteAllText("$PWD/data/2.txt", 'second 2')
        [IO.File]::Delete("$PWD/data/4.txt")
        [IO.File]::WriteAllText("$PWD/data/new.txt", 'new')

        """;

    private const string Recorded = TwoVersions + """
        $null = Add-DataFile data, model.bin
        [IO.File]::WriteAllText("$PWD/only2.bin", 'only in two')
        $null = Add-DataFile only2.bin
        git add . ; git commit -q -m v2

        """;

    private const string GarbageCollection = "gc";
    private const string HardLinks = "$null = Set-DataConfig cache.type hardlink\n";
    private const string SymbolicLinks = "$null = Set-DataConfig cache.type symlink\n";

    // As DVC 2 left it: another place in the cache, and no name of the hash in the metadata.
    private const string Legacy = """
        $null = Add-DataFile data, model.bin
        foreach ($file in 'data.dvc', 'model.bin.dvc') { [IO.File]::WriteAllText("$PWD/$file", ([IO.File]::ReadAllText("$PWD/$file") -replace "  hash: md5`n")) }
        foreach ($folder in [IO.Directory]::GetDirectories("$PWD/.dvc/cache/files/md5")) { [IO.Directory]::Move($folder, "$PWD/.dvc/cache/" + [IO.Path]::GetFileName($folder)) }
        git add . ; git commit -q -m v1

        """;

    public static TheoryData<string, string, string> Operations => new()
    {
        { "first add", "", "Add-DataFile data, model.bin" },
        { "first add, hard links", HardLinks, "Add-DataFile data, model.bin" },
        { "first add, symbolic links", SymbolicLinks, "Add-DataFile data, model.bin" },
        { "add of changes", TwoVersions, "Add-DataFile data, model.bin" },
        { "switch", Recorded, "Switch-DataVersion v1" },
        { "switch, hard links", HardLinks + Recorded, "Switch-DataVersion v1" },
        { "checkout", Recorded + "[IO.Directory]::Delete(\"$PWD/data\", $true)\n", "Switch-DataVersion" },
        { "remove", Recorded, "Remove-DataFile data -DeleteData" },
        { "move", Recorded, "Move-DataFile model.bin models/big.bin" },
        { "migrate", Legacy, "Convert-DataCache -Confirm:$false" },
        { GarbageCollection, Recorded, "Clear-DataCache -Workspace -Confirm:$false" },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public void Killed_anywhere_nothing_is_lost_and_the_next_run_completes(string name, string setup, string command)
    {
        using var start = FaultScenario.Make(setup);
        using var undisturbed = start.Copy();
        var log = Path.Combine(undisturbed.Root, ".dvc", "tmp", "fault-log");
        var run = HostProcess.Run(undisturbed.Root, command, ("DATAVERSION_FAULT_LOG", log));
        Assert.True(run.ExitCode == 0, $"{name}: {run.Output}{run.Errors}");
        var wanted = undisturbed.State();
        // What nothing needs any more may go, and must be gone at the end.
        var before = (name == GarbageCollection ? undisturbed : start).Contents();
        if (name == GarbageCollection)
            Assert.True(before.IsProperSubsetOf(start.Contents()));
        var places = File.ReadAllLines(log).Distinct().ToList();
        Assert.NotEmpty(places);

        foreach (var place in places)
        {
            using var scenario = start.Copy();
            var killed = HostProcess.Run(scenario.Root, command, ("DATAVERSION_FAULT", place));
            Assert.True(killed.ExitCode != 0, $"{name} was not killed at {place}.");

            Assert.True(before.IsSubsetOf(scenario.Contents()), $"{name}, killed at {place}: content was lost.");
            Assert.True(scenario.BadObjects() is [], $"{name}, killed at {place}: wrong objects {string.Join(", ", scenario.BadObjects())}.");

            var again = HostProcess.Run(scenario.Root, command);
            Assert.True(wanted == scenario.State(),
                $"{name}, killed at {place}, then run again: {again.Output}{again.Errors}\nwanted\n{wanted}\nfound\n{scenario.State()}");
            Assert.True(scenario.BadObjects() is [], $"{name}, killed at {place} and run again: wrong objects.");
            if (name == GarbageCollection)
                Assert.Equal(before, scenario.Contents());
        }
    }
}
