namespace DataVersion.Tests.Fixtures;

/// <summary>Translates <c>dvc stage add</c>.</summary>
internal static partial class DvcCommandLine
{
    private static DvcCommand AddStage(DvcArguments args) => Checked(args, _ => new(new CmdletCall("Add-Stage")
        .With("Name", args.Value("-n", "--name")).With("Command", Line(args.Targets)).With("Description", args.Value("--desc"))
        .With("Dependency", args.Values("-d", "--deps")).With("Output", args.Values("-o", "--outs")).With("OutputNoCache", args.Values("-O", "--outs-no-cache"))
        .With("OutputPersist", args.Values("--outs-persist")).With("OutputPersistNoCache", args.Values("--outs-persist-no-cache"))
        .With("Metric", args.Values("-m", "--metrics")).With("MetricNoCache", args.Values("-M", "--metrics-no-cache"))
        .With("Plot", args.Values("--plots")).With("PlotNoCache", args.Values("--plots-no-cache")).With("Parameter", args.Values("-p", "--params"))
        .With("WorkingDirectory", args.Value("-w", "--wdir")).Switch("AlwaysChanged", args.Has("--always-changed")).Switch("Force", args.Has("-f", "--force"))));

    // As DVC joins the words of a command: one with a space is put in quotes unless it has some.
    private static string? Line(List<string> words) => words.Count == 0 ? null : words.Count == 1 ? words[0]
        : string.Join(' ', words.Select(static word => word.Length == 0 || word.Contains(' ') && !word.Contains('"') ? $"\"{word}\"" : word));
}
