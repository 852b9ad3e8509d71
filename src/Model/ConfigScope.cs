namespace DataVersion;

/// <summary>A level of configuration; later ones win over earlier ones, option by option.</summary>
public enum ConfigScope
{
    /// <summary>All users of the machine.</summary>
    System,
    /// <summary>All repositories of this user.</summary>
    Global,
    /// <summary>This repository, shared through Git: <c>.dvc/config</c>.</summary>
    Repository,
    /// <summary>This clone only, not in Git: <c>.dvc/config.local</c>. The place for secrets.</summary>
    Local,
}
