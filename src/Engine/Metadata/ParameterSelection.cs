namespace DataVersion.Engine.Metadata;

/// <summary>What a stage reads of one parameter file (format: DVC spec 7.8).</summary>
/// <param name="File">Path as written, relative to the working directory of the stage.</param>
/// <param name="Keys">Key paths as written, each once; null for the whole file.</param>
public sealed record ParameterSelection(string File, IReadOnlyList<string>? Keys)
{
    /// <summary>The file of keys that are written without one.</summary>
    public const string DefaultFile = "params.yaml";

    /// <summary>Reads <c>params</c> of a stage: entries of one file become one, and the whole file wins over keys of it.</summary>
    /// <exception cref="MetadataFormatException">An entry is neither a key nor a map of a file to its keys.</exception>
    internal static IReadOnlyList<ParameterSelection> Read(MetadataSchema schema, YamlMap stage)
    {
        var nodes = schema.List(stage, "params");
        if (nodes.Count == 0)
            return [];
        var files = new List<(string File, List<string>? Keys)>();
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var node in nodes)
            switch (node)
            {
                case YamlScalar { AsText: { } key }:
                    Of(DefaultFile)?.Add(key);
                    break;
                case YamlMap map:
                    foreach (var (file, keys) in map.Entries)
                        AddFile(file, keys);
                    break;
                default:
                    throw schema.Error(node, "an element of 'params' must be a key, or a map of a file to its keys.");
            }
        return [.. files.Select(file => new ParameterSelection(file.File, file.Keys?.Distinct(StringComparer.Ordinal).ToArray()))];

        List<string>? Of(string file)
        {
            if (!index.TryGetValue(file, out var at))
            {
                index.Add(file, at = files.Count);
                files.Add((file, []));
            }
            return files[at].Keys;
        }

        void AddFile(YamlScalar file, YamlNode keys)
        {
            var known = Of(file.SourceText);
            if (OutputEntry.IsFalsy(keys))
                files[index[file.SourceText]] = (file.SourceText, null);
            else if (keys is not YamlSequence list)
                throw schema.Error(keys, $"the keys of '{file}' must be a list.");
            else
                foreach (var key in list.Items)
                    known?.Add((key as YamlScalar)?.AsText ?? throw schema.Error(key, $"the keys of '{file}' must be texts."));
        }
    }
}
