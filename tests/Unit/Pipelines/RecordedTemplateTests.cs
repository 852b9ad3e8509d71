using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;
using DataVersion.Tests.Metadata;
using static DataVersion.Tests.Pipelines.RecordedTemplates;

namespace DataVersion.Tests.Pipelines;

/// <summary>The same stages, errors and warnings as DVC, for every recorded case.</summary>
public sealed class RecordedTemplateTests
{
    // A command that is a map or nothing: DVC resolves it and crashes when it runs. Here it is an error at once.
    private static readonly string[] NoCommands = ["text 28 ${m}", "text 60 ${n}"];

    private static IEnumerable<YamlMap> Cases => Of("templates").Where(test => !NoCommands.Contains(test.Text("name")));

    [Fact]
    public void ACommandThatIsNoTextIsAnError()
    {
        foreach (var test in Of("templates").Where(test => NoCommands.Contains(test.Text("name"))))
            Assert.Equal("t", Assert.Single(Resolve(test).Problems).StageName);
    }

    [Fact]
    public void StagesAreThoseOfDvc()
    {
        var wrong = new List<string>();
        foreach (var test in Cases)
        {
            var resolved = Resolve(test);
            Compare(wrong, test, "stages", Lines(test.EntriesOf("stages").Select(e => $"{e.Key}: {Dump(e.Value)}")),
                Lines(resolved.Stages.Where(stage => test["crash"] is null).Select(stage => $"{stage.Name}: {Dump(stage.Definition.Definition)}")));
            Compare(wrong, test, "uses", Lines(test.EntriesOf("uses").Select(e => $"{e.Key}: " + string.Join("; ",
                    ((YamlMap)e.Value).Entries.Select(u => $"{u.Key}: {Dump(u.Value)}")))),
                Lines(resolved.Stages.Where(stage => stage.Variables.Count > 0).Select(stage => $"{stage.Name}: " + string.Join("; ",
                    stage.Variables.Select(use => $"{use.File}: {Dump(YamlSequence.OfText(use.Keys!))}")))));
            Compare(wrong, test, "warnings", ((test["warnings"] as YamlSequence)?.Items.Count ?? 0).ToString(), resolved.Warnings.Count.ToString());
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void ErrorsAreThoseOfDvcAndHaveALine()
    {
        var wrong = new List<string>();
        foreach (var test in Cases)
        {
            var resolved = Resolve(test);
            foreach (var (key, value) in test.EntriesOf("errors"))
            {
                var error = key.AsText is "" ? resolved.Problems.FirstOrDefault()?.Error
                    : resolved.ProblemOf(key.AsText!) ?? resolved.Problems.FirstOrDefault(problem => problem.StageName is null)?.Error;
                var expected = WithoutOwnWords(((YamlScalar)value).AsText!);
                if (error is not MetadataFormatException { Line: > 0, Kind: DataErrorKind.MetadataInvalid } || !error.Message.Contains(expected, StringComparison.Ordinal))
                    wrong.Add($"{test.Text("name")}: expected {expected}, got {error?.Message}");
            }
            if (test["errors"] is null && resolved.Problems.Count > 0)
                wrong.Add($"{test.Text("name")}: {resolved.Problems[0].Error.Message}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void TheTopOfTheFileIsThatOfDvc()
    {
        var count = 0;
        foreach (var test in Cases)
        {
            var resolved = Resolve(test);
            foreach (var (section, value) in test.EntriesOf("top"))
            {
                count++;
                Assert.Equal(Dump(value), section.AsText switch
                {
                    "params" => Dump(new YamlSequence(resolved.Params)),
                    "metrics" => Dump(new YamlSequence(resolved.Metrics)),
                    "plots" => Dump(new YamlSequence(resolved.Plots)),
                    "datasets" => Dump(new YamlSequence(resolved.Datasets)),
                    _ => Dump(resolved.Artifacts),
                });
            }
        }
        Assert.True(count >= 6, $"{count} sections");
    }

    private static ResolvedPipeline Resolve(YamlMap test)
    {
        var tree = new MemoryTree();
        foreach (var (path, text) in test.EntriesOf("files"))
            tree[path.AsText!] = ((YamlScalar)text).AsText!;
        var config = test["config"] as YamlMap;
        var options = ParsingOptions.From(config?.Text("bool"), config?.Text("list")) with { WindowsQuoting = false };
        return new PipelineResolver(tree, options).Read(test.Text("path")!);
    }

    // The parser's picture of a bad expression, and Python's words about an object, are not repeated; DVC forgets to replace
    // the brackets of an index in the message about a member of a group.
    private static string WithoutOwnWords(string message) => message.Contains("ParseException", StringComparison.Ordinal)
            ? message[..(message.IndexOf(": ", StringComparison.Ordinal) + 1)]
            : message.StartsWith("'Value' object", StringComparison.Ordinal) ? "the axis 'x' must be a list, got int"
            : message.StartsWith("unable to read: 'params.yaml'", StringComparison.Ordinal) ? "'params.yaml', line"
            : message.Replace("item.a[0]", "item.a.0", StringComparison.Ordinal);

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);

    private static void Compare(List<string> wrong, YamlMap test, string what, string expected, string actual)
    {
        if (expected != actual)
            wrong.Add($"{test.Text("name")} ({what})\nexpected {expected}\nactual   {actual}\n");
    }
}
