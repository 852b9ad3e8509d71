using DataVersion.Tests.Faults;

namespace DataVersion.Tests.Imports;

/// <summary>
/// An import and an update are killed at each place between two of their steps: no object is wrong, nothing is lost, and the same
/// command run again arrives where an undisturbed one does.
/// </summary>
public sealed class ImportKillTests
{
    private const string Source = """
        $null = [IO.Directory]::CreateDirectory("$PWD/../outside/in")
        foreach ($n in 1..3) { [IO.File]::WriteAllText("$PWD/../outside/$n.txt", "outside $n") }
        [IO.File]::WriteAllText("$PWD/../outside/in/deep", 'deep outside')

        """;

    private const string Imported = Source + """
        $null = Import-DataFile ../outside -Destination taken
        [IO.File]::WriteAllText("$PWD/../outside/1.txt", 'outside 1 has changed')
        Remove-Item ../outside/2.txt

        """;

    [Theory]
    [InlineData(Source, "Import-DataFile ../outside -Destination taken")]
    [InlineData(Imported, "Update-DataFile taken")]
    public void Killed_anywhere_the_next_run_completes(string setup, string command)
    {
        using var start = FaultScenario.Make(setup);
        using var undisturbed = start.Copy();
        var log = Path.Combine(undisturbed.Root, ".dvc", "tmp", "fault-log");
        Assert.Equal(0, HostProcess.Run(undisturbed.Root, command, ("DATAVERSION_FAULT_LOG", log)).ExitCode);
        // The steps of storing and of a checkout have tests of their own.
        var places = File.ReadAllLines(log).Distinct().Where(place => place.StartsWith("import.", StringComparison.Ordinal) || place is "checkout.folders" or "checkout.place").ToList();
        Assert.Contains("import.received", places);
        Assert.Contains("import.recorded", places);

        foreach (var place in places)
        {
            using var scenario = start.Copy();
            var before = scenario.Contents();
            Assert.True(HostProcess.Run(scenario.Root, command, ("DATAVERSION_FAULT", place)).ExitCode != 0, $"Not killed at {place}.");
            Assert.True(scenario.BadObjects() is [], $"Killed at {place}: wrong objects.");
            Assert.True(scenario.Contents().IsSupersetOf(before), $"Killed at {place}: content is lost.");

            var again = HostProcess.Run(scenario.Root, command);
            Assert.True(again.ExitCode == 0, $"Killed at {place}, then run again: {again.Output}{again.Errors}");
            Assert.Equal(undisturbed.State(), scenario.State());
        }
    }
}
