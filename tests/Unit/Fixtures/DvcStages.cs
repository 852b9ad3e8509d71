using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DataVersion.Tests.Fixtures;

/// <summary>Our objects about stages as what DVC's commands print.</summary>
internal static partial class DvcStages
{
    /// <summary><c>repro</c>: what became of which stage; the recorded prose is read by <see cref="RecordedRun"/>.</summary>
    public static string Run(IReadOnlyList<object> found, string folder, bool forced) => string.Concat(found.OfType<StageResult>().Select(result =>
    {
        if (forced && result.Target.EndsWith(".dvc", StringComparison.Ordinal))
            return "";
        var word = result.Outcome switch
        {
            StageOutcome.Ran => "run",
            // Failed while its commands ran; before that DVC says nothing.
            StageOutcome.Failed or StageOutcome.Cancelled => result.ExitCode is null ? null : "run",
            StageOutcome.Unchanged => "unchanged",
            StageOutcome.Restored => "restored",
            StageOutcome.Recorded or StageOutcome.Verified => "looked at",
            StageOutcome.Pulled => "pulled",
            _ => null,
        };
        return word is null ? "" : $"{From(result.Target, folder)}: {word}\n";
    }));

    /// <summary>The same of what DVC printed.</summary>
    public static string RecordedRun(string text, bool forced)
    {
        var outcomes = new Dictionary<string, string>();
        foreach (var line in text.Split('\n'))
            if (Outcome().Match(line) is { Success: true } match)
                outcomes[match.Value.StartsWith("Importing", StringComparison.Ordinal) ? match.Groups["stage"].Value + ".dvc" : match.Groups["stage"].Value] = match.Value switch
                {
                    var said when said.StartsWith("Running", StringComparison.Ordinal) => "run",
                    var said when said.EndsWith("skipping", StringComparison.Ordinal) => "unchanged",
                    var said when said.StartsWith("Verifying", StringComparison.Ordinal) || said.StartsWith("Importing", StringComparison.Ordinal) => "looked at",
                    var said when said.StartsWith("Pulling", StringComparison.Ordinal) => "pulled",
                    _ => "restored",
                };
        // DVC looks at data again when it is forced to; there is nothing to run.
        return string.Concat(outcomes.Where(stage => !forced || !stage.Key.EndsWith(".dvc", StringComparison.Ordinal)).Select(stage => $"{stage.Key}: {stage.Value}\n"));
    }

    /// <summary><c>stage list</c>: address and description, or what it makes; paths as they are written in the stage.</summary>
    public static string List(IReadOnlyList<object> found, string folder) => string.Concat(found.OfType<Stage>().Select(stage =>
        $"{From(stage.Target, folder)} {stage.Description?.Split('\n')[0] ?? Described(stage)}\n"));

    private static string Described(Stage stage)
    {
        if (stage.Outputs.Count == 0)
            return stage.Dependencies.Count + stage.Parameters.Count == 0 ? "No outputs or dependencies"
                : "Depends on " + Names(stage.Dependencies.Select(path => path.Path).Concat(stage.Parameters.Select(file => file.Path)));
        var outputs = stage.Outputs.Where(output => output.Kind == StageOutputKind.Output).Select(output => output.Path).ToList();
        var reports = stage.Outputs.Where(output => output.Kind != StageOutputKind.Output).Select(output => output.Path).ToList();
        return string.Join("; ", (outputs.Count > 0 ? [$"Outputs {Names(outputs)}"] : Array.Empty<string>()).Concat(reports.Count > 0 ? [$"Reports {Names(reports)}"] : []));

        string Names(IEnumerable<string> paths) => string.Join(", ", paths.Select(path =>
            System.IO.Path.GetRelativePath("/" + stage.WorkingDirectory, "/" + path)).Distinct());
    }

