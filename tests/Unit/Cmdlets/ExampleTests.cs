using System.Text.Json;
using System.Text.RegularExpressions;
using DataVersion.Tests.Faults;

namespace DataVersion.Tests.Cmdlets;

/// <summary>The scripts in <c>examples</c> run as they are, in <c>tools/Host</c>.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void The_quick_start_goes_through()
    {
        var work = scratch.PathOf("quick");

        var run = RunExample("Quickstart.ps1", $"-ModelSize 2 -FileCount 30 -WorkFolder '{work}' -Keep");

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal(30, Directory.GetFiles(Path.Combine(work, "clone", "data", "images")).Length);
        Assert.Equal(File.ReadAllBytes(Path.Combine(work, "repository", "model.bin")), File.ReadAllBytes(Path.Combine(work, "clone", "model.bin")));
    }

    [Fact]
    public void A_changed_parameter_runs_two_of_five_stages()
    {
        // The commands of the example are for a POSIX shell.
        if (OperatingSystem.IsWindows())
            return;
        var work = scratch.PathOf("pipeline");

        var run = RunExample("Pipeline/Run-Pipeline.ps1", $"-WorkFolder '{work}' -Keep");

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var steps = run.Output.Split("\n== ").Select(OutcomesIn).Where(outcomes => outcomes.Count > 0).ToList();
        Assert.Equal(4, steps.Count);
        Assert.Equal(["Ran prepare", "Ran describe", "Ran split", "Ran train", "Ran evaluate"], steps[0]);
        Assert.All(steps[1], outcome => Assert.StartsWith("Unchanged ", outcome, StringComparison.Ordinal));
        Assert.Equal(["Unchanged prepare", "Unchanged describe", "Unchanged split", "Ran train", "Ran evaluate"], steps[2]);
        Assert.Equal(["Unchanged prepare", "Unchanged describe", "Unchanged split", "Restored train", "Restored evaluate"], steps[3]);
        Assert.Contains("params.yaml:train.rate: 0.5 -> 0.05", run.Output, StringComparison.Ordinal);
        using var scores = JsonDocument.Parse(File.ReadAllText(Path.Combine(work, "scores.json")));
        // It has really learnt: a guess is right every second time.
        Assert.InRange(scores.RootElement.GetProperty("accuracy").GetDouble(), 0.8, 1);
        Assert.Equal(201, File.ReadAllLines(Path.Combine(work, "loss.csv")).Length);
    }

    // Rows of results: outcome, time, exit code when a command ran, stage.
    private static List<string> OutcomesIn(string text) => [.. Regex.Matches(text, @"^(Ran|Restored|Unchanged|Failed) +\S+ s +(?:\d+ )?([a-z]+)", RegexOptions.Multiline)
        .Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}")];

    [Fact]
    public void Every_link_kind_of_this_disk_does_what_it_should() => AssertAllChecksPass(scratch.Root, "Copy");

    [LoopTheory("btrfs", "xfs")]
    [InlineData("btrfs")]
    [InlineData("xfs")]
    public void Clones_do_what_they_should(string fileSystem)
    {
        using var mount = new LoopMount(fileSystem);
        AssertAllChecksPass(mount.Root, "Reflink");
    }

    private static void AssertAllChecksPass(string folder, string kind)
    {
        var run = RunExample("Test-LinkKind.ps1", $"-Folder '{folder}'");

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var lines = run.Output.Split('\n').Where(line => line.StartsWith(kind, StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count > 8, run.Output);
        Assert.All(lines, line => Assert.Contains("True", line, StringComparison.Ordinal));
    }

    private static HostProcess RunExample(string name, string arguments) => HostProcess.Run(ModuleSession.RepositoryRoot,
        $"& '{Path.Combine(ModuleSession.RepositoryRoot, "examples", name)}' {arguments}");
}
