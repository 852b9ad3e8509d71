namespace DataVersion.Engine.Metadata;

/// <summary>Where an imported dependency lives: a Git repository (format: DVC spec 2.2).</summary>
public sealed class RepositorySource
{
    /// <summary>URL or path of the repository.</summary>
    public required string Url { get; set; }

    /// <summary>The branch, tag or commit to follow; null for the default branch.</summary>
    public string? Revision { get; set; }

    /// <summary>The commit that was imported.</summary>
    public string? RevisionLock { get; set; }

    /// <summary>A path of a configuration file, or a map of options.</summary>
    public YamlNode? Config { get; set; }

    /// <summary>A remote name, or a map of options.</summary>
    public YamlNode? Remote { get; set; }

    internal static RepositorySource Parse(MetadataSchema schema, YamlNode node)
    {
        var map = schema.Map(node, "'repo'");
        schema.CheckKeys(map, ["url", "rev", "rev_lock", "config", "remote"], "for a repository");
        return new RepositorySource
        {
            Url = schema.Text(map, "url") ?? throw schema.Error(map, "'url' is missing."),
            Revision = schema.Text(map, "rev"),
            RevisionLock = schema.Text(map, "rev_lock"),
            Config = TextOrMap(schema, map, "config"),
            Remote = TextOrMap(schema, map, "remote"),
        };
    }

    internal YamlMap ToNode()
    {
        var map = new YamlMap();
        map.Add("url", Url);
        DataEntry.AddIfSet(map, "rev", Revision);
        DataEntry.AddIfSet(map, "rev_lock", RevisionLock);
        DataEntry.AddIfSet(map, "config", Config);
        DataEntry.AddIfSet(map, "remote", Remote);
        return map;
    }

    private static YamlNode? TextOrMap(MetadataSchema schema, YamlMap map, string key) => map[key] switch
    {
        null or YamlScalar { Kind: YamlScalarKind.Null } => null,
        YamlMap or YamlScalar { Kind: YamlScalarKind.String } => map[key],
        var other => throw schema.Error(other, $"'{key}' must be text or a map."),
    };
}

/// <summary>A dependency of a <c>.dvc</c> file: what was imported (format: DVC spec 2.2, 2.3).</summary>
public sealed class DependencyEntry : DataEntry
{
    /// <summary>The repository that the dependency is imported from; null for a plain path or URL.</summary>
    public RepositorySource? Repository { get; set; }

    /// <summary>A query of a database; kept as it is.</summary>
    public YamlMap? Database { get; set; }

    /// <summary>
    /// The parameters that a stage of DVC 0.x reads from the file: a map of keys and the recorded values, or a list of keys; null
    /// when the dependency is no parameters file.
    /// </summary>
    public YamlNode? Parameters { get; set; }

    internal static DependencyEntry Parse(MetadataSchema schema, YamlNode node, bool isAncient)
    {
        var map = schema.Map(node, "a dependency");
        string[] keys = [.. CommonKeys, "repo", "db"];
        schema.CheckKeys(map, isAncient ? [.. keys, "params"] : keys, "for a dependency");
        var entry = new DependencyEntry
        {
            // A database has no path.
            Path = schema.Text(map, "path") ?? (map["db"] is null ? throw schema.Error(map, "'path' is missing.") : ""),
            Parameters = map["params"] switch
            {
                null or YamlMap or YamlSequence => map["params"],
                var other => throw schema.Error(other, "'params' must be a map or a list."),
            },
            Line = map.Line,
            Column = map.Column,
            Repository = map["repo"] is { } repo ? RepositorySource.Parse(schema, repo) : null,
            Database = schema.MapOrNull(map, "db"),
        };
        entry.ReadCommon(schema, map);
        return entry;
    }

    internal YamlMap ToNode()
    {
        var map = new YamlMap();
        if (Database is not null)
        {
            map.Add("db", Database);
            return map;
        }
        if (Repository is not null)
        {
            map.Add("path", Path);
            map.Add("repo", Repository.ToNode());
            return map;
        }
        WriteContent(map, Files is { Count: > 0 });
        AddIfSet(map, "hash", HashName);
        map.Add("path", Path);
        AddIfSet(map, "fs_config", FsConfig);
        WriteFiles(map);
        if (Parameters is not null)
            map.Add("params", Parameters);
        return map;
    }
}
