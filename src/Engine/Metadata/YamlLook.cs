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

    /// <summary>A collection in brackets that held something; an empty one says nothing about what is put into it.</summary>
    public bool IsFlow => Style == YamlStyle.Flow && !WasEmpty;

    /// <summary>A collection that had no elements.</summary>
    public bool WasEmpty { get; set; }

    /// <summary>The anchor that the text gave to the node.</summary>
    public string? Anchor { get; init; }

    /// <summary>The anchor stays although nothing refers to it: a merge key did.</summary>
    public bool KeepsAnchor { get; set; }

    /// <summary>Offset of the first character in the text; of an anchored node that of the anchor.</summary>
    public int Start { get; init; }

    /// <summary>Offset behind the last character of a scalar or of a collection in brackets.</summary>
    public int End { get; set; }

    /// <summary>The lines of a block scalar without their indentation.</summary>
    public IReadOnlyList<string>? BlockLines { get; set; }

    /// <summary>Of a key: whole lines that stand before it. Of a collection: those before its first element.</summary>
    public YamlComment? Before { get; set; }

    /// <summary>
    /// Of a key: what stands behind its value. Of a collection in lines: what stands behind its key.
    /// </summary>
    public YamlComment? After { get; set; }

    /// <summary>Of a list: what stands before and behind an element, by its index.</summary>
    public Dictionary<int, YamlComment>? BeforeItem { get; set; }

    /// <inheritdoc cref="BeforeItem"/>
    public Dictionary<int, YamlComment>? AfterItem { get; set; }

    /// <summary>Of the document: whole lines at its end.</summary>
    public YamlComment? AtEnd { get; set; }
}

/// <summary>A comment and the blank and comment lines that follow it.</summary>
/// <param name="Text">The comment on the same line as what stands before it, with <c>#</c>; null when there is none.</param>
/// <param name="Column">The column of its <c>#</c>, from 0.</param>
/// <param name="Lines">The whole lines that follow, as they are.</param>
internal sealed record YamlComment(string? Text, int Column, IReadOnlyList<string> Lines);
