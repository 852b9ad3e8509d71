namespace DataVersion.Engine.Repositories;

/// <summary>A rule that speaks of a path.</summary>
/// <param name="File">The <c>.dvcignore</c> file, relative to the repository with <c>/</c>; empty for a built-in rule.</param>
/// <param name="Line">Its line, counted from 1; 0 for a built-in rule.</param>
/// <param name="Pattern">The pattern as it is written, without surrounding blanks.</param>
/// <param name="IsNegated">It begins with <c>!</c>: the path is not ignored.</param>
public sealed record IgnoreMatch(string File, int Line, string Pattern, bool IsNegated);
