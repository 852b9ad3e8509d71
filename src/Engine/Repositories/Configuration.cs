using System.Globalization;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// The configuration of a repository (or, without one, of the user): four levels, merged for reading, edited one at a time.
/// Not safe for several threads.
/// </summary>
public sealed partial class Configuration
{
    // In the order of their scopes.
    private readonly List<ConfigurationLevel> levels = [];
    private readonly List<string> warnings = [];
    private ConfigurationMerge merged;

    private Configuration(RepositoryLayout? layout)
    {
        Layout = layout;
        foreach (var scope in Enum.GetValues<ConfigScope>())
            if (ConfigurationFolders.FileOf(scope, layout) is { } path)
                levels.Add(ConfigurationLevel.Load(scope, path));
        merged = new ConfigurationMerge(Files);
    }

    /// <summary>The repository; null when only the levels of machine and user exist.</summary>
    public RepositoryLayout? Layout { get; }

    /// <summary>What was found strange while reading and can be lived with.</summary>
    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>Reads all levels.</summary>
    /// <param name="layout">The repository; null outside of one.</param>
    /// <param name="validate">False for commands that edit, so that a wrong value can be corrected with them.</param>
    /// <exception cref="DataVersionException">A file that cannot be read, an unknown section or option, a value that is not valid.</exception>
    public static Configuration Load(RepositoryLayout? layout, bool validate = true)
    {
        var configuration = new Configuration(layout);
        if (validate)
            configuration.Validate();
        return configuration;
    }

    private IEnumerable<ConfigurationFile> Files => levels.SelectMany(l => l.Files);

    private void Validate()
    {
        merged.Validate(warnings.Add, allowMissingUrl: true);
        foreach (var level in levels)
            foreach (var name in level.RefusedByDvc)
                warnings.Add($"DVC refuses '{level.SharedPath}' because of the url of the remote '{name}'. Write it anew with Set-DataRemote -Url: it is then kept in a file that DVC does not read.");
    }

    /// <summary>
    /// The value of <c>section.option</c> or <c>remote.NAME.option</c>, with absolute paths; null when no file sets it
    /// (defaults are not given, see <see cref="ConfigurationOption.Default"/>).
    /// </summary>
    /// <exception cref="DataVersionException">There is no such option.</exception>
    public string? Get(string name) => Get(name, null);

    /// <summary>As <see cref="Get(string)"/>, of one level only when a scope is given.</summary>
    public string? Get(string name, ConfigScope? scope)
    {
        var (key, option) = SectionKey.ParseOption(name);
        RequireKnown(key, option);
        if (scope is null)
            return merged.Effective(key, option);
        return FileOf(scope.Value) is var file && file.Find(key)?[option] is { } value
            ? ConfigurationMerge.Effective(key, option, new(value, file))
            : null;
    }

    /// <summary>The value of a true-or-false option, or its default, or false.</summary>
    public bool GetBool(string name) => GetOrDefault(name) == "true";

    /// <summary>The value of a whole-number option, or its default, or null.</summary>
    public int? GetInt(string name) =>
        GetOrDefault(name) is { } text ? (int)Math.Clamp(long.Parse(text, CultureInfo.InvariantCulture), int.MinValue, int.MaxValue) : null;

    /// <summary>The items of an option, or of its default; empty when there are none.</summary>
    public IReadOnlyList<string> GetList(string name) => GetOrDefault(name) is { } text ? ConfigurationOption.Items(text) : [];

    /// <summary>Every option that some file sets, level by level from system to local.</summary>
    /// <param name="scope">One level only; null for all.</param>
    public IEnumerable<DataConfigEntry> Entries(ConfigScope? scope = null) =>
        from file in scope is null ? Files : LevelOf(scope.Value).Files
        from section in file.Sections
        from option in section.Options.Options
        select new DataConfigEntry(section.Key.Of(option.Key),
            ConfigurationMerge.Effective(section.Key, option.Key, new(option.Value, file)), file.Scope, file.Path);

