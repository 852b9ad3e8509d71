using DataVersion.Tests.Faults;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Versions;

/// <summary>
/// A transfer with a remote that keeps versions is killed at each place between two of its steps: nothing is lost, every object
/// is right, the metadata names no version that is not there, and running the same command again does the rest.
/// </summary>
/// <param name="service">The server.</param>
public abstract class VersionKillTests(string service)
{
    private const string Local = """
        $null = Add-DataFile data, model.bin

        """;

    /// <summary>What makes a repository without data whose remote has it.</summary>
    protected const string Pushed = Local + """
        $null = Sync-DataRemote -Direction Push
        Remove-Item -Recurse -Force data, model.bin, .dvc/cache

        """;

    [ServerFact]
    public void A_push_that_is_killed_anywhere_is_completed_by_the_next_one() => KillAnywhere(Local, "Push");

    /// <summary>Kills a command at each place that it passes.</summary>
    protected void KillAnywhere(string setup, string direction)
    {
        var command = $"Sync-DataRemote -Direction {direction}";
        using var start = FaultScenario.Make(Remote(service, "start") + setup);
        using var undisturbed = start.Copy();
        var log = Path.Combine(undisturbed.Root, ".dvc", "tmp", "fault-log");
        Assert.Equal(0, HostProcess.Run(undisturbed.Root, Move("undisturbed", direction) + command, ("DATAVERSION_FAULT_LOG", log)).ExitCode);
        var places = File.ReadAllLines(log).Distinct().ToList();
        Assert.Subset(places.ToHashSet(), (direction == "Push" ? (string[])["push.object", "push.files", "push.recorded", "push.done"] : ["fetch.object", "fetch.files"]).ToHashSet());

        foreach (var place in places)
        {
            using var scenario = start.Copy();
            var contents = scenario.Contents();
            Assert.True(HostProcess.Run(scenario.Root, Move(place, direction) + command, ("DATAVERSION_FAULT", place)).ExitCode != 0, $"Not killed at {place}.");
            Assert.True(scenario.BadObjects() is [], $"Killed at {place}: wrong objects.");
            Assert.Subset(scenario.Contents(), contents);

            var again = HostProcess.Run(scenario.Root, $"(Sync-DataRemote -Direction {direction} | Where-Object Outcome -eq Transferred).Count");
            Assert.True(again.ExitCode == 0, $"Killed at {place}, then run again: {again.Output}{again.Errors}");
            // Azure computes no checksum, by which what was sent could be known again before it is recorded.
            if (place is "push.done" || place is "push.files" or "push.recorded" && service != "azure")
                Assert.Equal("0", again.Output.Trim());
            Assert.Equal(VersionedSandbox.Metadata(undisturbed.Root), VersionedSandbox.Metadata(scenario.Root));
            if (direction == "Pull")
                Assert.Equal(undisturbed.State(), scenario.State());

            // What is recorded can be had.
            var fresh = HostProcess.Run(scenario.Root, "Remove-Item -Recurse -Force data, model.bin, .dvc/cache; Sync-DataRemote -Direction Pull -ErrorAction Stop; [IO.File]::ReadAllText(\"$PWD/data/3.txt\")");
            Assert.True(fresh.ExitCode == 0 && fresh.Output.Contains("first 3", StringComparison.Ordinal), $"Killed at {place}, run again, then pulled: {fresh.Output}{fresh.Errors}");
        }
    }

    /// <summary>Commands that make a default remote that keeps versions, at a place of its own.</summary>
    internal static string Remote(string service, string place, string option = "version_aware")
    {
        var options = VersionedSandbox.OptionsOf(service, $"kill-{Guid.NewGuid():N}/{place}");
        return $"""
            Add-DataRemote v {options["url"]} -Default -WarningAction SilentlyContinue -Option @{"{"} {string.Join("; ", options.Where(pair => pair.Key != "url").Select(pair => $"{pair.Key} = '{pair.Value}'"))}; {option} = 'true' {"}"}

            """;
    }

    // Each push goes to a place of its own.
    private static string Move(string place, string direction) => direction == "Pull" ? "" :
        $"$r = Get-DataRemote v; Set-DataRemote v -Url ($r.Url -replace '/start$', '/{place}')\n";
}

/// <summary>The same with S3.</summary>
[Server("s3")]
public sealed class S3VersionKillTests() : VersionKillTests("s3")
{
    // A fetch goes the same way with all of them.
    [ServerFact]
    public void A_pull_that_is_killed_anywhere_is_completed_by_the_next_one() => KillAnywhere(Pushed, "Pull");
}

/// <summary>The same with Google Cloud Storage.</summary>
[Server("gcs")]
public sealed class GoogleVersionKillTests() : VersionKillTests("gcs");

/// <summary>The same with Azure Blob Storage.</summary>
[Server("azure")]
public sealed class AzureVersionKillTests() : VersionKillTests("azure");
