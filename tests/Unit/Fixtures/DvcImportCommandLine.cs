using System.Text.Json.Nodes;

namespace DataVersion.Tests.Fixtures;

// Imports: what comes from elsewhere.
internal static partial class DvcCommandLine
{
    private static DvcCommand? Imports(string[] words, string folder) => words switch
    {
        ["import", .. var rest] => Import(new(rest, "-o", "--rev")),
        ["import-url", .. var rest] => ImportUrl(new(rest), folder),
        ["update", .. var rest] when new DvcArguments(rest, "--rev") is var args => Checked(args, _ => new(new CmdletCall("Update-DataFile")
            .With("LiteralPath", args.Targets).With("Revision", args.Value("--rev")).Switch("NoDownload", args.Has("--no-download")))),
        ["get", .. var rest] when new DvcArguments(rest, "-o", "--rev") is var args => Checked(args, _ => new(new CmdletCall("Export-DataFile")
            .With("Source", args.Targets[0]).With("Path", args.Targets[1]).With("Destination", args.Value("-o") ?? ".").With("Revision", args.Value("--rev")))),
        ["get-url", .. var rest] when new DvcArguments(rest) is var args => Checked(args, _ => new(new CmdletCall("Export-DataFile")
            .With("Source", args.Targets[0]).With("Destination", args.Targets[1]))),
        ["list-url", .. var rest] when new DvcArguments(rest) is var args => Checked(args, _ => new(new CmdletCall("Get-DataFile")
            .With("Source", args.Targets[0]).Switch("Recurse", args.Has("-R")))
        {
            Output = found => Sorted(found.OfType<DataFile>().Select(file => file.Path)), Recorded = text => Sorted(text.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
        }),
        ["ls", not ".", .. var rest] => ListSource(words[1], new(rest, "--rev")),
        _ => null,
    };

    private static DvcCommand Import(DvcArguments args) => Checked(args, _ => new(new CmdletCall("Import-DataFile")
        .With("Source", args.Targets[0]).With("SourcePath", args.Targets[1]).With("Destination", args.Value("-o")).With("Revision", args.Value("--rev"))
        .Switch("NoDownload", args.Has("--no-download")).Switch("NoExec", args.Has("--no-exec"))));

    // DVC takes a relative path from the folder of the new .dvc file, ours as everything else from the current folder.
    private static DvcCommand ImportUrl(DvcArguments args, string folder)
    {
        var target = args.Targets.ElementAtOrDefault(1);
        var source = args.Targets[0];
        if (target is not null && !source.Contains("://", StringComparison.Ordinal))
            source = Path.GetRelativePath(folder, Path.GetFullPath(Path.Combine(folder, Path.GetDirectoryName(target) ?? "", source)));
        return Checked(args, _ => new(new CmdletCall("Import-DataFile").With("Source", source).With("Destination", target)
            .Switch("NoDownload", args.Has("--no-download")).Switch("NoExec", args.Has("--no-exec")).Switch("ToRemote", args.Has("--to-remote"))));
    }

    // DVC lists metadata files too, which no import would bring, and no size of files inside folders.
    private static DvcCommand ListSource(string source, DvcArguments args)
    {
        var trackedOnly = args.Has("--dvc-only");
        return args.Has("-R") & args.Has("--json") ? Checked(args, _ => new(new CmdletCall("Get-DataFile").With("Source", source).With("Revision", args.Value("--rev")).Switch("Recurse"))
        {
            Json = found => new JsonArray([.. found.OfType<DataFile>().Where(file => file.Kind == DataFileKind.File && (file.Stage is not null || !trackedOnly)).Select(file => (JsonNode)new JsonObject
            {
                ["isout"] = file.Stage is not null, ["path"] = file.Path, ["md5"] = file.Hash?.ToString(), ["size"] = file.Size,
            })]),
            Comparable = (mine, recorded) => (Listed(mine, recorded), Listed(recorded, recorded)),
        }) : throw new NotSupportedException("Only 'ls URL -R --json' has a counterpart.");
    }

    private static JsonArray Listed(JsonNode list, JsonNode recorded)
    {
        var unknown = recorded.AsArray().Where(file => file!["size"] is null).Select(file => file!["path"]!.GetValue<string>()).ToHashSet();
        return new JsonArray([.. list.AsArray().Where(file => Path.GetFileName(file!["path"]!.GetValue<string>()) is var name && !name.EndsWith(".dvc", StringComparison.Ordinal) && name != ".dvcignore")
            .Select(file => (JsonNode)new JsonObject
            {
                ["path"] = file!["path"]!.GetValue<string>(), ["md5"] = file["md5"]?.GetValue<string>(), ["isout"] = file["isout"]!.GetValue<bool>(),
                ["size"] = unknown.Contains(file["path"]!.GetValue<string>()) || file["size"] is null ? null : file["size"]!.GetValue<long>(),
            })]);
    }

    private static string Sorted(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));
}
