using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>
/// The values that templates can name (DVC spec 7.4): those of a <c>dvc.yaml</c>, above them those of a member of a group,
/// above them those of a stage with <c>vars</c> of its own.
/// </summary>
/// <param name="files">Reads parameter files.</param>
/// <param name="below">The context that this one adds to; null for that of a file.</param>
internal sealed class TemplateContext(ParameterFiles files, TemplateContext? below = null)
{
    private readonly Dictionary<string, ContextValue> values = new(StringComparer.Ordinal);
    // Null: the whole file.
    private readonly Dictionary<string, HashSet<string>?> imports = below is null
        ? new(StringComparer.Ordinal) : below.imports.ToDictionary(pair => pair.Key, pair => pair.Value?.ToHashSet(), StringComparer.Ordinal);
    private readonly List<string> reserved = below is null ? [] : [.. below.reserved];

    /// <summary>The value of a name; null when there is none.</summary>
    public ContextValue? Find(string name) => values.TryGetValue(name, out var value) ? value : below?.Find(name);

    /// <summary>Puts a name above all others, which nothing may redefine: <c>item</c> and <c>key</c>.</summary>
    public void Reserve(string name, ContextValue value)
    {
        values[name] = value;
        reserved.Add(name);
    }

    /// <summary>Adds a whole parameter file if there is such a file.</summary>
    /// <exception cref="TemplateFault">It holds no map.</exception>
    /// <exception cref="DataVersionException">It cannot be read.</exception>
    public void AddDefault(string folder)
    {
        var path = MetadataPath.Normalize(MetadataPath.Join(folder, ParameterSelection.DefaultFile));
        if (files.Find(path) is not null)
            AddFile(ParameterSelection.DefaultFile, folder);
    }

    /// <summary>Adds the elements of a list of <c>vars</c>.</summary>
    /// <param name="vars">Texts (<c>file</c> or <c>file:key1,key2</c>) and maps.</param>
    /// <param name="folder">What the files are relative to.</param>
    /// <param name="stage">The stage that has them; null for those of the file.</param>
    /// <exception cref="TemplateFault">A name is defined twice; a file or key does not exist; a file is loaded twice.</exception>
    /// <exception cref="DataVersionException">A file cannot be read.</exception>
    public void AddVars(IReadOnlyList<YamlNode> vars, string folder, string? stage)
    {
        for (var i = 0; i < vars.Count; i++)
            try
            {
                switch (vars[i])
                {
                    case YamlScalar { AsText: { } item }:
                        AddFile(item, folder);
                        break;
                    case YamlMap map:
                        Add(map, null, new ContextSource($"{stage}{(stage is null ? "" : ".")}vars[{i}]", IsFile: false), null);
                        break;
                    default:
                        throw new TemplateFault(vars[i], $"vars[{i}] must be a file or a map");
                }
            }
            catch (TemplateFault fault) when (fault.Place is null)
            {
                throw new TemplateFault(vars[i], fault.Message) { IsRepeatedLoad = fault.IsRepeatedLoad };
            }
    }

    private void AddFile(string item, string folder)
    {
        var colon = item.IndexOf(':');
        var path = MetadataPath.Normalize(MetadataPath.Join(folder, colon < 0 ? item : item[..colon]));
        var keys = colon < 0 ? [] : item[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (imports.TryGetValue(path, out var loaded))
        {
            if (loaded is null && keys.Length == 0)
                return;
            if (loaded is null)
                throw new TemplateFault(null, $"cannot partially load '{item}' as it's already loaded.") { IsRepeatedLoad = true };
            if (keys.Length == 0 || loaded.Overlaps(keys))
                throw new TemplateFault(null, $"cannot load '{item}' as it's partially loaded already") { IsRepeatedLoad = true };
        }
        var root = files.Find(path) ?? throw new TemplateFault(null, $"'{path}' does not exist");
        if (root is not YamlMap map)
            throw new TemplateFault(null, $"expected a dictionary, got '{PythonText.TypeName(root)}' in file '{path}'");
        Add(map, keys.Length == 0 ? null : keys, new ContextSource(path, IsFile: true), item);
        if (keys.Length == 0)
            imports[path] = null;
        else if (loaded is null)
            imports[path] = [.. keys];
        else
            loaded.UnionWith(keys);
    }

    private void Add(YamlMap map, string[]? keys, ContextSource source, string? file)
    {
        if (keys is null)
        {
            CheckReserved(map.Entries.Select(entry => entry.Key.AsText ?? ""), file);
            foreach (var (key, value) in map.Entries)
                if (key.AsText is { } name)
                    Add(name, new ContextValue(value, source, null, name));
            return;
        }
        foreach (var key in keys)
            if (map[key] is null)
                throw new TemplateFault(null, $"could not find '{key}' in '{source.Name}'");
        CheckReserved(keys, file);
        foreach (var key in keys.Distinct(StringComparer.Ordinal))
            Add(key, new ContextValue(map[key]!, source, null, key));
    }

    private void Add(string name, ContextValue value) => values[name] = Find(name) is { } known ? ContextValue.Combine(known, value) : value;

    private void CheckReserved(IEnumerable<string> names, string? file)
    {
        if (reserved.Count == 0)
            return;
        var hit = reserved.Intersect(names, StringComparer.Ordinal).ToArray();
        if (hit.Length > 0)
            throw new TemplateFault(null, $"attempted to modify reserved key{(hit.Length > 1 ? "s" : "")} {string.Join(" and ", hit)}"
                + (file is null ? "" : $" in '{file}'"));
    }
}
