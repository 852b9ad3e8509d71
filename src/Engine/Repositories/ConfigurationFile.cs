using DataVersion.Engine.Files;

namespace DataVersion.Engine.Repositories;

/// <summary>A section of a configuration file.</summary>
internal sealed record ConfigurationSection(SectionKey Key, IniSection Options);

/// <summary>The options that one configuration file sets, and the writing of it. A file that is missing sets nothing.</summary>
internal sealed class ConfigurationFile
{
    private readonly List<ConfigurationSection> sections = [];

    private ConfigurationFile(ConfigScope scope, string path) => (Scope, Path) = (scope, path);

    public ConfigScope Scope { get; }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Sections and options in the order of the file; names in lower case, values as stored.</summary>
    public IEnumerable<ConfigurationSection> Sections => sections;

    private string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <exception cref="DataVersionException">The file cannot be read or understood.</exception>
    public static ConfigurationFile Load(ConfigScope scope, string path)
    {
        var file = new ConfigurationFile(scope, path);
        string text;
        try
        {
            text = Utf8Text.Read(path, path, DataErrorKind.ConfigurationInvalid);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataVersionException(error is IOException ? DataErrorKind.InputOutput : DataErrorKind.AccessDenied,
                $"The configuration file '{path}' cannot be read: {error.Message}", path, "Make the file readable.", error);
        }
        foreach (var section in IniDocument.Parse(text, path).Sections)
        {
            var key = SectionKey.Parse(section.Name);
            // Names that differ in case only: the last one counts, as in DVC.
            file.sections.RemoveAll(s => s.Key == key);
            var options = new IniSection(key.Header);
            foreach (var (name, value) in section.Options)
                options[name.ToLowerInvariant()] = value;
            file.sections.Add(new(key, options));
        }
        return file;
    }

    /// <summary>A copy to change and <see cref="Save"/>.</summary>
    public ConfigurationFile Clone()
    {
        var copy = new ConfigurationFile(Scope, Path);
        foreach (var (key, options) in sections)
            copy.AddSection(key, key.Header, options);
        return copy;
    }

    /// <summary>A file of the same name that says nothing.</summary>
    public ConfigurationFile Empty() => new(Scope, Path);

    public IniSection? Find(SectionKey key) => sections.Find(s => s.Key == key)?.Options;

    public void Set(SectionKey key, string option, string value) => Put(key, option, new IniValue(value), key.Header);

    /// <summary>Sets an option as it is; the header is for a section that is not there yet.</summary>
    public void Put(SectionKey key, string option, IniValue value, string header)
    {
        if (Find(key) is null)
            sections.Add(new(key, new IniSection(header)));
        Find(key)![option] = value;
    }

    /// <summary>Makes the section, if it is there already an empty one.</summary>
    public void Reset(SectionKey key, string? header = null)
    {
        if (sections.FindIndex(s => s.Key == key) is var at and >= 0)
            sections[at] = new(key, new IniSection(header ?? key.Header));
        else
            sections.Add(new(key, new IniSection(header ?? key.Header)));
    }

    public void Remove(SectionKey key) => sections.RemoveAll(s => s.Key == key);

    /// <summary>Gives a section another name and moves it to the end; the new name is stored as typed.</summary>
    public void Rename(SectionKey key, string newName)
    {
        var options = Find(key)!;
        Remove(key);
        AddSection(key with { Name = newName.ToLowerInvariant() }, (key with { Name = newName }).Header, options);
    }

    /// <summary>What a stored path stands for.</summary>
    public string ResolvePath(string stored) => ConfigurationPath.Resolve(stored, Folder);

    /// <summary>What to store for a path that a user typed.</summary>
    public string StorePath(string typed, string currentFolder) => ConfigurationPath.Store(typed, currentFolder, Folder);

    /// <summary>The canonical text: sections without names first, then remotes, machines and databases; empty ones without a name are dropped.</summary>
    public string Format()
    {
        var document = new IniDocument();
        document.Sections.AddRange(sections.Where(s => s.Key.Name is null && s.Options.Options.Count > 0).Select(s => Canonical(s.Key, s.Options)));
        foreach (var kind in ConfigurationSchema.NamedSections)
            document.Sections.AddRange(sections.Where(s => s.Key.Kind == kind && s.Key.Name is not null).Select(s => Canonical(s.Key, s.Options)));
        return document.Format(Path);
    }

    /// <summary>Writes the canonical text; the folder is made when it is missing.</summary>
    public void Save()
    {
        var text = Format(); // before anything is touched: what cannot be written must not cost the file
        try
        {
            Directory.CreateDirectory(Folder);
            AtomicFile.Write(Path, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataVersionException(error is IOException ? DataErrorKind.InputOutput : DataErrorKind.AccessDenied,
                $"The configuration file '{Path}' cannot be written: {error.Message}", Path, "Make the file and its folder writable.", error);
        }
    }

    private void AddSection(SectionKey key, string header, IniSection options)
    {
        var copy = new IniSection(header);
        foreach (var (name, value) in options.Options)
            copy[name] = value;
        sections.Add(new(key, copy));
    }

    // Relative paths are written in their shortest form.
    private IniSection Canonical(SectionKey key, IniSection section)
    {
        var canonical = new IniSection(section.Name);
        foreach (var (name, value) in section.Options)
            canonical[name] = IsPath(key, name) ? value.Select(text => StorePath(text, Folder)) : value;
        return canonical;
    }

    private static bool IsPath(SectionKey key, string option) =>
        ConfigurationSchema.Find(key, option)?.Type == ConfigurationType.Path;
}
