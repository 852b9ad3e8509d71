using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>A draft as <c>dvc stage add</c> writes it: order of the keys, sorting, what is left out (DVC spec 7.11).</summary>
internal static class StageDraftText
{
    private const string DefaultParameters = "params.yaml";

    /// <summary>The definition.</summary>
    /// <param name="draft">The stage; its paths are as they are to be written.</param>
    /// <param name="workingDirectory">Relative to the folder of the <c>dvc.yaml</c>; <c>.</c> for that folder.</param>
    /// <param name="old">The stage that it takes the place of: what only a person can have written stays.</param>
    public static YamlMap ToNode(StageDraft draft, string workingDirectory, YamlMap? old)
    {
        var map = new YamlMap();
        if ((string.IsNullOrEmpty(draft.Description) ? (old?["desc"] as YamlScalar)?.AsText : draft.Description) is { Length: > 0 } description)
            map.Add("desc", description);
        map.Add("cmd", draft.Command.Count == 1 ? new YamlScalar(draft.Command[0]) : YamlSequence.OfText(draft.Command));
        if (workingDirectory != ".")
            map.Add("wdir", workingDirectory);
        AddList(map, "deps", draft.Dependencies.Distinct(StringComparer.Ordinal).Order(Utf8Order.Instance).Select(path => new YamlScalar(path)));
        AddList(map, "params", Parameters(draft.Parameters));
        AddOutputs("outs", OutputKind.Output);
        AddOutputs("metrics", OutputKind.Metric);
        AddOutputs("plots", OutputKind.Plot);
        if (draft.Frozen)
            map.Add("frozen", true);
        if (draft.AlwaysChanged)
            map.Add("always_changed", true);
        if ((draft.Meta ?? old?["meta"]) is { } meta && !OutputEntry.IsFalsy(meta))
            map.Add("meta", meta);
        return map;

        void AddOutputs(string key, OutputKind kind) => AddList(map, key, draft.Outputs.Where(output => output.Kind == kind)
            .OrderBy(output => output.Path, Utf8Order.Instance).Select(output => Output(output, FlagsOf(old, key, output.Path))));
    }

    private static void AddList(YamlMap map, string key, IEnumerable<YamlNode> items)
    {
        var list = new YamlSequence(items);
        if (list.Items.Count > 0)
            map.Add(key, list);
    }

    private static YamlNode Output(DraftOutput output, YamlMap? old)
    {
        var flags = new YamlMap();
        Keep("desc", "type", "labels", "meta");
        if (!output.UseCache)
            flags.Add("cache", false);
        if (output.Persist)
            flags.Add("persist", true);
        Keep("template", "x", "y", "x_label", "y_label", "title", "header", "remote", "push");
        return flags.Count == 0 ? new YamlScalar(output.Path) : new YamlMap { [output.Path] = flags };

        void Keep(params ReadOnlySpan<string> keys)
        {
            foreach (var key in keys)
                if (old?[key] is { } value)
                    flags.Add(key, value);
        }
    }

    private static YamlMap? FlagsOf(YamlMap? old, string list, string path) =>
        (old?[list] as YamlSequence)?.Items.OfType<YamlMap>().Select(item => item[path]).OfType<YamlMap>().FirstOrDefault();

    // Keys of params.yaml first, then the files by their name; each key once, by code points.
    private static IEnumerable<YamlNode> Parameters(IReadOnlyList<string> texts)
    {
        var files = new SortedDictionary<string, SortedSet<string>?>(Utf8Order.Instance);
        foreach (var text in texts)
        {
            var colon = text.LastIndexOf(':');
            var file = colon <= 0 ? DefaultParameters : text[..colon];
            string[] keys = text[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (keys.Length == 0)
                files[file] = null;
            else if (!files.TryGetValue(file, out var known))
                files[file] = new SortedSet<string>(keys, Utf8Order.Instance);
            else
                known?.UnionWith(keys);
        }
        if (files.GetValueOrDefault(DefaultParameters) is { } defaults)
            foreach (var key in defaults)
                yield return new YamlScalar(key);
        foreach (var (file, keys) in files)
            if (file != DefaultParameters || keys is null)
                yield return new YamlMap { [file] = keys is null ? new YamlScalar(null) : YamlSequence.OfText(keys) };
    }
}
