using Xunit.Abstractions;

namespace DataVersion.Tests.Fixtures;

/// <summary>Fixture tests change the process environment: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FixtureCollection
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "Fixtures";
}

/// <summary>The harness checks itself: the listings of every unpacked archive are the recorded ones.</summary>
[Collection(FixtureCollection.Name)]
public sealed class FixtureListingTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases => [.. FixtureCase.AllNames];

    [SharedTheory("fixtures")]
    [MemberData(nameof(Cases))]
    public void Archive_holds_what_the_listings_say(string name)
    {
        var fixture = FixtureCase.Read(name);
        using var world = new FixtureWorld(fixture);
        FixtureArchive.Unpack(fixture, world.Root);
        var comparison = StateComparison.OfRecording(name);
        FixtureState.CompareEnd(fixture, world, comparison);
        comparison.Verdict(output);
    }
}
