using System.Text.Json.Nodes;

namespace DataVersion.Tests.Fixtures;

/// <summary>Our objects in the JSON that DVC's commands print (appendix A of the format description).</summary>
internal static class DvcJson
{
    private const string NotInCache = "not in cache";

    /// <summary>
    /// <c>status --json</c>: a stage's address, then what changed. Made of the reasons that stages have to run; what the status of
    /// data says of the outputs of <c>.dvc</c> files must be the same.
    /// </summary>
    public static JsonNode Status(IReadOnlyList<object> found, string folder)
    {
        var json = DvcStages.Status(found, folder);
        if (found.All(item => item is StageReason))
            return json;
        var data = DataFileStatus(found, folder);
        foreach (var stage in json.Select(item => item.Key).Union(data.Select(item => item.Key)).Where(name => name.EndsWith(".dvc", StringComparison.Ordinal)).ToList())
            // That nothing was brought of an import without a record is no difference of data.
            if (!IsPartial(Path.Combine(folder, stage)) && JsonComparison.Lines(json[stage]) is var reasons && JsonComparison.Lines(data[stage]) is var status && reasons != status)
                json[stage] = $"Get-StageReason: {reasons}; Get-DataStatus: {status}";
        AddUpdates(json, found, folder);
        return json;
    }

    private static bool IsPartial(string file) => File.ReadAllText(file) is var text && text.Contains("\ndeps:\n", StringComparison.Ordinal)
        && text.Contains("outs:\n- hash: md5\n", StringComparison.Ordinal) && !text[text.IndexOf("outs:\n", StringComparison.Ordinal)..].Contains("  md5: ", StringComparison.Ordinal);

    // DVC names the source, and asks only for those of other repositories: the dependency of a frozen stage counts no more.
    private static void AddUpdates(JsonObject json, IReadOnlyList<object> found, string folder)
    {
        foreach (var status in found.OfType<DataStatus>().Where(status => status.Comparison == DataComparison.Dependency))
        {
            var lines = File.ReadAllLines(Path.Combine(DvcStages.RootOf(folder), status.Stage!)).Select(line => line.Trim()).ToList();
            if (lines.Find(line => line.StartsWith("url: ", StringComparison.Ordinal)) is not { } url)
                continue;
            var list = json[DvcStages.From(status.Stage!, folder)] as JsonArray ?? [];
            list.Insert(0, new JsonObject
            {
                ["changed deps"] = new JsonObject { [$"{lines.Find(line => line.StartsWith("- path: ", StringComparison.Ordinal))![8..]} ({url[5..]})"] = StatusWord(status.Change) },
            });
            json[DvcStages.From(status.Stage!, folder)] = list;
        }
    }

