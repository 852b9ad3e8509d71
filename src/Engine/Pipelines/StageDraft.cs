using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>An output of a stage to be written.</summary>
/// <param name="Path">As the user typed it: absolute, or relative to the working directory of the stage.</param>
/// <param name="Kind">Output, metric or plot.</param>
/// <param name="UseCache">The content is kept in the cache.</param>
/// <param name="Persist">It is not removed before the stage runs.</param>
public sealed record DraftOutput(string Path, OutputKind Kind = OutputKind.Output, bool UseCache = true, bool Persist = false);

/// <summary>A stage to be written into a <c>dvc.yaml</c>.</summary>
public sealed record StageDraft
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The commands; one is written as text, several as a list.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Absolute path of the folder it runs in; null for the folder of the <c>dvc.yaml</c>.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>What it reads: paths, absolute or relative to the working directory, or URLs.</summary>
    public IReadOnlyList<string> Dependencies { get; init; } = [];

    /// <summary>The parameters it reads, as with DVC: <c>key,key</c> of <c>params.yaml</c>, <c>file:key,key</c>, <c>file:</c> for a whole file.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>What it makes.</summary>
    public IReadOnlyList<DraftOutput> Outputs { get; init; } = [];

    /// <summary>What a person says about it; null keeps what an existing stage has.</summary>
    public string? Description { get; init; }

    /// <summary>Anything else; null keeps what an existing stage has.</summary>
    public YamlNode? Meta { get; init; }

    /// <summary>It counts as changed at every run.</summary>
    public bool AlwaysChanged { get; init; }

    /// <summary>It is not run when its dependencies change.</summary>
    public bool Frozen { get; init; }
}
