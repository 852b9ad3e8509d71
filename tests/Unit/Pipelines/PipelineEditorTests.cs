using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines;
using FsCheck;
using FsCheck.Fluent;

namespace DataVersion.Tests.Pipelines;

public sealed class PipelineEditorTests
{
    private const string Personal = """
        # Our pipeline
        vars:
            - n: 1   # odd indentation

        stages:
            # first of all
            a:
                cmd: "echo  'a'"   # quoted
                deps:
                -   x    # why x

                -   "y"
                outs:
                - o

            # about b
            b: &b
                cmd: |
                    one
                      two

                outs: [p, q]

        # metrics below
        metrics: [m.json]
        """;

    private static YamlMap Definition(string text) => (YamlMap)YamlReader.Parse(text, "f");

    [Fact]
    public void A_stage_comes_behind_the_others_and_no_other_line_changes()
    {
        var edited = PipelineEditor.WithStage(Personal, "c", Definition("{cmd: x, deps: [d]}"), "dvc.yaml");

        Assert.Equal(Personal.Replace("        outs: [p, q]\n", "        outs: [p, q]\n    c:\n      cmd: x\n      deps:\n      - d\n"), edited);
        Assert.Equal(Personal, PipelineEditor.WithoutStages(edited, new HashSet<string> { "c" }, "dvc.yaml"));
    }

    [Fact]
    public void Only_what_differs_of_a_replaced_stage_is_written()
    {
        var edited = PipelineEditor.WithStage(Personal, "a", Definition("{cmd: new, deps: [w, x, 'y'], always_changed: true}"), "dvc.yaml");

        Assert.Equal(Personal.Replace("\"echo  'a'\"   #", "new   #").Replace("        -   x    # why", "        - w\n        -   x    # why")
            .Replace("        outs:\n        - o\n\n", "        always_changed: true\n\n"), edited);
    }

    [Fact]
    public void Freezing_and_thawing_leaves_no_trace()
    {
        var frozen = PipelineEditor.WithFrozen(Personal, ["a", "b"], true, "dvc.yaml");

        Assert.Equal(Personal.Replace("        - o\n", "        - o\n        frozen: true\n").Replace("        outs: [p, q]\n", "        outs: [p, q]\n        frozen: true\n"), frozen);
        Assert.Equal(Personal, PipelineEditor.WithFrozen(frozen, ["a", "b"], false, "dvc.yaml"));
    }

    [Theory]
    // No file, no stages, no end of line, other line ends, a mark at the start.
    [InlineData("", "stages:\n  c:\n    cmd: x\n")]
    [InlineData("# only this\n", "# only this\nstages:\n  c:\n    cmd: x\n")]
    [InlineData("vars: [p.yaml]", "vars: [p.yaml]\nstages:\n  c:\n    cmd: x\n")]
    [InlineData("stages:   # none yet\n# end\n", "stages: # none yet\n  c:\n    cmd: x\n# end\n")]
    [InlineData("stages: {}\nvars: []\n", "stages:\n  c:\n    cmd: x\nvars: []\n")]
    [InlineData("stages:\r\n  a:\r\n    cmd: 'y'\r\n", "stages:\r\n  a:\r\n    cmd: 'y'\r\n  c:\r\n    cmd: x\r\n")]
    [InlineData("\uFEFFstages:\n  a: {cmd: y}\n", "\uFEFFstages:\n  a: {cmd: y}\n  c:\n    cmd: x\n")]
    // What is in brackets is written anew, and stays in brackets.
    [InlineData("stages: {a: {cmd: y}} # all\n", "stages: {a: {cmd: y}, c: {cmd: x}} # all\n")]
    public void A_stage_finds_its_place_in_any_file(string before, string after) =>
        Assert.Equal(after, PipelineEditor.WithStage(before, "c", Definition("cmd: x"), "dvc.yaml"));

    [Fact]
    public void A_stage_that_others_refer_to_does_not_take_them_along()
    {
        const string text = "stages:\n  a: &a\n    cmd: x\n    outs: &o [p]\n  b:\n    <<: *a\n    outs: [q]\n  c:\n    cmd: z\n    deps: *o\n";

        var edited = PipelineEditor.WithoutStages(text, new HashSet<string> { "a" }, "dvc.yaml")!;
        var frozen = PipelineEditor.WithFrozen(text, ["b"], true, "dvc.yaml");

        Assert.True(YamlNode.SameValue(Definition("stages: {b: {cmd: x, outs: [q]}, c: {cmd: z, deps: [p]}}"), YamlReader.Parse(edited, "f")), edited);
        Assert.Equal(text.Replace("    outs: [q]\n", "    outs: [q]\n    frozen: true\n"), frozen);
    }

