using System.Management.Automation;
using DataVersion.Engine.Pipelines;

namespace DataVersion.Cmdlets;

/// <summary>The stages that all pipeline input names, in the order it came, until one engine call takes them all.</summary>
internal sealed class RequestedStages
{
    private readonly List<(string Text, bool IsAddress)> names = [];

    /// <summary>True when nothing was asked for.</summary>
    public bool IsEmpty => names.Count == 0;

    /// <summary>Adds what one pipeline object brought.</summary>
    /// <param name="name">Names as a person types them, with wildcards.</param>
    /// <param name="address">Addresses from the root, as objects carry them.</param>
    public void Collect(string[]? name, string[]? address)
    {
        foreach (var one in name ?? [])
            names.Add((one, false));
        foreach (var one in address ?? [])
            names.Add((one, true));
    }

    /// <summary>The stages that are meant, each once.</summary>
    /// <param name="selection">Knows the stages and the current folder.</param>
    /// <param name="recurse">A folder means the stages in it and below it.</param>
    /// <param name="report">Receives an error for each name that means nothing.</param>
    public IReadOnlyList<StageDefinition> Resolve(StageSelection selection, bool recurse, Action<DataVersionException, string> report)
    {
        var found = new HashSet<StageDefinition>(ReferenceEqualityComparer.Instance);
        var result = new List<StageDefinition>();
        foreach (var (text, isAddress) in names)
            try
            {
                foreach (var stage in isAddress ? selection.OfAddress(text) : Named(selection, text, recurse))
                    if (found.Add(stage))
                        result.Add(stage);
            }
            catch (DataVersionException error)
            {
                report(error, text);
            }
        return result;
    }

    private static IReadOnlyList<StageDefinition> Named(StageSelection selection, string text, bool recurse)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(text))
            return selection.Find(WildcardPattern.Unescape(text), recurse);
        var pattern = text.Replace('\\', '/');
        pattern = pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern;
        var matched = selection.Match(pattern, WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch, recurse);
        // The key of a group may hold brackets: then the name is one, not a pattern.
        return matched.Count > 0 ? matched : selection.Find(text, recurse);
    }
}
