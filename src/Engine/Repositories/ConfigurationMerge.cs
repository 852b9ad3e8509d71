namespace DataVersion.Engine.Repositories;

/// <summary>A value with the file that sets it.</summary>
internal sealed record ConfigurationSetting(IniValue Value, ConfigurationFile Origin);

/// <summary>The levels laid over each other, option by option; later files win.</summary>
internal sealed class ConfigurationMerge
{
    private readonly Dictionary<SectionKey, Dictionary<string, ConfigurationSetting>> sections = [];
    private readonly List<SectionKey> order = [];

    public ConfigurationMerge(IEnumerable<ConfigurationFile> files)
    {
        foreach (var file in files)
            foreach (var (key, section) in file.Sections)
            {
                if (!sections.TryGetValue(key, out var merged))
                {
                    sections[key] = merged = new(StringComparer.Ordinal);
                    order.Add(key);
                }
                foreach (var (option, value) in section.Options)
                    merged[option] = new(value, file);
            }
    }

    /// <summary>The sections in the order of their first appearance.</summary>
    public IReadOnlyList<SectionKey> Sections => order;

    /// <summary>The options of a section; none when it does not exist.</summary>
    public IReadOnlyDictionary<string, ConfigurationSetting> this[SectionKey key] =>
        sections.GetValueOrDefault(key) ?? [];

    /// <summary>The URL of a remote as stored; null when no level says.</summary>
    public string? UrlOf(SectionKey key) =>
        key.Kind == "remote" && this[key].TryGetValue("url", out var url) ? url.Value.Text : null;

    /// <summary>The value that the engine uses: normalised, paths absolute.</summary>
    public string? Effective(SectionKey key, string option) =>
        this[key].TryGetValue(option, out var setting) ? Effective(key, option, setting) : null;

    /// <summary>As the other, of a setting that is at hand.</summary>
    public static string Effective(SectionKey key, string option, ConfigurationSetting setting)
    {
        var known = ConfigurationSchema.Find(key, option);
        return known?.Type == ConfigurationType.Path
            ? setting.Origin.ResolvePath(setting.Value.Text)
            : known?.Normalize(setting.Value.Text) ?? setting.Value.Text;
    }

    /// <summary>Checks every section and value.</summary>
    /// <param name="warn">Receives what can be lived with.</param>
    /// <param name="allowMissingUrl">
    /// True when reading: secrets of a remote in config.local outlive its definition when an older revision is checked out,
    /// and must not make every command fail there.
    /// </param>
    /// <exception cref="DataVersionException">The first error found.</exception>
    public void Validate(Action<string> warn, bool allowMissingUrl)
    {
        foreach (var key in order)
        {
            var known = key.Name is null ? ConfigurationSchema.Sections.Contains(key.Kind) : ConfigurationSchema.NamedSections.Contains(key.Kind);
            if (!known && this[key].Count > 0)
                throw UnknownSection(key, this[key].Values.First().Origin.Path);
            var url = UrlOf(key);
            if (key.Kind == "remote")
            {
                if (url is null && !allowMissingUrl)
                    throw new DataVersionException(DataErrorKind.ConfigurationInvalid,
                        $"Remote '{key.Name}' would have no url.", OriginOf(key), "Set its url, or remove the remote with Remove-DataRemote.");
                if (url is null)
                    warn($"Remote '{key.Name}' has options{(OriginOf(key) is { } file ? $" in '{file}'" : "")} but no url; it is not used.");
                else if (!RemoteSchema.IsKnown(url))
                    throw new DataVersionException(DataErrorKind.ConfigurationInvalid,
                        $"'{OriginOf(key)}': the url '{url}' of remote '{key.Name}' has a scheme that is not supported.", OriginOf(key),
                        $"Use a folder, or a URL of {string.Join(", ", RemoteSchema.Schemes.Where(s => s.Length > 0))}.");
            }
            foreach (var (option, setting) in this[key])
                Validate(key, option, url, setting, warn);
        }
        if (this[new("hydra")] is { } hydra && hydra.ContainsKey("config_dir") && hydra.TryGetValue("config_module", out var module))
            throw Invalid(module.Origin.Path, "hydra.config_module", "it cannot be set together with hydra.config_dir");
    }

    /// <summary>The error of a section that does not exist.</summary>
    public static DataVersionException UnknownSection(SectionKey key, string? file) => new(
        DataErrorKind.ConfigurationNotFound,
        $"{(file is null ? "" : $"'{file}': ")}There is no configuration section '{key.Kind}'."
        + NearestName.Hint(key.Kind, ConfigurationSchema.Sections.Concat(ConfigurationSchema.NamedSections)),
        file, $"The sections are {string.Join(", ", ConfigurationSchema.Sections)}, remote.NAME and db.NAME.");

    /// <summary>The error of an option that does not exist.</summary>
    public static DataVersionException UnknownOption(SectionKey key, string option, string? url, string? file)
    {
        var names = ConfigurationSchema.NamesIn(key, url).ToList();
        var where = key.Kind == "remote" && url is not null && RemoteSchema.SchemeOf(url) is var scheme
            ? $"Remotes {(scheme.Length == 0 ? "that are folders" : $"of {scheme}://")} have no option '{option}'."
            : $"There is no configuration option '{key.Of(option)}'.";
        return new DataVersionException(DataErrorKind.ConfigurationNotFound,
            (file is null ? "" : $"'{file}': ") + where + NearestName.Hint(option, names), file,
            $"The options are {string.Join(", ", names)}.");
    }

    private static void Validate(SectionKey key, string option, string? url, ConfigurationSetting setting, Action<string> warn)
    {
        var file = setting.Origin.Path;
        if (ConfigurationSchema.Find(key, option, url) is not { } known)
        {
            if (key.Kind != "feature")
                throw UnknownOption(key, option, url, file);
            warn($"'{file}': the option '{key.Of(option)}' is not supported and is ignored.");
            return;
        }
        if (known.Problem(setting.Value.Text, setting.Value.Items is not null) is { } problem)
            throw Invalid(file, key.Of(option), problem);
    }

    private static DataVersionException Invalid(string file, string name, string problem) => new(
        DataErrorKind.ConfigurationInvalid, $"'{file}': the value of {name} is not valid: {problem}.", file,
        "Set another value with Set-DataConfig, or remove it with Remove-DataConfig.");

    private string? OriginOf(SectionKey key) => this[key].Values.Select(s => s.Origin.Path).LastOrDefault();
}
