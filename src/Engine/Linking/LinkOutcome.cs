using DataVersion.Engine.Files;

namespace DataVersion.Engine.Linking;

/// <summary>A kind of link that did not work, and why.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Reason">What the operating system said.</param>
public readonly record struct LinkFailure(LinkKind Kind, string Reason);

/// <summary>What became of one file that was to be placed in the workspace.</summary>
/// <param name="Used">The kind that was used; null when nothing was placed.</param>
/// <param name="Stat">The stat of the placed file, links followed: what a stat record needs.</param>
/// <param name="FellBackFrom">The kinds that were tried before and did not work; empty when the first one did.</param>
/// <param name="Error">Why nothing was placed; the destination is as it was.</param>
public readonly record struct LinkOutcome(
    LinkKind? Used, FileStat Stat, IReadOnlyList<LinkFailure> FellBackFrom, DataVersionException? Error)
{
    internal static LinkOutcome Failed(DataVersionException error, IReadOnlyList<LinkFailure>? failures = null) =>
        new(null, default, failures ?? [], error);
}
