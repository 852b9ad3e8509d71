namespace DataVersion.Cmdlets.Hosting;

/// <summary>
/// The paths of all pipeline input by the revision they were asked for, so that what <c>Get-DataVersion</c> gives can be
/// piped on: one engine call takes all paths of a revision.
/// </summary>
internal sealed class RequestedVersions
{
    private readonly List<(string? Revision, RequestedPaths Paths)> groups = [];

    /// <summary>Revisions in the order they came (null for the workspace); one that names nothing when nothing came.</summary>
    public IReadOnlyList<(string? Revision, RequestedPaths Paths)> All => groups.Count == 0 ? [(null, new RequestedPaths())] : groups;

    /// <summary>Adds what one pipeline object brought; an object of the workspace has no revision.</summary>
    public void Collect(string? revision, string[]? path, string[]? literalPath)
    {
        revision = string.IsNullOrEmpty(revision) ? null : revision;
        var group = groups.FirstOrDefault(g => g.Revision == revision).Paths;
        if (group is null)
            groups.Add((revision, group = new RequestedPaths()));
        group.Collect(path, literalPath);
    }
}
