namespace DataVersion.Engine.Pipelines;

/// <summary>Which stages belong to those that a user named (DVC spec 9.1).</summary>
public enum StageScope
{
    /// <summary>The named ones and everything they need.</summary>
    Upstream,
    /// <summary>The named ones and everything that needs them.</summary>
    Downstream,
    /// <summary>Everything that is connected with the named ones, in whichever direction.</summary>
    Pipeline,
    /// <summary>The named ones alone.</summary>
    Single,
}
