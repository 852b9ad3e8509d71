namespace DataVersion.Engine.Repositories;

/// <content>Remotes: reading them, and what <c>dvc remote</c> does to them.</content>
public sealed partial class Configuration
{
    private static readonly SectionKey Core = new("core");

    /// <summary>The name that <c>core.remote</c> gives; null when it is not set. Such a remote need not exist.</summary>
    public string? DefaultRemote => merged.Effective(Core, "remote");

    /// <summary>All remotes that have a URL, in the order of the files.</summary>
    /// <exception cref="DataVersionException">A <c>remote://</c> URL that leads nowhere or in a circle.</exception>
    public IEnumerable<RemoteConfiguration> Remotes =>
        merged.Sections.Where(key => key.Kind == "remote" && merged.UrlOf(key) is not null).Select(Describe);

    /// <summary>One remote.</summary>
    /// <param name="name">Its name in any case; null for the default one.</param>
    /// <exception cref="DataVersionException">Kind <see cref="DataErrorKind.RemoteNotFound"/>.</exception>
    public RemoteConfiguration GetRemote(string? name = null)
    {
        if ((name ?? DefaultRemote) is not { } wanted)
            throw new DataVersionException(DataErrorKind.RemoteNotFound, "No remote was named and there is no default remote.", null,
                "Name one, or choose a default with Set-DataRemote -Default.");
        var key = RemoteKey(wanted);
        return merged.UrlOf(key) is not null ? Describe(key) : throw RemoteNotFound(wanted, DataErrorKind.RemoteNotFound);
    }

    /// <summary>Defines a remote in the file of a level: <c>dvc remote add</c>.</summary>
    /// <param name="scope">The level.</param>
    /// <param name="name">Its name; stored in lower case.</param>
    /// <param name="url">A URL, or a folder, relative to <paramref name="currentFolder"/> or absolute.</param>
    /// <param name="force">Replace a remote of that name and all its options at this level.</param>
    /// <param name="isDefault">Make it the default at this level.</param>
    /// <param name="currentFolder">Absolute path from which a relative folder counts.</param>
    /// <param name="options">Further options; a null value is the same as none.</param>
    public void AddRemote(ConfigScope scope, string name, string url, bool force, bool isDefault, string currentFolder,
        IReadOnlyDictionary<string, string?>? options = null)
    {
        var key = RemoteKey(name);
        Edit(scope, file =>
        {
            if (file.Find(key) is not null && !force)
                throw new DataVersionException(DataErrorKind.ConfigurationInvalid,
                    $"Remote '{key.Name}' exists already in '{file.Path}'.", file.Path, "Use -Force to replace it, or change it with Set-DataRemote.");
            file.Reset(key);
            SetOption(file, key, "url", url, currentFolder);
            SetOptions(file, key, options ?? new Dictionary<string, string?>(), currentFolder);
            if (isDefault)
                file.Set(Core, "remote", key.Name!);
        });
    }

    /// <summary>Sets or removes one option of a remote at a level; the remote may be defined at a lower level: <c>dvc remote modify</c>.</summary>
    /// <param name="scope">The level.</param>
    /// <param name="name">The remote.</param>
    /// <param name="option">The option, in any case.</param>
    /// <param name="value">The value; null removes the option, which need not be there.</param>
    /// <param name="currentFolder">Absolute path from which a relative path counts.</param>
    public void ModifyRemote(ConfigScope scope, string name, string option, string? value, string currentFolder) =>
        ModifyRemote(scope, name, new Dictionary<string, string?> { [option] = value }, null, currentFolder);

    /// <summary>Changes several things of a remote at a level: all of them or, when one is not valid, none.</summary>
    /// <param name="scope">The level.</param>
    /// <param name="name">The remote.</param>
    /// <param name="options">Options, <c>url</c> among them; a null value removes one.</param>
    /// <param name="isDefault">Make it the default at this level (true), or take the choice of a default back (false).</param>
    /// <param name="currentFolder">Absolute path from which a relative path counts.</param>
    public void ModifyRemote(ConfigScope scope, string name, IReadOnlyDictionary<string, string?> options, bool? isDefault, string currentFolder)
    {
        var key = RemoteKey(name);
        Edit(scope, file =>
        {
            if (!UpTo(file).Sections.Contains(key))
                throw RemoteNotFound(name, DataErrorKind.ConfigurationNotFound);
            SetOptions(file, key, options, currentFolder);
            if (isDefault is true)
                file.Set(Core, "remote", key.Name!);
            else if (isDefault is false && file.Find(Core) is { } core)
                core["remote"] = null;
        });
    }

    /// <summary>
    /// Removes a remote from the file of a level, and what names it as default there and above: <c>dvc remote remove</c>.
    /// Options above that would be left without a URL go too (DVC leaves them, and no command works afterwards).
    /// </summary>
    public void RemoveRemote(ConfigScope scope, string name)
    {
        var key = RemoteKey(name);
        RequireRemote(scope, key, name);
        ForLevelsFrom(scope, (file, isFirst) =>
        {
            if (isFirst || UpTo(file).UrlOf(key) is null)
                file.Remove(key);
            if (NamesDefault(file, key))
                file.Find(Core)!["remote"] = null;
        });
    }

