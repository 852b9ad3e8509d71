namespace DataVersion;

/// <summary>What the <c>.dvcignore</c> rules say of a path.</summary>
public sealed record DataIgnoreResult
{
    /// <summary>The path that was asked for.</summary>
    public required string Path { get; init; }
    /// <summary>Whether the path, or a folder above it, is ignored.</summary>
    public required bool IsIgnored { get; init; }
    /// <summary>The pattern that decides, as it is written; one that begins with <c>!</c> includes the path again. Null when no pattern matches.</summary>
    public string? Pattern { get; init; }
    /// <summary>The <c>.dvcignore</c> file with the pattern, relative to the repository with <c>/</c>; null for a built-in rule.</summary>
    public string? File { get; init; }
    /// <summary>The line of the pattern in that file, counted from 1; null for a built-in rule.</summary>
    public int? Line { get; init; }

    /// <summary>File, line and pattern, then the path.</summary>
    public override string ToString() => $"{File}:{Line}:{Pattern}\t{Path}";
}
