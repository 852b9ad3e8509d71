using System.Runtime.InteropServices;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// The objects that a plan is about, each once, numbered from 0 in the order they were named: what is known of them is kept in
/// arrays by number, because there may be a million.
/// </summary>
internal sealed class PlannedObjects
{
    private readonly Dictionary<ContentHash, int> numbers = [];
    private readonly List<ContentHash> hashes = [];
    private readonly List<Need> needs = [];

    // The path is put together when it is asked for: most objects are on both sides, and nobody asks.
    private readonly record struct Need(TrackedOutput? Output, string? Inner, bool Tolerated);

    /// <summary>Number of objects.</summary>
    public int Count => hashes.Count;

    /// <summary>The names of all.</summary>
    public IReadOnlyList<ContentHash> Names => hashes;

    /// <summary>The name of an object.</summary>
    public ContentHash this[int number] => hashes[number];

    /// <summary>Makes room for more.</summary>
    public void Expect(int more)
    {
        numbers.EnsureCapacity(numbers.Count + more);
        hashes.EnsureCapacity(hashes.Count + more);
        needs.EnsureCapacity(needs.Count + more);
    }

    /// <summary>The number of an object that need not travel itself, but that others depend on.</summary>
    public int Add(ContentHash hash)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, hash, out var known);
        if (known)
            return number;
        hashes.Add(hash);
        needs.Add(default);
        return number = hashes.Count - 1;
    }

    /// <summary>The number of an object that is to be on both sides.</summary>
    /// <param name="hash">Its name.</param>
    /// <param name="output">The output that needs it; the first one that is told counts.</param>
    /// <param name="inner">Its path inside the output; null for the output itself.</param>
    /// <param name="tolerated">Nobody is surprised when it is on neither side.</param>
    public int Want(ContentHash hash, TrackedOutput output, string? inner, bool tolerated)
    {
        var number = Add(hash);
        if (!IsWanted(number))
            needs[number] = new Need(output, inner, tolerated);
        else if (!tolerated)
            needs[number] = needs[number] with { Tolerated = false };
        return number;
    }

    /// <summary>True when the object itself is to be on both sides.</summary>
    public bool IsWanted(int number) => needs[number].Output is not null;

    /// <summary>True when nobody is surprised that it is on neither side.</summary>
    public bool IsTolerated(int number) => needs[number].Tolerated;

    /// <summary>A tracked path that needs a wanted object, relative to the root.</summary>
    public string PathOf(int number) => needs[number] is { Output: { } output, Inner: var inner }
        ? inner is null ? output.Path : output.Path + "/" + inner
        : throw new ArgumentException("Nobody wants it.", nameof(number));

    /// <summary>The names of some objects.</summary>
    public ContentHash[] NamesOf(List<int> some)
    {
        var names = new ContentHash[some.Count];
        for (var i = 0; i < names.Length; i++)
            names[i] = hashes[some[i]];
        return names;
    }
}