    [Fact]
    public void The_file_goes_with_its_last_stage_unless_something_else_is_in_it()
    {
        Assert.Null(PipelineEditor.WithoutStages("# c\nstages:\n  a:\n    cmd: x\n", new HashSet<string> { "a" }, "dvc.yaml"));
        Assert.Null(PipelineEditor.WithoutStages("schema: '2.0'\nstages:\n  a:\n    cmd: x\n", new HashSet<string> { "a" }, "dvc.lock"));
        Assert.Equal("metrics: [m]  # m\n", PipelineEditor.WithoutStages("stages:\n  a:\n    cmd: x\nmetrics: [m]  # m\n", new HashSet<string> { "a" }, "dvc.yaml"));
    }

    [Fact]
    public void Any_edit_of_any_file_means_what_was_asked_and_keeps_all_other_lines() => Prop.ForAll(Files(), file =>
    {
        var old = (YamlMap)YamlReader.Parse(file, "dvc.yaml");
        var names = ((YamlMap)old["stages"]!).Entries.Select(entry => entry.Key.SourceText).ToArray();

        var added = PipelineEditor.WithStage(file, "new", Definition("{cmd: \"a: b #c\", deps: [d, e], outs: [{f: {cache: false}}]}"), "dvc.yaml");
        Assert.Equal(file, PipelineEditor.WithoutStages(added, new HashSet<string> { "new" }, "dvc.yaml"));
        var frozen = PipelineEditor.WithFrozen(file, [names[0]], true, "dvc.yaml");
        Assert.Equal(file, PipelineEditor.WithFrozen(frozen, [names[0]], false, "dvc.yaml"));

        foreach (var edited in new[] { added, frozen })
        {
            var left = new Queue<string>(edited.Split('\n'));
            foreach (var line in file.Split('\n'))
            {
                while (left.Count > 0 && left.Peek() != line)
                    left.Dequeue();
                Assert.True(left.TryDequeue(out _), $"'{line}' is gone from\n{edited}");
            }
        }
        if (PipelineEditor.WithoutStages(file, names.Take(1).ToHashSet(), "dvc.yaml") is { } rest)
            Assert.Equal(names.Skip(1), ((YamlReader.Parse(rest, "dvc.yaml") as YamlMap)!["stages"] as YamlMap)?.Entries.Select(entry => entry.Key.SourceText) ?? []);
    }).QuickCheckThrowOnFailure();

    // Files as people write them: other indentation, comments and blank lines anywhere, brackets, quotes, block texts.
    private static Arbitrary<string> Files()
    {
        var noise = Gen.Elements("", "", "", "\n", "{0}# a note\n", "# at the margin\n", "\n{0}# after a gap: x\n");
        var tail = Gen.Elements("", "", "   # behind", "  ");
        return (
            from step in Gen.Elements(2, 4, 3)
            from head in Gen.Elements("", "# head\n", "---\n", "vars:\n- a: 1\n\n")
            from count in Gen.Choose(1, 5)
            from stages in Gen.CollectToArray(Enumerable.Range(0, count), i =>
                from before in noise
                from command in Gen.Elements("cmd: echo one", "cmd: 'it''s'", "cmd: |\n{1}{0}one\n\n{1}{0}  # two\n{1}{0}three", "cmd: >-\n{1}{0}folded\n{1}{0}text", "cmd:\n{1}- a\n{1}- \"b # c\"")
                from inner in noise
                from list in Gen.Elements("", "deps: [a, 'b']", "deps:\n{1}-   a{2}\n{1}- b", "outs:\n{1}- o:\n{1}    cache: false\n{1}# between\n{1}- p")
                from behind in tail
                from last in noise
                let indent = new string(' ', step)
                let deeper = new string(' ', 2 * step)
                let body = new[] { command, list }.Where(part => part.Length > 0).Select(part => deeper + part.Replace("{0}", indent).Replace("{1}", deeper).Replace("{2}", behind) + "\n")
                select before.Replace("{0}", indent) + $"{indent}s{i}:{behind}\n" + string.Join(inner.Replace("{0}", deeper), body) + last.Replace("{0}", indent))
            from foot in Gen.Elements("", "\n# the end\n", "metrics: [m]\n")
            select head + "stages:\n" + string.Concat(stages) + foot).ToArbitrary();
    }
}
