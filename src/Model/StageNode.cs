namespace DataVersion;

/// <summary>A stage, or an output, in the graph of what depends on what.</summary>
public sealed record StageNode
{
    /// <summary>The stage, as its <see cref="Stage.Target"/>.</summary>
    public required string Target { get; init; }
    /// <summary>The output, relative to the root; null in a graph of stages.</summary>
    public string? Path { get; init; }
    /// <summary>What it is.</summary>
    public StageKind Kind { get; init; }
    /// <summary>What it directly depends on: addresses, in a graph of outputs paths.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];
    /// <summary>What directly depends on it: addresses, in a graph of outputs paths.</summary>
    public IReadOnlyList<string> UsedBy { get; init; } = [];
    /// <summary>0 for what depends on nothing, else one more than the greatest of what it depends on.</summary>
    public int Level { get; init; }

    /// <summary>The address, or the path of an output.</summary>
    public override string ToString() => Path ?? Target;
}
