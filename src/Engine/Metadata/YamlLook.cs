namespace DataVersion.Engine.Metadata;

/// <summary>How a scalar or collection was spelled.</summary>
internal enum YamlStyle : byte
{
    /// <summary>Not quoted; for a collection: block style.</summary>
    Plain,
    /// <summary>In single or double quotes.</summary>
    Quoted,
    /// <summary>A block scalar that keeps its lines: <c>|</c>.</summary>
    Literal,
    /// <summary>A block scalar whose lines are joined: <c>&gt;</c>.</summary>
    Folded,
    /// <summary>A collection in brackets.</summary>
    Flow,
}

/// <summary>How a node looked in the text it was read from: what the editor keeps.</summary>
internal sealed class YamlLook
{
    /// <summary>The spelling.</summary>
    public YamlStyle Style { get; init; }

    /// <summary>The anchor that the text gave to the node.</summary>
    public string? Anchor { get; init; }

    /// <summary>Offset of the first character in the text.</summary>
    public int Start { get; init; }

    /// <summary>Offset behind the last character.</summary>
    public int End { get; set; }
}
