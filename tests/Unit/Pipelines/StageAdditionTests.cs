using System.Diagnostics;
using DataVersion.Engine;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines;
using DataVersion.Engine.Repositories;
using DataVersion.Tests.Remotes;
using DataVersion.Tests.Repositories;

namespace DataVersion.Tests.Pipelines;

public sealed class StageAdditionTests
{
    // What DVC is told, and the same for us. In this order, in one repository.
    private static readonly (string[] Dvc, StageDraft Ours, bool Force)[] Cases =
    [
        (["-n", "plain", "echo hello"], Draft("plain", "echo hello"), false),
        (["-n", "all", "--desc", "What: it # does", "-d", "src.txt", "-d", "data", "-p", "train.epochs,lr", "-p", "p2.json:b.c,a", "-p", "whole.toml:", "-o", "out", "-O", "nocache",
            "--outs-persist", "pers", "--outs-persist-no-cache", "persnc", "-m", "met.json", "-M", "metnc.json", "--plots", "pl.csv", "--plots-no-cache", "plnc.csv", "--always-changed", "sh all.sh"],
            Draft("all", "sh all.sh") with
            {
                Description = "What: it # does", Dependencies = ["src.txt", "data"], Parameters = ["train.epochs,lr", "p2.json:b.c,a", "whole.toml:"], AlwaysChanged = true,
                Outputs =
                [
                    new("out"), new("nocache", UseCache: false), new("pers", Persist: true), new("persnc", UseCache: false, Persist: true),
                    new("met.json", OutputKind.Metric), new("metnc.json", OutputKind.Metric, UseCache: false), new("pl.csv", OutputKind.Plot), new("plnc.csv", OutputKind.Plot, UseCache: false),
                ],
            }, false),
        (["-n", "paths", "-d", "./dd/../ee", "-d", "../outside", "-o", "./x1", "-o", "work/deep/", "-o", "Z", "-o", "ä", "x"],
            Draft("paths", "x") with { Dependencies = ["./dd/../ee", "../outside"], Outputs = [new("./x1"), new("work/deep/"), new("Z"), new("ä")] }, false),
        (["-n", "in-work", "-w", "./work/", "-d", "../src.txt", "-p", "w", "-o", "w.txt", "cp ../src.txt w.txt"],
            Draft("in-work", "cp ../src.txt w.txt") with { WorkingDirectory = "work", Dependencies = ["../src.txt"], Parameters = ["w"], Outputs = [new("w.txt")] }, false),
        (["-n", "long", "-o", "long.txt", "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccccccccccccc dddddddddddddddd > long.txt"],
            Draft("long", "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccccccccccccc dddddddddddddddd > long.txt") with { Outputs = [new("long.txt")] }, false),
        (["-n", "uni-ü", "echo 'ä: ö # ü' > ünï.txt"], Draft("uni-ü", "echo 'ä: ö # ü' > ünï.txt"), false),
        (["-n", "lines", "echo one\necho two"], Draft("lines", "echo one\necho two"), false),
        (["-n", "12", "x"], Draft("12", "x"), false),
        (["-n", "a b_c", "true"], Draft("a b_c", "true"), false),
        // A stage of the same name keeps its place, its description and the order of its keys.
        (["-f", "-n", "plain", "-d", "src.txt", "-o", "first", "echo again"], Draft("plain", "echo again") with { Dependencies = ["src.txt"], Outputs = [new("first")] }, true),
        (["-f", "-n", "all", "-d", "data", "-d", "more", "-o", "out", "-M", "metnc.json", "sh other.sh"],
            Draft("all", "sh other.sh") with { Dependencies = ["data", "more"], Outputs = [new("out"), new("metnc.json", OutputKind.Metric, UseCache: false)] }, true),
    ];

    [DvcFact]
    public void The_files_are_those_of_dvc_stage_add_byte_for_byte()
    {
        using var dvc = NewRepository();
        using var ours = NewRepository();
        foreach (var (arguments, draft, force) in Cases)
        {
            DvcProcess.Run(dvc.Root, dvc.Root + "-site", ["stage", "add", "-q", .. arguments]);
            Add(ours, draft, force);

            foreach (var file in new[] { "dvc.yaml", ".gitignore", "work/.gitignore" })
                Assert.Equal((draft.Name, file, Text(dvc, file)), (draft.Name, file, Text(ours, file)));
        }
        Directory.Delete(dvc.Root + "-site", recursive: true);
    }

