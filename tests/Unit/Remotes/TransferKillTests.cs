using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DataVersion.Tests.Faults;

namespace DataVersion.Tests.Remotes;

/// <summary>
/// A transfer is killed at each place between two of its steps: both sides hold right objects only, no manifest is on the
/// remote without its files, and running the same command again does the rest.
/// </summary>
public sealed class TransferKillTests
{
    private const string Local = """
        $null = Add-DataFile data, model.bin
        Add-DataRemote store ../store -Default

        """;

    private const string Pushed = Local + """
        $null = Sync-DataRemote -Direction Push
        Remove-Item -Recurse -Force data, model.bin, .dvc/cache

        """;

    [Theory]
    [InlineData(Local, "Push")]
    [InlineData(Pushed, "Pull")]
    public void Killed_anywhere_the_next_run_completes(string setup, string direction)
    {
        var command = $"Sync-DataRemote -Direction {direction}";
        using var start = FaultScenario.Make(setup);
        using var undisturbed = start.Copy();
        var log = Path.Combine(undisturbed.Root, ".dvc", "tmp", "fault-log");
        Assert.Equal(0, HostProcess.Run(undisturbed.Root, command, ("DATAVERSION_FAULT_LOG", log)).ExitCode);
        var places = File.ReadAllLines(log).Distinct().ToList();
        Assert.Contains(direction == "Push" ? "push.object" : "fetch.object", places);

        foreach (var place in places)
        {
            using var scenario = start.Copy();
            Assert.True(HostProcess.Run(scenario.Root, command, ("DATAVERSION_FAULT", place)).ExitCode != 0, $"Not killed at {place}.");
            CheckRemote(scenario, place);
            Assert.True(scenario.BadObjects() is [], $"Killed at {place}: wrong objects.");

            var again = HostProcess.Run(scenario.Root, command);
            Assert.True(again.ExitCode == 0, $"Killed at {place}, then run again: {again.Output}{again.Errors}");
            CheckRemote(scenario, place);
            Assert.Equal(Whole(Store(undisturbed)), Whole(Store(scenario)));
            Assert.Equal(Whole(Path.Combine(undisturbed.Root, ".dvc", "cache")), Whole(Path.Combine(scenario.Root, ".dvc", "cache")));
            Assert.Equal(undisturbed.State(), scenario.State());
        }
    }

    private static string Store(FaultScenario scenario) => Path.Combine(scenario.Root, "..", "store");

    // A temporary name that a kill leaves behind is ignored by every listing, ours and DVC's.
    private static IEnumerable<string> Whole(string store) => SyncSandbox.Objects(store).Where(o => !o.EndsWith(".tmp", StringComparison.Ordinal));

    private static void CheckRemote(FaultScenario scenario, string place)
    {
        foreach (var name in Whole(Store(scenario)))
        {
            var bytes = File.ReadAllBytes(Path.Combine(Store(scenario), name));
            Assert.True(Convert.ToHexStringLower(MD5.HashData(bytes)) == name["files/md5/".Length..].Replace("/", "").Replace(".dir", ""),
                $"Killed at {place}: '{name}' is wrong.");
            if (name.EndsWith(".dir", StringComparison.Ordinal))
                foreach (var entry in JsonNode.Parse(bytes)!.AsArray())
                    Assert.True(File.Exists(Path.Combine(Store(scenario), "files", "md5", entry!["md5"]!.ToString()[..2], entry["md5"]!.ToString()[2..])),
                        $"Killed at {place}: the manifest is there without '{entry["relpath"]}'.");
        }
    }
}
