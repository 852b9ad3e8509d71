namespace DataVersion;

/// <summary>Whose a Git hook is.</summary>
public enum DataHookState
{
    /// <summary>There is none.</summary>
    NotInstalled,
    /// <summary>It is ours.</summary>
    Installed,
    /// <summary>DVC's own, as <c>dvc install</c> writes it.</summary>
    Dvc,
    /// <summary>Somebody else's; it is never overwritten or removed.</summary>
    Foreign,
}

/// <summary>A place where Git calls a program to keep data in step.</summary>
/// <param name="Name"><c>post-checkout</c>, <c>pre-commit</c>, <c>pre-push</c> or <c>merge-driver</c>.</param>
/// <param name="Path">The hook's file, absolute; for the merge driver the name of the setting in Git's configuration.</param>
/// <param name="State">Whether it is there, and whose it is.</param>
/// <param name="Command">The text of the hook's file, or the merge driver's command line; null when there is none.</param>
public sealed record DataHook(string Name, string Path, DataHookState State, string? Command);
