using System.Runtime.InteropServices;

namespace DataVersion.Engine.Repositories;

/// <summary>The rules that can still match something in a folder or below it. Does not change for those who ask.</summary>
internal sealed class IgnoreFolder
{
    /// <summary>A rule on its way down; <see cref="Holds"/>: it matched a folder above, and with it all that is inside.</summary>
    private sealed record LiveRule(IgnoreRule Rule, int[] State, bool Holds)
    {
        public bool Concerns => Holds || Rule.CanEnd(State);

        public bool Matches(ReadOnlySpan<char> name, bool isDirectory) =>
            (isDirectory || !Rule.FoldersOnly) && (Holds || Rule.EndsWith(name));
    }

    private readonly LiveRule[] live;
    private readonly LiveRule[] here;
    private IgnoreFolder? latestBelow;

    private IgnoreFolder(string path, IgnoreMatch? decision, LiveRule[] live, LiveRule[]? here)
    {
        Path = path;
        Decision = decision;
        this.live = live;
        this.here = here ?? Array.FindAll(live, static rule => rule.Concerns);
    }

    /// <summary>The path from the root of the repository; empty for the root.</summary>
    public string Path { get; }

    /// <summary>The rule that decides about the folder, or about a folder above that is ignored.</summary>
    public IgnoreMatch? Decision { get; }

    /// <summary>Everything inside is ignored.</summary>
    public bool IsIgnored => Decision is { IsNegated: false };

    /// <summary>The root with its rules.</summary>
    public static IgnoreFolder Root(IEnumerable<IgnoreRule> rules) =>
        new("", null, [.. rules.Select(rule => new LiveRule(rule, rule.Start, false))], null);

    /// <summary>A folder directly in this one.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="name">Its name.</param>
    /// <param name="decision">What <see cref="Decide"/> says of it, or another reason to ignore it.</param>
    public IgnoreFolder Below(string path, ReadOnlySpan<char> name, IgnoreMatch? decision)
    {
        if (decision is { IsNegated: false })
            return new IgnoreFolder(path, decision, [], []);
        List<LiveRule>? changed = null;
        for (var i = 0; i < live.Length; i++)
        {
            var (rule, state, holds) = live[i];
            var holdsBelow = holds || rule.CanEnd(state) && rule.EndsWith(name);
            var next = holdsBelow ? [] : rule.Advance(state, name);
            if (changed is null && (!ReferenceEquals(next, state) || holds != holdsBelow) && !(holds && holdsBelow))
                changed = [.. live.AsSpan(0, i)];
            if (changed is not null && (holdsBelow || next.Length > 0))
                changed.Add(new LiveRule(rule, next, holdsBelow));
        }
        if (changed is null)
            return new IgnoreFolder(path, decision, live, here);
        // Most folders side by side lose the same anchored rules, and can share what is left.
        if (latestBelow is { } sibling && CollectionsMarshal.AsSpan(changed).SequenceEqual(sibling.live))
            return new IgnoreFolder(path, decision, sibling.live, sibling.here);
        return latestBelow = new IgnoreFolder(path, decision, [.. changed], null);
    }

    /// <summary>The same folder with the rules of its own file, which come last.</summary>
    public IgnoreFolder With(IEnumerable<IgnoreRule> rules) =>
        new(Path, Decision, [.. live, .. rules.Select(rule => new LiveRule(rule, rule.Start, false))], null);

    /// <summary>The last rule that matches a name in this folder.</summary>
    public IgnoreMatch? Decide(ReadOnlySpan<char> name, bool isDirectory)
    {
        for (var i = here.Length - 1; i >= 0; i--)
            if (here[i].Matches(name, isDirectory))
                return here[i].Rule.Match;
        return null;
    }

    /// <summary>All rules that match a name in this folder, in their order.</summary>
    public IReadOnlyList<IgnoreMatch> All(string name, bool isDirectory) =>
        [.. here.Where(rule => rule.Matches(name, isDirectory)).Select(rule => rule.Rule.Match)];
}