    /// <summary>
    /// Gives a remote another name at a level, and in what names it as default there and above: <c>dvc remote rename</c>.
    /// Options above that would be left without a URL follow.
    /// </summary>
    public void RenameRemote(ConfigScope scope, string name, string newName)
    {
        var key = RemoteKey(name);
        RequireRemote(scope, key, name);
        if (merged.Sections.Contains(RemoteKey(newName)))
            throw new DataVersionException(DataErrorKind.ConfigurationInvalid,
                $"Remote '{name}' cannot be renamed: there is a remote '{newName}' already.", FileOf(scope).Path, "Use another name.");
        ForLevelsFrom(scope, (file, isFirst) =>
        {
            if (isFirst || (file.Find(key) is not null && UpTo(file).UrlOf(key) is null))
                file.Rename(key, newName);
            if (NamesDefault(file, key))
                file.Set(Core, "remote", newName);
        });
    }

    /// <summary>Chooses the default remote at a level; null takes the choice back, which need not be there: <c>dvc remote default</c>.</summary>
    public void SetDefaultRemote(ConfigScope scope, string? name) => Edit(scope, file =>
    {
        if (name is null)
        {
            if (file.Find(Core) is { } core)
                core["remote"] = null;
            return;
        }
        var key = RemoteKey(name);
        if (!UpTo(file).Sections.Contains(key))
            throw RemoteNotFound(name, DataErrorKind.ConfigurationNotFound);
        file.Set(Core, "remote", key.Name!);
    });

    private static void SetOptions(ConfigurationFile file, SectionKey key, IReadOnlyDictionary<string, string?> options, string currentFolder)
    {
        foreach (var (option, value) in options)
            if (value is not null)
                SetOption(file, key, option.ToLowerInvariant(), value, currentFolder);
            else if (file.Find(key) is { } section)
                section[option.ToLowerInvariant()] = null;
    }

    private static SectionKey RemoteKey(string name) => new("remote", name.Trim().ToLowerInvariant());

    private static bool NamesDefault(ConfigurationFile file, SectionKey key) =>
        file.Find(Core)?["remote"]?.Text.ToLowerInvariant() == key.Name;

    private ConfigurationMerge UpTo(ConfigurationFile edited) => new(Files.Where(f => f.Scope < edited.Scope).Append(edited));

    // Lower levels first: what a level above may keep depends on them.
    private void ForLevelsFrom(ConfigScope scope, Action<ConfigurationFile, bool> change)
    {
        foreach (var level in levels.FindAll(l => l.Scope >= scope))
            Edit(level.Scope, file => change(file, level.Scope == scope));
    }

    private void RequireRemote(ConfigScope scope, SectionKey key, string name)
    {
        if (FileOf(scope).Find(key) is not null)
            return;
        if (Files.FirstOrDefault(f => f.Find(key) is not null) is { } other)
            throw new DataVersionException(DataErrorKind.ConfigurationNotFound,
                $"Remote '{name}' is not in '{FileOf(scope).Path}' but in '{other.Path}'.", other.Path, $"Use -Scope {other.Scope}.");
        throw RemoteNotFound(name, DataErrorKind.ConfigurationNotFound);
    }

    private DataVersionException RemoteNotFound(string name, DataErrorKind kind)
    {
        var names = merged.Sections.Where(s => s.Kind == "remote").Select(s => s.Name!).ToList();
        return new DataVersionException(kind, $"There is no remote '{name}'." + NearestName.Hint(name.ToLowerInvariant(), names), null,
            names.Count == 0 ? "Add one with Add-DataRemote." : $"The remotes are {string.Join(", ", names)}.");
    }

    private RemoteConfiguration Describe(SectionKey key)
    {
        var (url, options) = Resolve(key, []);
        return new RemoteConfiguration(key.Name!, url, options,
            [.. levels.Where(l => l.Combined.Find(key) is not null).Select(l => l.Scope)], key.Name == DefaultRemote);
    }

    // The remote that remote://NAME/path refers to gives the base; what is set here wins.
    private (string Url, SortedDictionary<string, string> Options) Resolve(SectionKey key, HashSet<SectionKey> seen)
    {
        const string Scheme = "remote://";
        var url = merged.Effective(key, "url") ?? throw RemoteNotFound(key.Name!, DataErrorKind.RemoteNotFound);
        var options = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            if (!seen.Add(key))
                throw new DataVersionException(DataErrorKind.ConfigurationInvalid,
                    $"The url of remote '{key.Name}' leads back to itself.", merged[key]["url"].Origin.Path, "Give one of these remotes a real URL.");
            var slash = url.IndexOf('/', Scheme.Length);
            var (target, rest) = slash < 0 ? (url[Scheme.Length..], "") : (url[Scheme.Length..slash], url[(slash + 1)..]);
            (url, options) = Resolve(RemoteKey(target), seen);
            url = rest.Length == 0 ? url : Append(url, rest);
        }
        foreach (var (option, setting) in merged[key])
            if (option != "url")
                options[option] = ConfigurationMerge.Effective(key, option, setting);
        return (url, options);
    }

    private static string Append(string url, string rest) => RemoteSchema.SchemeOf(url).Length == 0
        ? Path.Combine(url, rest.Replace('/', Path.DirectorySeparatorChar))
        : url.TrimEnd('/') + "/" + rest;
}
