using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;
using DataVersion.Tests.Fixtures;
using DataVersion.Tests.Metadata;
using FsCheck.Xunit;
using static DataVersion.Tests.Pipelines.RecordedTemplates;

namespace DataVersion.Tests.Pipelines;

public sealed class ResolverTests
{
    /// <summary>In the finished repositories every stage that DVC ran and that still exists has the command that DVC recorded.</summary>
    [SharedFact("fixtures")]
    public void CommandsAreThoseThatDvcRan()
    {
        var same = new List<string>();
        foreach (var name in (string[])["33-foreach-matrix", "34-templating", "35-params-files"])
        {
            using var scratch = new ScratchFolder();
            var fixture = FixtureCase.Read(name);
            FixtureArchive.Unpack(fixture, scratch.Root, path => !path.Contains("/.git/") && !path.Contains("/.dvc/cache/"));
            var repository = Path.Combine(scratch.Root, fixture.Repositories[0]);
            var tree = new MemoryTree();
            foreach (var file in Directory.EnumerateFiles(repository, "*", SearchOption.AllDirectories))
                if (Path.GetExtension(file) is ".yaml" or ".json" or ".toml" or ".py")
                    tree[Path.GetRelativePath(repository, file).Replace('\\', '/')] = File.ReadAllText(file);
            var options = name == "34-templating" ? ParsingOptions.From("boolean_optional", "append") : ParsingOptions.Default;
            var resolved = new PipelineResolver(tree, options with { WindowsQuoting = false }).Read("dvc.yaml");
            resolved.ThrowIfFailed();
            foreach (var locked in LockFile.Parse(File.ReadAllText(Path.Combine(repository, "dvc.lock")), "dvc.lock").Stages)
                if (resolved.FindStage(locked.Name) is { } stage)
                {
                    Assert.Equal(Dump(locked.Command), Dump(stage.Definition.Command));
                    same.Add(stage.Name);
                }
        }
        Assert.Contains("grid@rnn-cfg1-9", same);
        Assert.Contains("var@True", same);
        Assert.Contains("unpack", same);
        Assert.True(same.Count > 25, string.Join(' ', same));
    }

    [Property]
    public void AnyTextComesThroughAsItIs(string? text)
    {
        var value = (text ?? "").Replace("\\${", "");
        var context = new TemplateContext(new ParameterFiles(new MemoryTree()));
        context.AddVars([new YamlMap { ["v"] = new YamlScalar(value) }], "", null);
        var interpolation = new Interpolation(context, ParsingOptions.Default, null);
        Assert.Equal(value, ((YamlScalar)interpolation.Resolve(new YamlScalar("${v}"), "cmd")).AsText);
        Assert.Equal($"<{value}>", ((YamlScalar)interpolation.Resolve(new YamlScalar("<${v}>"), "cmd")).AsText?.Replace("\\${", "${"));
    }

    [Property]
    public void ATextWithoutTemplatesStaysTheSameObject(string? text)
    {
        var node = new YamlScalar((text ?? "").Replace("${", "$"));
        Assert.Same(node, new Interpolation(new TemplateContext(new ParameterFiles(new MemoryTree())), ParsingOptions.Default, null).Resolve(node, "cmd"));
    }

    [Property]
    public void EscapedTemplatesAreText(FsCheck.NonEmptyString text)
    {
        var inner = text.Get.Replace("$", "").Replace("\\", "");
        var resolved = new Interpolation(new TemplateContext(new ParameterFiles(new MemoryTree())), ParsingOptions.Default, null)
            .Resolve(new YamlScalar("\\${" + inner + "}"), "cmd");
        Assert.Equal("${" + inner + "}", ((YamlScalar)resolved).AsText);
    }

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain", "plain")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("c:\\dir\\", "c:\\dir\\")]
    [InlineData("c:\\my dir\\", "\"c:\\my dir\\\\\"")]
    [InlineData("x\\\"y z", "\"x\\\\\\\"y z\"")]
    public void WindowsArgumentsAreQuotedForItsPrograms(string text, string expected) =>
        Assert.Equal(expected, CommandOptions.Quote(text, forWindows: true));

    [Fact]
    public void TwoThousandStagesShareOneReadingOfTheirParameters()
    {
        var tree = new CountingTree { ["params.yaml"] = "a: 1\n" };
        var stages = string.Concat(Enumerable.Range(0, 10).Select(i => $"  s{i}:\n    cmd: e ${{a}} {i}\n    outs: ['o{i}-${{a}}']\n"));
        for (var i = 0; i < 200; i++)
            tree[$"d{i}/dvc.yaml"] = $"vars: [../params.yaml]\nstages:\n{stages}";
        var resolver = new PipelineResolver(tree);
        var resolved = Enumerable.Range(0, 200).Select(i => resolver.Read($"d{i}/dvc.yaml")).ToArray();
        Assert.Equal(2000, resolved.Sum(file => file.Stages.Count));
        Assert.Equal("e 1 9", resolved[^1].Stages[^1].Definition.Command.ToString());
        Assert.Equal("params.yaml: a", string.Join(' ', resolved[0].Variables.Select(use => $"{use.File}: {string.Join(' ', use.Keys!)}")));
        Assert.Equal(1, tree.ReadsOf("params.yaml"));
    }

    private sealed class CountingTree : Dictionary<string, string>, IMetadataTree
    {
        private readonly Dictionary<string, int> reads = [];

        public IEnumerable<string> MetadataPaths() => Keys;

        public string ReadText(string repositoryPath)
        {
            reads[repositoryPath] = ReadsOf(repositoryPath) + 1;
            return this[repositoryPath];
        }

        public bool Exists(string repositoryPath) => ContainsKey(repositoryPath);

        public int ReadsOf(string path) => reads.GetValueOrDefault(path);
    }
}
