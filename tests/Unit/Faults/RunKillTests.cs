using System.Diagnostics;
using System.Management.Automation;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Faults;

/// <summary>Runs of stages that are killed, stopped, or meet another session.</summary>
public sealed class RunKillTests
{
    private const string Pipeline = """
        [IO.File]::WriteAllText("$PWD/dvc.yaml", @'
        stages:
          a: {cmd: "cat model.bin > a.txt; echo a >> runs.log", deps: [model.bin], outs: [a.txt]}
          b: {cmd: "cat data/1.txt > b.txt; echo b >> runs.log", deps: [data/1.txt], outs: [b.txt]}
          c: {cmd: "mkdir c; cat a.txt b.txt > c/both; echo c >> runs.log", deps: [a.txt, b.txt], outs: [c]}
        '@)

        """;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Killed_anywhere_the_next_run_arrives_where_an_undisturbed_one_does(int throttle)
    {
        using var start = FaultScenario.Make(Pipeline);
        var command = $"$r = Invoke-Stage -Quiet -ThrottleLimit {throttle}";
        using var undisturbed = start.Copy();
        var log = Path.Combine(undisturbed.Root, ".dvc", "tmp", "fault-log");
        var run = HostProcess.Run(undisturbed.Root, command, ("DATAVERSION_FAULT_LOG", log));
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var wanted = State(undisturbed);
        // The second arrival too: then one stage is finished, and must not run again.
        foreach (var place in File.ReadAllLines(log).GroupBy(line => line).SelectMany(group => group.Count() > 1 ? new[] { group.Key, group.Key + ":2" } : [group.Key]))
        {
            using var scenario = start.Copy();
            var killed = HostProcess.Run(scenario.Root, command, ("DATAVERSION_FAULT", place));
            Assert.True(killed.ExitCode != 0, $"not killed at {place}");
            var finished = Finished(scenario);

            var again = HostProcess.Run(scenario.Root, command + "; $r | ForEach-Object { \"$($_.Target) $($_.Outcome)\" }");

            Assert.True(wanted == State(scenario), $"killed at {place}, then run again: {again.Output}{again.Errors}\nwanted\n{wanted}\nfound\n{State(scenario)}");
            foreach (var stage in finished)
                Assert.True(Count(scenario, stage) == 1, $"killed at {place}: '{stage}' was finished and ran again: {again.Output}");
            Assert.Empty(scenario.BadObjects());
        }
    }

    [Fact]
    public void Stopping_the_command_ends_everything_it_started_and_the_lock_file_tells_the_truth()
    {
        using var place = new FaultRepository();
        place.Write("dvc.yaml", """
            stages:
              first: {cmd: echo 1 > first.txt, outs: [first.txt]}
              ends_never: {cmd: "cat first.txt; (sleep 600 & echo $! > child.pid; wait); echo > never.txt", deps: [first.txt], outs: [never.txt]}

            """);
        using var shell = place.Session.CreateShell();
        shell.AddScript("Invoke-Stage -Quiet");
        var running = shell.BeginInvoke();
        var clock = Stopwatch.StartNew();
        while (!File.Exists(place.PathOf("child.pid")) || File.ReadAllText(place.PathOf("child.pid")).Trim().Length == 0)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "The stage did not begin.");
            Thread.Sleep(20);
        }
        var child = int.Parse(File.ReadAllText(place.PathOf("child.pid")));

        shell.Stop();

        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.False(Directory.Exists($"/proc/{child}") && !File.ReadAllText($"/proc/{child}/stat").Contains(") Z", StringComparison.Ordinal), "The child still runs.");
        Assert.Contains("first:", place.Read("dvc.lock"), StringComparison.Ordinal);
        Assert.DoesNotContain("ends_never:", place.Read("dvc.lock"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(place.PathOf(".dvc/tmp/dataversion/journal"), "*.jsonl"));
        Assert.DoesNotContain("first.txt", File.ReadAllText(place.PathOf(".dvc/tmp/rwlock")), StringComparison.Ordinal);
    }

    [Fact]
    public void While_a_stage_runs_others_are_kept_from_its_files_and_from_nothing_else()
    {
        using var place = new FaultRepository();
        place.Write("in.txt", "in");
        place.Write("free.txt", "free");
        place.Write("dvc.yaml", "stages:\n  s:\n    cmd: \"touch begun; until test -e go; do sleep 0.02; done; cp in.txt out.txt\"\n    deps: [in.txt]\n    outs: [out.txt]\n");
        using var run = HostProcess.Start(place.Root, "Invoke-Stage -Quiet");
        Await(() => File.Exists(place.PathOf("begun")));

        place.Session.Run("$null = Add-DataFile free.txt");
        place.Fails(DataErrorKind.RepositoryBusy, "in.txt", "Add-DataFile in.txt");
        var second = place.Session.Invoke("Invoke-Stage -Quiet");
        Assert.Equal(["RepositoryBusy"], second.ErrorIds);
        Assert.Contains("Invoke-Stage s", second.Errors[0].ToString(), StringComparison.Ordinal);

        File.WriteAllText(place.PathOf("go"), "");
        Assert.True(run.WaitForExit(60_000));
        Assert.Equal("in", place.Read("out.txt"));
        Assert.Equal(StageOutcome.Unchanged, Assert.Single(place.Session.Run<StageResult>("Invoke-Stage -Quiet")).Outcome);
    }

    [Fact]
    public void Commands_that_a_killed_run_left_running_are_not_raced()
    {
        using var place = new FaultRepository();
        place.Write("dvc.yaml", "stages:\n  s:\n    cmd: \"echo half > out.txt; touch begun; until test -e go; do sleep 0.02; done\"\n    outs: [out.txt]\n");
        using var run = HostProcess.Start(place.Root, "Invoke-Stage -Quiet");
        Await(() => File.Exists(place.PathOf("begun")));
        run.Kill(entireProcessTree: false);
        run.WaitForExit();

        place.Fails(DataErrorKind.RepositoryBusy, "s", "Invoke-Stage -Quiet 3>$null");

        File.WriteAllText(place.PathOf("go"), "");
        Await(() => place.Session.Invoke("Invoke-Stage -Quiet 3>$null").Errors.Count == 0);
        Assert.Equal("half\n", place.Read("out.txt"));
    }

    private static void Await(Func<bool> condition)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); Thread.Sleep(50))
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "It did not come to that.");
    }

    // The log of what ran differs on purpose.
    private static string State(FaultScenario scenario) => string.Join('\n', scenario.State().Split('\n').Where(line => !line.StartsWith("runs.log", StringComparison.Ordinal)));

    private static int Count(FaultScenario scenario, string stage) =>
        File.Exists(Path.Combine(scenario.Root, "runs.log")) ? File.ReadAllLines(Path.Combine(scenario.Root, "runs.log")).Count(line => line == stage) : 0;

    // Finished is what the journal or dvc.lock says so.
    private static IReadOnlyList<string> Finished(FaultScenario scenario)
    {
        var folder = Path.Combine(scenario.Root, ".dvc", "tmp", "dataversion", "journal");
        var text = string.Concat(Directory.Exists(folder) ? Directory.GetFiles(folder, "*.jsonl").Select(File.ReadAllText) : []);
        var locked = Path.Combine(scenario.Root, "dvc.lock");
        return [.. new[] { "a", "b", "c" }.Where(stage => text.Contains($"\"done\",\"file\":\"dvc.yaml\",\"stage\":\"{stage}\"", StringComparison.Ordinal)
            || File.Exists(locked) && File.ReadAllText(locked).Contains($"\n  {stage}:", StringComparison.Ordinal))];
    }
}