    /// <summary>Sets an option in the file of a level.</summary>
    /// <param name="scope">The level.</param>
    /// <param name="name"><c>section.option</c> or <c>remote.NAME.option</c>.</param>
    /// <param name="value">The value as typed.</param>
    /// <param name="currentFolder">Absolute path from which a relative path counts.</param>
    /// <exception cref="DataVersionException">Unknown option, value that is not valid, file that cannot be written; nothing was changed.</exception>
    public void Set(ConfigScope scope, string name, string value, string currentFolder)
    {
        var (key, option) = SectionKey.ParseOption(name);
        RequireKnown(key, option);
        Edit(scope, file => SetOption(file, key, option, value, currentFolder));
    }

    /// <summary>Removes an option from the file of a level.</summary>
    /// <exception cref="DataVersionException">Kind <see cref="DataErrorKind.ConfigurationNotFound"/> when the file does not set it.</exception>
    public void Remove(ConfigScope scope, string name)
    {
        var (key, option) = SectionKey.ParseOption(name);
        Edit(scope, file =>
        {
            if (file.Find(key) is not { } section || section[option] is null)
                throw new DataVersionException(DataErrorKind.ConfigurationNotFound,
                    $"'{file.Path}' does not set '{key.Of(option)}'." + NearestName.Hint(option, file.Find(key)?.Options.Select(o => o.Key) ?? []),
                    file.Path, "See with Get-DataConfig what is set where.");
            section[option] = null;
        });
    }

    private static void SetOption(ConfigurationFile file, SectionKey key, string option, string value, string currentFolder) =>
        file.Set(key, option, ConfigurationSchema.Find(key, option)?.Type == ConfigurationType.Path ? file.StorePath(value, currentFolder) : value);

    // Changes a copy of a level, checks it together with the levels below, writes it when it says something else.
    private void Edit(ConfigScope scope, Action<ConfigurationFile> change)
    {
        var level = LevelOf(scope);
        var edited = level.Combined.Clone();
        change(edited);
        var together = UpTo(edited);
        if (!SaysTheSame(level.Combined, edited))
            together.Validate(static _ => { }, allowMissingUrl: false);
        if (!Save(level, edited, together))
            return;
        // Where options of the levels above belong depends on the url below.
        foreach (var above in levels.Where(l => l.Scope > scope).ToList())
            Save(above, above.Combined, UpTo(above.Combined));
        merged = new ConfigurationMerge(Files);
    }

    private bool Save(ConfigurationLevel level, ConfigurationFile edited, ConfigurationMerge together)
    {
        var isSaved = level.Save(edited, together, path =>
        {
            if (level.Scope == ConfigScope.Local && Layout is not null)
                DvcGitIgnore.Name(Layout, Path.GetFileName(path));
        });
        if (isSaved)
            levels[levels.FindIndex(l => l.Scope == level.Scope)] = ConfigurationLevel.Load(level.Scope, edited.Path);
        return isSaved;
    }

    // A file is not rewritten, and keeps its comments, when nothing changes.
    private static bool SaysTheSame(ConfigurationFile a, ConfigurationFile b) => a.Format() == b.Format();

    private ConfigurationFile FileOf(ConfigScope scope) => LevelOf(scope).Combined;

    private ConfigurationLevel LevelOf(ConfigScope scope) => levels.Find(l => l.Scope == scope)
        ?? throw new DataVersionException(DataErrorKind.RepositoryNotFound,
            $"There is no data repository here, so there is no configuration of the level {scope}.", null,
            "Go to a repository, or use -Scope Global or System.");

    private string? GetOrDefault(string name)
    {
        var (key, option) = SectionKey.ParseOption(name);
        return merged.Effective(key, option) ?? ConfigurationSchema.Find(key, option, merged.UrlOf(key))?.Default;
    }

    private static void RequireKnown(SectionKey key, string option)
    {
        if (key.Name is null && !ConfigurationSchema.Sections.Contains(key.Kind))
            throw ConfigurationMerge.UnknownSection(key, null);
        if (key.Kind != "feature" && ConfigurationSchema.Find(key, option) is null)
            throw ConfigurationMerge.UnknownOption(key, option, null, null);
    }
}
