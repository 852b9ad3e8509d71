using DataVersion.Tests.Faults;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Versions;

/// <summary>
/// An update from a worktree remote is killed at each place between two of its steps: no content is lost, every object is right,
/// and either of the commands that a person would type next makes record and workspace agree.
/// </summary>
[Server("s3")]
public sealed class WorktreeKillTests
{
    private const string Command = "Update-DataFile data, model.bin -ErrorAction Stop";

    private const string Pushed = """
        $null = Add-DataFile data, model.bin
        $null = Sync-DataRemote -Direction Push -ErrorAction Stop
        git add . ; git commit -q -m v1

        """;

    [ServerFact]
    public async Task Killed_anywhere_nothing_is_lost_and_the_next_run_completes()
    {
        using var start = FaultScenario.Make(VersionKillTests.Remote("s3", "start", "worktree") + Pushed);
        await ChangeAsync(start.Root);
        using var undisturbed = start.Copy();
        var log = Path.Combine(undisturbed.Root, ".dvc", "tmp", "fault-log");
        var run = HostProcess.Run(undisturbed.Root, Command, ("DATAVERSION_FAULT_LOG", log));
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var wanted = undisturbed.State();
        Assert.NotEqual(start.State(), wanted);
        Assert.Equal("theirs", File.ReadAllText(Path.Combine(undisturbed.Root, "data", "1.txt")));
        Assert.False(File.Exists(Path.Combine(undisturbed.Root, "data", "2.txt")));
        string[] places = [.. File.ReadAllLines(log).Distinct()];
        Assert.Subset(places.ToHashSet(), ((string[])["import.downloaded", "import.object", "import.files", "import.received", "import.metadata", "checkout.begin", "checkout.deleted", "checkout.placed", "import.placed"]).ToHashSet());

        foreach (var place in places)
        {
            using var scenario = start.Copy();
            var before = scenario.Contents();
            Assert.True(HostProcess.Run(scenario.Root, Command, ("DATAVERSION_FAULT", place)).ExitCode != 0, $"Not killed at {place}.");
            Assert.True(before.IsSubsetOf(scenario.Contents()), $"Killed at {place}: content was lost.");
            Assert.True(scenario.BadObjects() is [], $"Killed at {place}: wrong objects.");

            using (var other = scenario.Copy())
            {
                // A checkout follows the record, whichever of the two it is.
                var checkout = HostProcess.Run(other.Root, "Switch-DataVersion -ErrorAction Stop; @(Get-DataStatus | Where-Object Comparison -in Uncommitted, Cache).Count");
                Assert.True(checkout.ExitCode == 0 && checkout.Output.Trim().Split('\n')[^1].Trim() == "0", $"Killed at {place}, then a checkout: {checkout.Output}{checkout.Errors}");
                Assert.True(before.IsSubsetOf(other.Contents()), $"Killed at {place}, then a checkout: content was lost.");
            }
            var again = HostProcess.Run(scenario.Root, Command);
            Assert.True(wanted == scenario.State(), $"Killed at {place}, then run again: {again.Output}{again.Errors}\nwanted\n{wanted}\nfound\n{scenario.State()}");
            Assert.True(scenario.BadObjects() is [], $"Killed at {place} and run again: wrong objects.");
        }
    }

    [ServerTheory]
    [InlineData("repair.object")]
    [InlineData("push.recorded")]
    public async Task A_repair_that_was_killed_is_done_by_the_next_one(string place)
    {
        using var scenario = FaultScenario.Make(VersionKillTests.Remote("s3", "start") + Pushed);
        await using (var storage = VersionedSandbox.Storage(scenario.Root))
        {
            using var repository = Engine.Repository.Open(scenario.Root);
            foreach (var (key, id) in repository.Index.Find("data")!.Files.Select(file => ("data/" + file.Path, file.Version!.Id)).Append(("model.bin", repository.Index.Find("model.bin")!.Version!.Id)))
                await storage.DeleteAsync(Engine.Remotes.Versions.VersionKeys.InVersion("s3", key, id), default);
        }
        var contents = scenario.Contents();

        Assert.NotEqual(0, HostProcess.Run(scenario.Root, "Repair-DataRemote", ("DATAVERSION_FAULT", place)).ExitCode);
        Assert.True(contents.IsSubsetOf(scenario.Contents()), "Content was lost.");
        var again = HostProcess.Run(scenario.Root, "$null = Repair-DataRemote -ErrorAction Stop; Test-DataRemote -Deep -Quiet; Remove-Item -Recurse -Force data, model.bin, .dvc/cache; $null = Sync-DataRemote -Direction Pull -ErrorAction Stop");

        Assert.True(again.ExitCode == 0 && again.Output.Trim() == "True", again.Output + again.Errors);
        Assert.Equal("deep", File.ReadAllText(Path.Combine(scenario.Root, "data", "inner", "deep.txt")));
        Assert.Equal("model one", File.ReadAllText(Path.Combine(scenario.Root, "model.bin")));
    }

    // As somebody does at the bucket who knows nothing of all this; the update itself changes nothing there.
    private static async Task ChangeAsync(string root)
    {
        using var sandbox = new VersionedSandbox();
        await sandbox.PutAsync(root, "data/1.txt", "theirs");
        await sandbox.PutAsync(root, "data/inner/new.txt", "new there");
        await sandbox.PutAsync(root, "model.bin", new string('m', 9_000_000));
        await using var storage = VersionedSandbox.Storage(root);
        await storage.DeleteAsync("data/2.txt", default);
    }
}
