using System.Text.RegularExpressions;
using DataVersion.Engine.Files;
using DataVersion.Tests.Faults;
using DataVersion.Tests.Fixtures;
using DataVersion.Tests.Remotes;

namespace DataVersion.Tests.Pipelines;

/// <summary>The same pipelines, run by the real DVC and by ours: the same files remain, and a run of one is known to the other.</summary>
public sealed class DvcPipelineTests : IDisposable
{
    private readonly FaultRepository ours = new(), theirs = new();

    public void Dispose()
    {
        ours.Dispose();
        theirs.Dispose();
    }

    [DvcFact]
    public void Both_leave_the_same_files_and_know_the_runs_of_each_other()
    {
        Write(DvcPipelines.Files);
        RunBoth();
        Same();
        Clean();

        Write(DvcPipelines.Changes);
        RunBoth();
        Same();
        Clean();

        // The first state again: each restores what it ran itself, and after an exchange of the caches what the other ran.
        Write([.. DvcPipelines.Files.Where(file => DvcPipelines.Changes.Any(change => change.Path == file.Path))]);
        Exchange();
        var said = theirs.Dvc("repro", "-P");
        var outcomes = Run();
        Same();
        foreach (var (address, outcome) in outcomes.Where(stage => stage.Outcome != StageOutcome.Unchanged))
            Assert.Contains(outcome == StageOutcome.Restored ? $"Stage '{address}' is cached - skipping run" : $"Running stage '{address}':", said);
        Assert.True(outcomes.Count(stage => stage.Outcome == StageOutcome.Restored) >= 10, string.Join('\n', outcomes));
    }

    [DvcFact]
    public void Both_record_the_same_of_stages_that_were_not_run()
    {
        // Not "flags": DVC keeps a run of a stage with an output outside of the cache, which it cannot restore.
        static bool IsTaken((string Path, string Text) file) => !file.Path.StartsWith("flags/", StringComparison.Ordinal);
        Write(DvcPipelines.Files.Where(IsTaken));
        RunBoth();
        Write(DvcPipelines.Changes.Where(IsTaken));
        Write([("chain/last.txt", "by hand\n"), ("chain/tree/sub/b", "by hand\n"), ("chain/tree/new", "by hand\n"), ("frozen/out.txt", "by hand again\n"), ("template/it.txt", "by hand\n")]);

        Assert.NotEmpty(ours.Session.Run<DataFile>("Save-DataFile -Force"));
        theirs.Dvc("commit", "-f");

        Same();
        Assert.Empty(ours.Session.Run<StageReason>("Get-StageReason"));
        Assert.Equal("{}", ours.Dvc("status", "--json").Trim());
    }

    private void Write(IEnumerable<(string Path, string Text)> files)
    {
        foreach (var (path, text) in files)
            foreach (var repository in (FaultRepository[])[ours, theirs])
                repository.Write(path, text);
    }

    private void RunBoth()
    {
        Run();
        theirs.Dvc("repro", "-P");
    }

    private (string Address, StageOutcome Outcome)[] Run() =>
        [.. ours.Session.Run<StageResult>("Invoke-Stage -All -Quiet").Select(result => (result.Target, result.Outcome))];

    // DVC finds nothing to do in what we left, and we nothing in what it left.
    private void Clean()
    {
        Assert.Equal("{\"flags/dvc.yaml:always\": [\"always changed\"]}", ours.Dvc("status", "--json").Trim());
        theirs.Session.SetLocation(theirs.Root);
        Assert.Equal(["flags/dvc.yaml:always: AlwaysChanged"], theirs.Session.Run<StageReason>("Get-StageReason").Select(reason => $"{reason.Target}: {reason.Kind} {reason.Path}".Trim()));
        // Neither looking changed anything.
        Same();
    }

    private void Same()
    {
        var (dvc, mine) = (State(theirs), State(ours));
        Assert.True(dvc == mine, "- DVC, + ours:\n" + StateComparison.Difference(dvc, mine));
    }

    private void Exchange()
    {
        var (mine, other) = (ours.PathOf(".dvc/cache"), theirs.PathOf(".dvc/cache"));
        Directory.Move(mine, mine + "-aside");
        Directory.Move(other, mine);
        Directory.Move(mine + "-aside", other);
    }

    // Everything but Git's own files and what each tool keeps for itself; of the cache names, modes and contents of the runs.
    private static string State(FaultRepository repository) => string.Join('\n', Directory.EnumerateFiles(repository.Root, "*", SearchOption.AllDirectories)
        .Select(path => (path, Relative: Path.GetRelativePath(repository.Root, path)))
        .Where(file => !Regex.IsMatch(file.Relative, @"^(\.git/|\.dvc/(tmp/|config|\.gitignore))"))
        .OrderBy(file => file.Relative, StringComparer.Ordinal)
        .Select(file => $"{file.Relative} {Convert.ToString(FileStat.Read(file.path).Mode, 8)} {(IsText(file.Relative) ? "\n" + File.ReadAllText(file.path) : FaultRepository.Md5(File.ReadAllBytes(file.path)))}"));

    private static bool IsText(string path) => path.EndsWith("dvc.lock", StringComparison.Ordinal) || path.EndsWith(".gitignore", StringComparison.Ordinal) || path.Contains("/runs/", StringComparison.Ordinal);
}
