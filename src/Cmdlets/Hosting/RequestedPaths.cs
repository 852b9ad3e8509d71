using System.Collections;

namespace DataVersion.Cmdlets.Hosting;

/// <summary>The paths of all pipeline input, in the order they came, until one engine call takes them all.</summary>
internal sealed class RequestedPaths : IEnumerable<(string Path, bool IsLiteral)>
{
    private readonly List<(string, bool)> paths = [];

    /// <summary>True when nothing was asked for.</summary>
    public bool IsEmpty => paths.Count == 0;

    /// <summary>Adds what one pipeline object brought.</summary>
    public void Collect(string[]? path, string[]? literalPath)
    {
        foreach (var one in path ?? [])
            paths.Add((one, false));
        foreach (var one in literalPath ?? [])
            paths.Add((one, true));
    }

    /// <inheritdoc/>
    public IEnumerator<(string Path, bool IsLiteral)> GetEnumerator() => paths.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