    // An output that is not wholly in the cache says only that.
    private static JsonObject DataFileStatus(IReadOnlyList<object> found, string folder)
    {
        var tracked = found.OfType<DataFile>().Select(file => file.Path).ToHashSet();
        var outputs = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var status in found.OfType<DataStatus>())
        {
            var path = status.Path.TrimEnd('/');
            if (status.Comparison == DataComparison.Cache)
                Note(outputs, status.Stage, OutputOf(path, tracked), NotInCache);
            else if (status.Comparison == DataComparison.Uncommitted && tracked.Contains(path))
                Note(outputs, status.Stage, path, StatusWord(status.Change));
        }
        var json = new JsonObject();
        foreach (var (stage, changed) in outputs)
            json[DvcStages.From(stage, folder)] = new JsonArray(new JsonObject { ["changed outs"] = Map(changed, folder) });
        return json;
    }

    /// <summary><c>status -c --json</c>: a path and where its object is missing.</summary>
    public static JsonNode CloudStatus(IReadOnlyList<object> found)
    {
        var json = new JsonObject();
        foreach (var status in found.OfType<DataStatus>().Where(status => status.Comparison == DataComparison.CacheAndRemote))
            json[status.Path.TrimEnd('/')] = status.Change switch
            {
                DataChangeKind.NotInRemote => "new",
                DataChangeKind.NotInCache => "deleted",
                DataChangeKind.Missing => "missing",
                _ => status.Change.ToString(),
            };
        return json;
    }

    /// <summary><c>data status --json</c>.</summary>
    public static JsonNode DataStatus(IReadOnlyList<object> found)
    {
        var json = new JsonObject();
        foreach (var status in found.OfType<DataStatus>())
        {
            switch (status.Comparison)
            {
                case DataComparison.Cache:
                    Append(json, "not_in_cache", status.Path);
                    break;
                case DataComparison.Remote:
                    Append(json, "not_in_remote", status.Path);
                    break;
                case DataComparison.Untracked:
                    Append(json, "untracked", status.Path);
                    break;
                case DataComparison.Unchanged:
                    Append(json, "unchanged", status.Path);
                    break;
                case DataComparison.Committed or DataComparison.Uncommitted:
                    var section = status.Comparison.ToString().ToLowerInvariant();
                    json[section] ??= new JsonObject();
                    Append(json[section]!.AsObject(), status.Change.ToString().ToLowerInvariant(), status.Change == DataChangeKind.Renamed
                        ? new JsonObject { ["old"] = status.OldPath, ["new"] = status.Path }
                        : status.Path);
                    break;
            }
        }
        return json;
    }

    /// <summary><c>diff --json</c>, with or without hashes; <paramref name="withMissing"/> when the newer side is the workspace.</summary>
    public static JsonNode Diff(IReadOnlyList<object> found, bool withHash, bool withMissing)
    {
        var json = new JsonObject();
        foreach (var change in found.OfType<DataChange>())
        {
            var entry = new JsonObject
            {
                ["path"] = change.Change == DataChangeKind.Renamed
                    ? new JsonObject { ["old"] = change.OldPath, ["new"] = change.Path }
                    : change.Path,
            };
            if (withHash)
                entry["hash"] = change.Change switch
                {
                    DataChangeKind.Modified => new JsonObject { ["old"] = change.OldHash?.ToString(), ["new"] = change.Hash?.ToString() },
                    DataChangeKind.Deleted => change.OldHash?.ToString(),
                    _ => (change.Hash ?? change.OldHash)?.ToString(),
                };
            Append(json, change.Change == DataChangeKind.NotInCache ? "not in cache" : change.Change.ToString().ToLowerInvariant(), entry);
        }
        if (json.Count > 0)
            foreach (var name in (string[])["added", "deleted", "modified", "renamed", .. withMissing ? (string[])["not in cache"] : []])
                json[name] ??= new JsonArray();
        return json;
    }

    /// <summary><c>ls . -R --dvc-only --json</c>: the files below the root, entries of folders included, folders not.</summary>
    public static JsonNode List(IReadOnlyList<object> found)
    {
        var json = new JsonArray();
        foreach (var file in found.OfType<DataFile>().Where(file => file.Kind == DataFileKind.File))
            json.Add(new JsonObject
            {
                ["isout"] = true,
                ["isdir"] = false,
                ["isexec"] = file.IsExecutable,
                ["size"] = file.Size,
                ["md5"] = file.Hash?.ToString(),
                ["path"] = file.Path,
            });
        return json;
    }

    /// <summary>
    /// The recorded list, where it says something: DVC knows no sizes inside folders, and calls no output executable.
    /// </summary>
    public static JsonNode ComparableList(JsonNode list, JsonNode recorded)
    {
        // Of what was never made DVC shows no hash and the size 0.
        var unknown = recorded.AsArray().Where(file => file!["size"] is null || file["md5"] is null).Select(file => file!["path"]!.GetValue<string>()).ToHashSet();
        return new JsonArray([.. list.AsArray().Select(file => (JsonNode)new JsonObject
        {
            ["path"] = file!["path"]!.GetValue<string>(),
            ["md5"] = file["md5"]?.GetValue<string>(),
            ["size"] = unknown.Contains(file["path"]!.GetValue<string>()) ? null : file["size"]?.GetValue<long>(),
        })]);
    }

    private static void Note(SortedDictionary<string, SortedDictionary<string, string>> group, string? stage, string path, string word)
    {
        if (!group.TryGetValue(stage ?? "", out var paths))
            group[stage ?? ""] = paths = new(StringComparer.Ordinal);
        if (paths.GetValueOrDefault(path) != NotInCache)
            paths[path] = word;
    }

    private static string OutputOf(string path, HashSet<string> tracked)
    {
        for (var at = path; at.Length > 0; at = at.LastIndexOf('/') is > 0 and var slash ? at[..slash] : "")
            if (tracked.Contains(at))
                return at;
        return path;
    }

    private static string StatusWord(DataChangeKind change) => change switch
    {
        DataChangeKind.NotInCache or DataChangeKind.Corrupt or DataChangeKind.Missing => NotInCache,
        DataChangeKind.Deleted => "deleted",
        DataChangeKind.Added or DataChangeKind.Modified => "modified",
        DataChangeKind.UpdateAvailable => "update available",
        _ => change.ToString(),
    };

    private static JsonObject Map(SortedDictionary<string, string> words, string folder) =>
        new(words.Select(word => KeyValuePair.Create(DvcStages.PathFrom(word.Key, folder), (JsonNode?)word.Value)));

    private static void Append(JsonObject json, string list, JsonNode item)
    {
        json[list] ??= new JsonArray();
        json[list]!.AsArray().Add(item);
    }
}
