namespace DataVersion;

/// <summary>How Get-StageGraph shows the graph.</summary>
public enum StageGraphFormat
{
    /// <summary>One object per stage or output.</summary>
    Object,
    /// <summary>Lines for the console.</summary>
    Tree,
    /// <summary>A Mermaid flow chart.</summary>
    Mermaid,
    /// <summary>A graph for Graphviz.</summary>
    Dot,
}
