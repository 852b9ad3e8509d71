using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;
using static DataVersion.Tests.Pipelines.RecordedTemplates;

namespace DataVersion.Tests.Pipelines;

public sealed class ParameterFileTests
{
    [Fact]
    public void ValuesAreThoseOfDvc()
    {
        var wrong = new List<string>();
        foreach (var test in Of("files"))
        {
            string actual;
            try
            {
                actual = Dump(ParameterFile.Parse(test.Text("text")!, test.Text("file")!));
            }
            catch (MetadataFormatException error)
            {
                actual = "error";
                Assert.True(error.Line > 0, error.Message);
                Assert.Equal(test.Text("file"), error.Path);
            }
            var expected = test["error"] is null ? Dump(test["value"]) : "error";
            if (expected != actual)
                wrong.Add($"{test.Text("file")}: {test.Text("text")}\nexpected {expected}\nactual   {actual}\n");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void KeyPathsFindWhatTheyFindInDvc()
    {
        var tree = YamlReader.Parse("a: {b: [10, {c: x}], d: {e: 1}}\nmodel: {layers: [1, 2.0]}\nx.y: 5\n3: three\nq: {aa: 1, ab: 2, b: 3}\nt: [1, 2]\n", "p");
        foreach (var test in Of("lookups"))
        {
            var key = test.Text("key")!;
            if (test["error"] is null)
                Assert.Equal($"{key}: {Dump(test["value"])}", $"{key}: {Dump(ParameterLookup.Find(tree, key, "p.yaml"))}");
            else
                Assert.Contains("'p.yaml'", Assert.Throws<DataVersionException>(() => ParameterLookup.Find(tree, key, "p.yaml")).Message);
        }
    }
}
