using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Imports;

/// <summary>
/// Which storage holds the data of another repository: as that repository is configured, with what the import says on top
/// (<c>config:</c> and <c>remote:</c> of a dependency; DVC spec 2.3).
/// </summary>
internal sealed class SourceConfiguration
{
    private readonly Configuration own;
    private readonly Dictionary<string, Dictionary<string, string>> added = new(StringComparer.Ordinal);
    private readonly string? defaultName;

    /// <summary>Lays what an import says over a configuration.</summary>
    /// <param name="own">Of the source repository.</param>
    /// <param name="config">A map of sections, or the path of a configuration file; null for nothing.</param>
    /// <param name="remote">The name of a remote, or a map of options of the default one; null for nothing.</param>
    /// <param name="folder">Absolute folder that a relative path of a configuration file counts from.</param>
    /// <exception cref="DataVersionException">ConfigurationInvalid.</exception>
    public SourceConfiguration(Configuration own, YamlNode? config, YamlNode? remote, string folder)
    {
        this.own = own;
        defaultName = own.DefaultRemote;
        if (config is YamlMap map)
            AddMap(map, ref defaultName);
        else if (config is YamlScalar { AsText: { Length: > 0 } path })
            AddFile(Path.GetFullPath(path, folder), ref defaultName);
        if (remote is YamlScalar { AsText: { Length: > 0 } name })
            defaultName = name.ToLowerInvariant();
        else if (remote is YamlMap options)
            foreach (var (option, value) in options.Entries)
                Add(defaultName ?? throw new DataVersionException(DataErrorKind.RemoteNotFound,
                    "Options for the remote of the source were given, but the source has no default remote.", null, "Name a remote of it, too."), option.SourceText, TextOf(value));
    }

    /// <summary>The remote that holds an output; null when none is configured.</summary>
    /// <param name="name">The remote that the output names; null for the default one.</param>
    /// <exception cref="DataVersionException">RemoteNotFound: a name that is not configured.</exception>
    public RemoteConfiguration? Find(string? name)
    {
        name = (name ?? defaultName)?.Trim().ToLowerInvariant();
        if (name is null)
            return null;
        var extra = added.GetValueOrDefault(name);
        RemoteConfiguration found;
        try
        {
            found = own.GetRemote(name);
        }
        catch (DataVersionException error) when (error.Kind == DataErrorKind.RemoteNotFound && extra?.ContainsKey("url") is true)
        {
            found = new RemoteConfiguration(name, "", new Dictionary<string, string>(), [ConfigScope.Repository], name == defaultName);
        }
        if (extra is null)
            return found;
        var options = found.Options.ToDictionary(o => o.Key, o => o.Value, StringComparer.Ordinal);
        foreach (var (option, value) in extra)
            options[option] = value;
        options.Remove("url", out var url);
        return found with { Url = url ?? found.Url, Options = options };
    }

    // config: {core: {remote: x}, remote: {x: {url: ..., option: ...}}}
    private void AddMap(YamlMap map, ref string? name)
    {
        if (map["core"] is YamlMap core && core["remote"] is YamlScalar { AsText: { Length: > 0 } chosen })
            name = chosen.ToLowerInvariant();
        foreach (var (remote, options) in (map["remote"] as YamlMap)?.Entries ?? [])
            foreach (var (option, value) in (options as YamlMap)?.Entries ?? [])
                Add(remote.SourceText, option.SourceText, TextOf(value));
    }

    private void AddFile(string path, ref string? name)
    {
        if (!File.Exists(path))
            throw new DataVersionException(DataErrorKind.ConfigurationNotFound, $"The configuration file '{path}' does not exist.", path, "Check the path.");
        var merged = new ConfigurationMerge([ConfigurationFile.Load(ConfigScope.Local, path)]);
        foreach (var key in merged.Sections)
            foreach (var (option, setting) in merged[key])
                if (key.Kind == "remote")
                    Add(key.Name!, option, ConfigurationMerge.Effective(key, option, setting));
                else if (key.Kind == "core" && option == "remote")
                    name = setting.Value.Text.ToLowerInvariant();
    }

    private void Add(string remote, string option, string value)
    {
        remote = remote.ToLowerInvariant();
        if (!added.TryGetValue(remote, out var options))
            added[remote] = options = new(StringComparer.Ordinal);
        options[option.ToLowerInvariant()] = value;
    }

    private static string TextOf(YamlNode node) => node is YamlScalar { Kind: YamlScalarKind.Boolean, Value: bool flag } ? flag ? "true" : "false"
        : (node as YamlScalar)?.SourceText ?? "";
}
