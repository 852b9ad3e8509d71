namespace DataVersion.Tests.Fixtures;

// Stages: what is run and listed.
internal static partial class DvcCommandLine
{
    private static DvcCommand? Stages(string[] words, string folder) => words switch
    {
        ["repro", .. var rest] => Reproduce(new(rest), folder),
        ["stage", "add", .. var rest] when rest.Contains("--run") && Translate(["stage", "add", .. rest.Except(["--run"])], folder) is { Calls: [var add] } =>
            new(add, new CmdletCall("Invoke-Stage").With("Name", add.Parameters["Name"])),
        ["stage", "list", .. var rest] when new DvcArguments(rest) is var args => Checked(args, _ =>
            new(new CmdletCall("Get-Stage").With("Name", Literal(args.Targets)).Switch("Recurse", args.Has("--all"))
                .With("Repository", args.Has("--all") ? DvcStages.RootOf(folder) : null))
            { Output = args.Has("--names-only") ? found => string.Concat(found.OfType<Stage>().Select(stage => stage.Name + "\n")) : found => DvcStages.List(found, folder) }),
        ["dag", "--dot", .. var rest] when new DvcArguments(rest) is var args => Checked(args, _ =>
            new(new CmdletCall("Get-StageGraph").With("Name", Literal(args.Targets)).With("As", "Dot").Switch("Output", args.Has("--outs")).Switch("Full", args.Has("--full")))
            { Output = found => string.Concat(found).Trim(), Recorded = text => text.Trim() }),
        _ => null,
    };

    private static DvcCommand Reproduce(DvcArguments args, string folder)
    {
        var quiet = args.Has("-q");
        var dry = args.Has("--dry");
        var forced = args.Has("-f");
        var call = new CmdletCall("Invoke-Stage")
            .With("Name", args.Has("--glob") ? args.Targets : Literal(args.Targets))
            .Switch("All", args.Has("-P")).Switch("Recurse", args.Has("-R")).Switch("Force", args.Has("-f")).Switch("SingleItem", args.Has("-s"))
            .Switch("WholePipeline", args.Has("-p")).Switch("Downstream", args.Has("--downstream")).Switch("Pull", args.Has("--pull"))
            .Switch("AllowMissing", args.Has("--allow-missing")).Switch("KeepGoing", args.Has("-k")).Switch("NoCommit", args.Has("--no-commit"))
            .Switch("NoRunCache", args.Has("--no-run-cache")).Switch("WhatIf", dry);
        var command = new DvcCommand(call);
        return Checked(args, _ => quiet || dry ? command : command with
        {
            Output = found => DvcStages.Run(found, folder, forced),
            Recorded = text => DvcStages.RecordedRun(text, forced),
            ComparesFailures = true,
        });
    }

    private static bool IsStage(string name, string folder)
    {
        var (file, stage) = name.Split(':') is [var path, var rest] ? (path, rest) : ("dvc.yaml", name);
        return File.Exists(Path.Combine(folder, file)) && File.ReadLines(Path.Combine(folder, file)).Any(line => line.TrimEnd() == $"  {stage}:");
    }
}
