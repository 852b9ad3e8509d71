namespace DataVersion;

/// <summary>What brings a stage's outputs about.</summary>
public enum StageKind
{
    /// <summary>A command in a <c>dvc.yaml</c>.</summary>
    Pipeline,
    /// <summary>Data that was added: a <c>.dvc</c> file.</summary>
    Data,
    /// <summary>Data that was imported from a path or URL.</summary>
    UrlImport,
    /// <summary>Data that was imported from another repository.</summary>
    RepositoryImport,
    /// <summary>A command in a <c>.dvc</c> file, as DVC wrote them before 1.0.</summary>
    SingleStage,
}

/// <summary>Whether a stage would run.</summary>
public enum StageState
{
    /// <summary>It was not looked at.</summary>
    Unknown,
    /// <summary>Nothing changed since its last run.</summary>
    UpToDate,
    /// <summary>Something changed; see <c>Get-StageReason</c>.</summary>
    Changed,
    /// <summary>It was never run here: nothing is recorded.</summary>
    NeverRun,
}

/// <summary>A file or folder that a stage reads, with what was recorded when the stage last ran.</summary>
public sealed record StageDependency
{
    /// <summary>Path relative to the repository's root with <c>/</c>; a URL, an absolute path or <c>..</c> when it lies outside.</summary>
    public required string Path { get; init; }
    /// <summary>Name of the recorded content; null when none is recorded.</summary>
    public ContentHash? Hash { get; init; }
    /// <summary>Bytes; null when not recorded.</summary>
    public long? Size { get; init; }
    /// <summary>True when the dependency lies outside the repository.</summary>
    public bool IsExternal { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}

/// <summary>A value of a parameters file that a stage reads.</summary>
public sealed record StageParameter
{
    /// <summary>The file, relative to the repository's root.</summary>
    public required string Path { get; init; }
    /// <summary>The key with dots, for example <c>train.lr</c>; null for all keys of the file.</summary>
    public string? Name { get; init; }
    /// <summary>The recorded value: null, bool, long, double, string, list or dictionary; null also when none is recorded.</summary>
    public object? Value { get; init; }

    /// <summary>File and key.</summary>
    public override string ToString() => Name is null ? Path : $"{Path}:{Name}";
}

/// <summary>What an output is for.</summary>
public enum StageOutputKind
{
    /// <summary>An ordinary output.</summary>
    Output,
    /// <summary>A metrics file.</summary>
    Metric,
    /// <summary>A plots file or folder.</summary>
    Plot,
}

/// <summary>A file or folder that a stage makes, with what was recorded when the stage last ran.</summary>
public sealed record StageOutput
{
    /// <summary>Path relative to the repository's root with <c>/</c>; an absolute path or <c>..</c> when it lies outside.</summary>
    public required string Path { get; init; }
    /// <summary>Absolute path in the workspace; null when it lies outside. Binds to <c>-LiteralPath</c> of other cmdlets.</summary>
    public string? FullName { get; init; }
    /// <summary>Output, metric or plot.</summary>
    public StageOutputKind Kind { get; init; }
    /// <summary>Name of the recorded content; null when none is recorded.</summary>
    public ContentHash? Hash { get; init; }
    /// <summary>Bytes, of a folder the sum of its files; null when not recorded.</summary>
    public long? Size { get; init; }
    /// <summary>Files of a folder; null for a file or when not recorded.</summary>
    public int? FileCount { get; init; }
    /// <summary>The content is kept in the cache; else the file belongs to Git or to nobody.</summary>
    public bool UseCache { get; init; } = true;
    /// <summary>It is not removed before the stage runs.</summary>
    public bool Persist { get; init; }
    /// <summary>The remote it goes to when it is not the default one.</summary>
    public string? Remote { get; init; }
    /// <summary>How the workspace file is connected to the cache; known after a run.</summary>
    public LinkKind? LinkKind { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}

/// <summary>A command with what it reads and what it makes, or data that other stages read.</summary>
public sealed record Stage
{
    /// <summary>What commands call it, from the root of the repository: <c>train</c>, <c>folder/dvc.yaml:train</c>, <c>data.dvc</c>. Binds to <c>-Target</c>.</summary>
    public required string Target { get; init; }
    /// <summary>The name in its <c>dvc.yaml</c>, with <c>@key</c> for a member of a group; of a <c>.dvc</c> file its path.</summary>
    public required string Name { get; init; }
    /// <summary>The file that defines it, relative to the root.</summary>
    public required string MetadataPath { get; init; }
    /// <summary>Line of the definition, from 1.</summary>
    public int Line { get; init; }
    /// <summary>What it is.</summary>
    public StageKind Kind { get; init; }
    /// <summary>The <c>foreach</c> or <c>matrix</c> that it comes from; null for a single stage.</summary>
    public string? Group { get; init; }
    /// <summary>The commands with templates filled in, in the order they run; empty for data.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
    /// <summary>The folder the commands run in, relative to the root; empty for the root.</summary>
    public string WorkingDirectory { get; init; } = "";
    /// <summary>What it reads.</summary>
    public IReadOnlyList<StageDependency> Dependencies { get; init; } = [];
    /// <summary>The parameters it reads.</summary>
    public IReadOnlyList<StageParameter> Parameters { get; init; } = [];
    /// <summary>What it makes.</summary>
    public IReadOnlyList<StageOutput> Outputs { get; init; } = [];
    /// <summary>What a person wrote about it.</summary>
    public string? Description { get; init; }
    /// <summary>It is not run when its dependencies change.</summary>
    public bool IsFrozen { get; init; }
    /// <summary>It counts as changed at every run.</summary>
    public bool AlwaysChanged { get; init; }
    /// <summary>Its definition has templates, so it can only be edited by hand.</summary>
    public bool IsTemplated { get; init; }
    /// <summary>Whether it would run.</summary>
    public StageState State { get; init; }

    /// <summary>The address.</summary>
    public override string ToString() => Target;
}