    [Theory]
    [InlineData("na$me", "x", "", "", DataErrorKind.ArgumentInvalid)]
    [InlineData("ok", " ", "", "", DataErrorKind.ArgumentInvalid)]
    [InlineData("first", "x", "", "", DataErrorKind.StageExists)]
    [InlineData("ok", "x", "", "a.txt", DataErrorKind.OutputConflict)]
    [InlineData("ok", "x", "", "a.txt/inside", DataErrorKind.OutputConflict)]
    [InlineData("ok", "x", "", "o ./o", DataErrorKind.OutputConflict)]
    [InlineData("ok", "x", "q", "q", DataErrorKind.StageCycle)]
    [InlineData("ok", "x", "a.txt", "src.txt", DataErrorKind.StageCycle)]
    [InlineData("ok", "x", "", "../outside", DataErrorKind.PathOutsideRepository)]
    [InlineData("ok", "x", "", ".git/x", DataErrorKind.PathUnsupported)]
    [InlineData("ok", "x", "", "sub/q.dvc", DataErrorKind.PathUnsupported)]
    [InlineData("ok", "x", "", "tracked.txt", DataErrorKind.TrackedByGit)]
    [InlineData("ok", "x", "", "skip.tmp", DataErrorKind.PathIgnored)]
    public void What_cannot_be_is_refused_and_nothing_is_written(string name, string command, string dependencies, string outputs, DataErrorKind kind)
    {
        using var repository = NewRepository();
        repository.Write("dvc.yaml", "stages:\n  first: {cmd: x, deps: [src.txt], outs: [a.txt]}   # mine\n");
        repository.Write(".dvcignore", "*.tmp\n");
        repository.Write("tracked.txt");
        Git(repository.Root, "add", "tracked.txt");

        var error = Assert.Throws<DataVersionException>(() => Add(repository, Draft(name, command) with
        {
            Dependencies = dependencies.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Outputs = [.. outputs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(path => new DraftOutput(path))],
        }));

        Assert.Equal(kind, error.Kind);
        Assert.Equal("stages:\n  first: {cmd: x, deps: [src.txt], outs: [a.txt]}   # mine\n", repository.Read("dvc.yaml"));
        Assert.False(repository.Has(".gitignore"));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_no_working_directory()
    {
        using var repository = NewRepository();

        Assert.Equal(DataErrorKind.PathNotFound, Assert.Throws<DataVersionException>(() => Add(repository, Draft("s", "x") with { WorkingDirectory = "nope" })).Kind);
        Assert.Equal(DataErrorKind.PathOutsideRepository, Assert.Throws<DataVersionException>(() => Add(repository, Draft("s", "x") with { WorkingDirectory = ".." })).Kind);
    }

    [Fact]
    public void Removing_takes_the_stage_out_of_both_files_and_keeps_the_data()
    {
        using var repository = NewRepository();
        repository.Write("dvc.yaml", "stages:\n  # one\n  a: {cmd: x, outs: [a.txt]}\n  b:\n    cmd: y\n    outs: [b.txt]\n");
        repository.Write("dvc.lock", "schema: '2.0'\nstages:\n  a:\n    cmd: x\n  b:\n    cmd: y\n");
        repository.Write(".gitignore", "/a.txt\n/mine\n/b.txt\n");
        repository.Write("b.txt", "b");

        Assert.Empty(Remove(repository, "b"));

        Assert.Equal("stages:\n  # one\n  a: {cmd: x, outs: [a.txt]}\n", repository.Read("dvc.yaml"));
        Assert.Equal("schema: '2.0'\nstages:\n  a:\n    cmd: x\n", repository.Read("dvc.lock"));
        Assert.Equal("/a.txt\n/mine\n", repository.Read(".gitignore"));
        Assert.Equal("b", repository.Read("b.txt"));

        Assert.Empty(Remove(repository, "a"));
        Assert.False(repository.Has("dvc.yaml") || repository.Has("dvc.lock"));
    }

    private static StageDraft Draft(string name, string command) => new() { Name = name, Command = [command] };

    private static void Add(ScratchRepository scratch, StageDraft draft, bool force = false)
    {
        using var repository = Repository.Open(scratch.Layout);
        if (draft.WorkingDirectory is { } folder)
            draft = draft with { WorkingDirectory = Path.GetFullPath(folder, scratch.Root) };
        StageAddition.Run(repository, StageAddition.Plan(repository, "", draft, force));
    }

    private static IReadOnlyList<Engine.Workspaces.PathFailure> Remove(ScratchRepository scratch, string name)
    {
        using var repository = Repository.Open(scratch.Layout);
        using var held = repository.Lock(TimeSpan.FromSeconds(10), OperationContext.Silent);
        return StageRemoval.Run(repository, [repository.LoadStages().Find(name)!], false, false, _ => { }, OperationContext.Silent);
    }

    private static string? Text(ScratchRepository repository, string file) => repository.Has(file) ? repository.Read(file) : null;

    private static ScratchRepository NewRepository()
    {
        var repository = new ScratchRepository();
        repository.Write(".dvc/config");
        repository.Write("work/params.yaml", "w: 1\n");
        repository.Write("params.yaml", "lr: 1\ntrain: {epochs: 2}\n");
        Git(repository.Root, "init", "-q");
        return repository;
    }

    private static void Git(string folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
