using System.Management.Automation;
using System.Text.Json.Nodes;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Fixtures;

/// <summary>Carries out the steps of a case with our cmdlets in place of <c>dvc</c>, and compares what each of them says.</summary>
internal sealed class FixtureRunner(FixtureCase fixture, FixtureWorld world, ModuleSession session, StateComparison comparison)
{
    /// <summary>All steps, with the snapshots between them.</summary>
    public void Replay()
    {
        foreach (var step in fixture.Steps)
        {
            try
            {
                Execute(step);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                // What an earlier step should have left is not there: the rest would only repeat it.
                comparison.Add(step.ToString(), $"could not be carried out; the replay ends here.\n{error.Message}");
                return;
            }
        }
    }

    /// <summary>Asks for the reports of a repository that we have, and compares them as data.</summary>
    public void CompareReports(string repository)
    {
        var folder = Path.Combine(fixture.Folder, fixture.ExpectedFolder(repository));
        foreach (var report in JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "reports.json")))!.AsArray())
        {
            var file = report!["file"]!.GetValue<string>();
            string[] arguments = [.. report["argv"]!.AsArray().Select(word => word!.GetValue<string>())];
            if (arguments[0] != "dvc")
                continue;
            var item = $"{repository}: {file}";
            DvcCommand command;
            try
            {
                command = DvcCommandLine.Translate(arguments[1..], world.At(repository));
            }
            catch (NotSupportedException reason)
            {
                comparison.Note(item, reason.Message);
                continue;
            }
            if (command is { Json: null, Output: null })
            {
                comparison.Note(item, "the report is prose, or belongs to a later capability.");
                continue;
            }
            if (comparison.DeviationOf(item) is { Ours: null, Look: null })
                continue;
            var recorded = Path.Combine(folder, file);
            Judge(item, string.Join(' ', arguments), command, Call(command, repository), report["exit"]!.GetValue<int>(), File.Exists(recorded) ? File.ReadAllText(recorded) : "");
        }
    }

    private void Execute(FixtureStep step)
    {
        if (step.Date.Length > 0)
            world.SetDate(step.Date);
        foreach (var (name, value) in step.Environment)
            world.Set(name, value.Replace("@ROOT@", world.Root));
        if (step.IsDvc)
            RunDvc(step);
        else if (step.IsGit)
            RunGit(step);
        else if (step.Json.TryGetProperty("snapshot", out _))
            FixtureState.CompareSnapshot(fixture, world, step, comparison);
        else
            StepActions.Execute(step.Json, world);
    }

    private void RunDvc(FixtureStep step)
    {
        var item = $"steps[{step.Index}]";
        if (FixtureScope.SubstitutionOf(fixture.Name, step.Index) is { } substitution)
        {
            foreach (var effect in substitution.Effects)
                effect.Apply(fixture, world);
            comparison.Note($"{item} {Title(step)}", substitution.Reason);
            return;
        }
        if (comparison.DeviationOf(item) is { Ours: null, Look: null })
            return;
        string[] words = [.. step.Arguments.Skip(1).Select(word => word.Replace("@ROOT@", world.Root))];
        var command = DvcCommandLine.Translate(words, world.At(step.Folder));
        Judge(item, Title(step), command, Call(command, step.Folder), step.Exit, step.Output);
    }

    private void RunGit(FixtureStep step)
    {
        var (exit, output, error) = world.Run(step.Folder, step.Arguments.Select(word => word.Replace("@ROOT@", world.Root)));
        var item = $"steps[{step.Index}]";
        if (exit != step.Exit && comparison.DeviationOf(item + ".exit") is null)
            comparison.Add($"{item} {Title(step)}", $"exit status {exit}, recorded {step.Exit}\n{error}");
        comparison.Compare(item + ".output", step.Output, RecordedText.Tokens(output, world.Root), Title(step));
    }

    private (List<object> Output, List<string> Errors) Call(DvcCommand command, string folder)
    {
        session.SetLocation(world.At(folder));
        var output = new List<object>();
        foreach (var call in command.Calls)
        {
            var result = session.Invoke("& $fixtureCommand @fixtureParameters", ("fixtureCommand", call.Name), ("fixtureParameters", call.Parameters));
            output.AddRange(result.Output.Where(found => found is not null).Select(found => found.BaseObject));
            if (result.Errors.Count > 0)
                return (output, [.. result.Errors.Select(error => $"{error.FullyQualifiedErrorId}: {error}{Internal(error.Exception)}")]);
        }
        return (output, []);
    }

    private void Judge(
        string item, string title, DvcCommand command, (List<object> Output, List<string> Errors) result, int exit, string recorded)
    {
        var ours = result.Errors.Count > 0 ? 1 : command.Exit?.Invoke(result.Output) ?? 0;
        if (exit == 0 != (ours == 0) && comparison.DeviationOf(item + ".exit") is null)
            comparison.Add($"{item} {title}", $"exit status {ours}, recorded {exit}: {string.Join(" | ", command.Calls.Select(call => call.ToString()))}\n"
                + string.Join('\n', result.Errors));
        if ((exit != 0 || ours != 0) && !command.ComparesFailures)
            return;
        if (command.Json is { } json)
        {
            var (theirs, mine) = (JsonComparison.Parse(recorded), json(result.Output));
            if (command.Comparable is { } comparable && theirs is not null)
                (mine, theirs) = comparable(mine, theirs);
            comparison.Compare((item.EndsWith(".json", StringComparison.Ordinal) ? item : item + ".json"), JsonComparison.Lines(theirs), JsonComparison.Lines(mine), title);
        }
        else if (command.Output is { } text)
            comparison.Compare(item + ".output", DvcText.Normal(command.Recorded?.Invoke(recorded) ?? recorded), DvcText.Normal(RecordedText.Tokens(text(result.Output), world.Root).Replace(world.Home, RecordedText.Home)), title);
    }

    private static string Title(FixtureStep step) => $"({step.Folder}) {string.Join(' ', step.Arguments)}";

    // What is no exception of ours or PowerShell's is a crash, and then the place matters.
    private static string Internal(Exception? error) => error is null or DataVersionException or RuntimeException
        ? ""
        : "\n" + string.Join('\n', error.ToString().Split('\n').Take(12));
}
