using DataVersion.Tests.Cmdlets;
using Xunit.Abstractions;

namespace DataVersion.Tests.Fixtures;

/// <summary>
/// The recorded cases of DVC, in two directions: our cmdlets carry out the steps and must arrive at the same bytes, and they
/// open what DVC left and must report what DVC reports. What is not compared is named in the output of the test.
/// </summary>
[Collection(FixtureCollection.Name)]
public sealed class FixtureReplayTests(ITestOutputHelper output)
{
    public static TheoryData<string> Replayed => [.. FixtureCase.AllNames.Where(name => FixtureScope.WhyNotReplayed(name) is null)];

    [SharedTheory("fixtures")]
    [MemberData(nameof(Replayed))]
    public void Forward_our_cmdlets_arrive_at_the_recorded_state(string name)
    {
        var fixture = FixtureCase.Read(name);
        using var world = new FixtureWorld(fixture);
        var comparison = new StateComparison(name);
        using (var session = new ModuleSession(world.Root))
            new FixtureRunner(fixture, world, session, comparison).Replay();
        FixtureState.CompareEnd(fixture, world, comparison);
        comparison.Verdict(output);
    }

    [SharedTheory("fixtures")]
    [MemberData(nameof(Replayed))]
    public void Backward_our_cmdlets_report_what_was_recorded(string name)
    {
        var fixture = FixtureCase.Read(name);
        using var world = new FixtureWorld(fixture);
        FixtureArchive.Unpack(fixture, world.Root);
        var comparison = new StateComparison(name);
        using (var session = new ModuleSession(world.Root))
        {
            var runner = new FixtureRunner(fixture, world, session, comparison);
            foreach (var repository in fixture.Repositories)
                runner.CompareReports(repository);
        }
        comparison.Verdict(output);
    }

    [SharedFact("fixtures")]
    public void Every_case_is_replayed_or_belongs_to_a_later_capability()
    {
        foreach (var name in FixtureCase.AllNames)
            if (FixtureScope.WhyNotReplayed(name) is { } reason)
                output.WriteLine($"not replayed: {name}: {reason}");
        Assert.Equal(43, FixtureCase.AllNames.Count(name => FixtureScope.WhyNotReplayed(name) is null));
    }
}
