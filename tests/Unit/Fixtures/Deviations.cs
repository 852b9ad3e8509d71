namespace DataVersion.Tests.Fixtures;

/// <summary>A place where we do not compare with the recording, or expect something else, on purpose.</summary>
/// <param name="Case">Name of the case.</param>
/// <param name="Item">
/// What differs, as the harness names it: a step that is not carried out (<c>steps[12]</c>), its exit status
/// (<c>steps[12].exit</c>), its text or JSON, a listing, a snapshot or a report.
/// </param>
/// <param name="Reason">Why.</param>
internal sealed record Deviation(string Case, string Item, string Reason)
{
    /// <summary>What ours is instead, made of the recorded text; null when the item is not compared at all.</summary>
    public Func<string, string>? Ours { get; init; }

    /// <summary>What is compared of both texts, when they are not compared as they are.</summary>
    public Func<string, string>? Look { get; init; }
}

/// <summary>Every known difference to the recordings in one table. What is not here must be equal.</summary>
internal static partial class Deviations
{
    private static readonly Deviation[] Table = [.. Metadata, .. Workspaces, .. RemoteDeviations.Table, .. ImportDeviations.Table, .. Reports, .. Pipelines];

    /// <summary>The deviations of a case.</summary>
    public static IReadOnlyList<Deviation> Of(string name) => [.. Table.Where(deviation => deviation.Case == name)];

    private static IEnumerable<Deviation> EachLook(string name, string reason, Func<string, string> look, params string[] items) =>
        items.Select(item => new Deviation(name, item, reason) { Look = look });

    private static IEnumerable<Deviation> Each(string name, string reason, Func<string, string> ours, params string[] items) =>
        items.Select(item => new Deviation(name, item, reason) { Ours = ours });
}