    /// <summary><c>status --json</c> of the reasons that stages have to run.</summary>
    public static JsonObject Status(IReadOnlyList<object> found, string folder)
    {
        var json = new JsonObject();
        foreach (var stage in found.OfType<StageReason>().GroupBy(reason => reason.Target))
        {
            var (dependencies, outputs, words) = (new JsonObject(), new JsonObject(), new List<string>());
            foreach (var reason in stage)
                switch (reason.Kind)
                {
                    case StageReasonKind.NeverRun:
                        words.Add(NeverRun);
                        break;
                    case StageReasonKind.CommandChanged:
                        words.Add("changed command");
                        break;
                    case StageReasonKind.DefinitionChanged:
                        words.Add("changed checksum");
                        break;
                    case StageReasonKind.AlwaysChanged:
                        words.Add("always changed");
                        break;
                    case StageReasonKind.ParameterModified or StageReasonKind.ParameterNew or StageReasonKind.ParameterMissing when reason.Name is { } key:
                        (dependencies[Path(reason)] ??= new JsonObject())[key] = Word(reason.Kind);
                        break;
                    case StageReasonKind.OutputModified or StageReasonKind.OutputNew or StageReasonKind.OutputMissing or StageReasonKind.OutputNotInCache:
                        outputs[Path(reason)] = reason is { Kind: StageReasonKind.OutputNew, NewValue: null } ? "deleted" : Word(reason.Kind);
                        break;
                    case StageReasonKind.UpstreamChanged or StageReasonKind.Forced:
                        break;
                    default:
                        dependencies[Path(reason)] = Word(reason.Kind);
                        break;
                }
            var list = new JsonArray();
            if (dependencies.Count > 0)
                list.Add(new JsonObject { ["changed deps"] = dependencies });
            if (outputs.Count > 0)
                list.Add(new JsonObject { ["changed outs"] = outputs });
            foreach (var word in words)
                list.Add(word);
            if (list.Count > 0)
                json[From(stage.Key, folder)] = list;
        }
        return json;

        string Path(StageReason reason) => PathFrom(reason.Path!, folder);
    }

    /// <summary>DVC lists everything of a stage that was never run as changed; ours says that it was never run.</summary>
    public static (JsonNode Mine, JsonNode Recorded) Comparable(JsonNode mine, JsonNode recorded)
    {
        var json = (JsonObject)recorded.DeepClone();
        foreach (var (stage, _) in mine.AsObject().Where(item => item.Value is JsonArray { Count: 1 } list && list[0] is JsonValue word && word.GetValue<string>() == NeverRun))
            if (json[stage]?.ToJsonString() is { } text && !text.Contains("changed command") && !text.Contains("not in cache"))
                json[stage] = new JsonArray(NeverRun);
        return (mine, json);
    }

    /// <summary>The address as DVC shows it in a folder.</summary>
    public static string From(string address, string folder)
    {
        var (file, name) = address.LastIndexOf("dvc.yaml:", StringComparison.Ordinal) is >= 0 and var at
            ? (address[..(at + 8)], address[(at + 9)..]) : address.EndsWith(".dvc", StringComparison.Ordinal) ? (address, "") : ("dvc.yaml", address);
        file = System.IO.Path.GetRelativePath(folder, System.IO.Path.Combine(RootOf(folder), file));
        return name.Length == 0 ? file : file == "dvc.yaml" ? name : $"{file}:{name}";
    }

    /// <summary>The path as DVC shows it in a folder.</summary>
    public static string PathFrom(string path, string folder) => System.IO.Path.IsPathRooted(path) || path.Contains("://") ? path
        : System.IO.Path.GetRelativePath(folder, System.IO.Path.Combine(RootOf(folder), path));

    private const string NeverRun = "never run";

    /// <summary>The root of the repository that a folder lies in.</summary>
    public static string RootOf(string folder)
    {
        for (var at = folder; at is not null; at = System.IO.Path.GetDirectoryName(at))
            if (Directory.Exists(System.IO.Path.Combine(at, ".dvc")))
                return at;
        return folder;
    }

    private static string Word(StageReasonKind kind) => kind switch
    {
        StageReasonKind.DependencyMissing or StageReasonKind.ParameterMissing or StageReasonKind.OutputMissing => "deleted",
        StageReasonKind.ParameterNew => "new",
        StageReasonKind.OutputNotInCache => "not in cache",
        _ => "modified",
    };

    [GeneratedRegex(@"^(Running stage '(?<stage>.*)':|(Stage )?'(?<stage>.*)' didn't change, skipping|Stage '(?<stage>.*)' is cached - skipping run, checking out outputs"
        + @"|Verifying (outputs in frozen stage|data sources in stage): '(?<stage>.*)'|Pulling data for stage: '(?<stage>.*)'|Importing '.*' -> '(?<stage>.*)')$")]
    private static partial Regex Outcome();
}
