using System.Text.Json.Nodes;

namespace DataVersion.Tests.Fixtures;

/// <summary>Our objects in the JSON that DVC's commands print (appendix A of the format description).</summary>
internal static class DvcJson
{
    /// <summary><c>status --json</c>: a stage's address, then what changed; an output that is not in the cache says only that.</summary>
    public static JsonNode Status(IReadOnlyList<object> found)
    {
        var outputs = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        var dependencies = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var status in found.OfType<DataStatus>())
        {
            var group = status.Comparison switch
            {
                DataComparison.Uncommitted or DataComparison.Cache => outputs,
                DataComparison.Dependency => dependencies,
                _ => null,
            };
            if (group is null)
                continue;
            var stage = status.Stage ?? "";
            if (!group.TryGetValue(stage, out var paths))
                group[stage] = paths = new(StringComparer.Ordinal);
            var path = status.Path.TrimEnd('/');
            if (paths.GetValueOrDefault(path) != "not in cache")
                paths[path] = StatusWord(status.Change);
        }
        var json = new JsonObject();
        foreach (var stage in outputs.Keys.Union(dependencies.Keys).Order(StringComparer.Ordinal))
        {
            var entries = new JsonArray();
            if (dependencies.TryGetValue(stage, out var changed))
                entries.Add(new JsonObject { ["changed deps"] = Map(changed) });
            if (outputs.TryGetValue(stage, out changed))
                entries.Add(new JsonObject { ["changed outs"] = Map(changed) });
            json[stage] = entries;
        }
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

    private static string StatusWord(DataChangeKind change) => change switch
    {
        DataChangeKind.NotInCache or DataChangeKind.Corrupt or DataChangeKind.Missing => "not in cache",
        DataChangeKind.Deleted => "deleted",
        DataChangeKind.Added or DataChangeKind.Modified => "modified",
        DataChangeKind.UpdateAvailable => "update available",
        _ => change.ToString(),
    };

    private static JsonObject Map(SortedDictionary<string, string> words) =>
        new(words.Select(word => KeyValuePair.Create(word.Key, (JsonNode?)word.Value)));

    private static void Append(JsonObject json, string list, JsonNode item)
    {
        json[list] ??= new JsonArray();
        json[list]!.AsArray().Add(item);
    }
}
