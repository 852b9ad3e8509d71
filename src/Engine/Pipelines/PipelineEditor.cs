using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Changes the stages in texts of <c>dvc.yaml</c>, <c>dvc.lock</c> and <c>.dvc</c> files. Lines that do not change keep their
/// bytes, comments included: where DVC writes the whole file anew in its style, a person's style stays here. Pure functions.
/// </summary>
public static class PipelineEditor
{
    /// <summary>The text with a stage: a new one comes behind the others, of an existing one only the keys that differ are changed.</summary>
    /// <param name="text">The text of the <c>dvc.yaml</c>; null when there is none.</param>
    /// <param name="name">The stage.</param>
    /// <param name="definition">What it is to be.</param>
    /// <param name="file">The file to name in errors.</param>
    public static string WithStage(string? text, string name, YamlMap definition, string file) =>
        YamlPatch.Apply(text ?? "", file, root => root["stages"] = With(root["stages"] as YamlMap, name, definition));

    /// <summary>The text without some stages; null when nothing of the file is left.</summary>
    /// <param name="text">The text of a <c>dvc.yaml</c> or a <c>dvc.lock</c>.</param>
    /// <param name="names">The stages.</param>
    /// <param name="file">The file to name in errors.</param>
    public static string? WithoutStages(string text, IReadOnlySet<string> names, string file)
    {
        var isLeft = true;
        var edited = YamlPatch.Apply(text, file, root =>
        {
            var kept = new YamlMap();
            foreach (var (key, value) in (root["stages"] as YamlMap)?.Entries ?? [])
                if (!names.Contains(key.SourceText))
                    kept.Set(key, value);
            root["stages"] = kept.Count > 0 ? kept : null;
            isLeft = root.Entries.Any(entry => entry.Key.SourceText != "schema");
        });
        return isLeft ? edited : null;
    }

    /// <summary>The text in which some stages are frozen, or not.</summary>
    /// <param name="text">The text of the <c>dvc.yaml</c>.</param>
    /// <param name="names">The stages.</param>
    /// <param name="frozen">What they are to be.</param>
    /// <param name="file">The file to name in errors.</param>
    public static string WithFrozen(string text, IReadOnlyCollection<string> names, bool frozen, string file) => YamlPatch.Apply(text, file, root =>
    {
        foreach (var name in names)
            if (root["stages"] is YamlMap stages && stages[name] is YamlMap stage)
                root["stages"] = With(stages, name, With(stage, "frozen", frozen ? new YamlScalar(true) : null));
    });

    /// <summary>The text of a <c>.dvc</c> file that is frozen, or not.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="frozen">What it is to be.</param>
    /// <param name="file">The file to name in errors.</param>
    public static string WithFrozen(string text, bool frozen, string file) => YamlPatch.Apply(text, file, root =>
    {
        root["locked"] = null;
        root["frozen"] = frozen ? new YamlScalar(true) : null;
    });

    /// <summary>A definition is not what it says: it holds <c>${…}</c>, or stands for several stages.</summary>
    public static bool IsTemplated(PipelineStage stage) => stage.IsGroup || HasTemplate(stage.Definition);

    private static bool HasTemplate(YamlNode node) => node switch
    {
        YamlMap map => map.Entries.Any(entry => HasTemplate(entry.Key) || HasTemplate(entry.Value)),
        YamlSequence list => list.Items.Exists(HasTemplate),
        YamlScalar { AsText: { } text } => text.IndexOf("${", StringComparison.Ordinal) is >= 0 and var at && text.IndexOf('}', at) >= 0,
        _ => false,
    };

    // A copy: the same map may stand at several places by an alias.
    private static YamlMap With(YamlMap? map, string key, YamlNode? value)
    {
        var copy = new YamlMap();
        foreach (var (name, old) in map?.Entries ?? [])
            copy.Set(name, old);
        copy[key] = value;
        return copy;
    }
}
