using DataVersion.Engine.Metadata;

namespace DataVersion.Tests.Metadata;

public sealed class GitIgnoreFileTests
{
    [Theory]
    [InlineData(null, "a", "/a\n")]
    [InlineData("", "a", "/a\n")]
    [InlineData("/z\n", "a", "/z\n/a\n")]
    [InlineData("/z", "a", "/z\n/a\n")]
    [InlineData("/a\n", "a", null)]
    [InlineData("/z\r\n", "a", "/z\r\n/a\r\n")]
    [InlineData(null, "we!rd*na#me?[x]", "/we\\!rd\\*na\\#me\\?\\[x\\]\n")]
    [InlineData(null, " lead", "/ lead\n")]
    [InlineData(null, "a\\b", "/a\\\\b\n")]
    [InlineData(null, "trail  ", "/trail\\ \\ \n")]
    [InlineData(null, "new\nline\r", "/new[[:cntrl:]]line[[:cntrl:]]\n")]
    public void Adding(string? text, string name, string? expected) => Assert.Equal(expected, GitIgnoreFile.Add(text, name));

    [Theory]
    [InlineData(null, "a", null)]
    [InlineData("/a\n", "a", null)]
    [InlineData("/b\n/a\n/c\n", "a", "/b\n/c\n")]
    [InlineData("/b\n  /a  \n", "a", "/b\n")]
    [InlineData("/we\\!rd\n/we!rd\n# kept\n", "we!rd", "# kept\n")]
    [InlineData("/ab\n", "a", "/ab\n")]
    [InlineData("/a\r\n/b\r\n", "a", "/b\r\n")]
    [InlineData("/trail \n/trail\\ \n/other\n", "trail ", "/other\n")]
    public void Removing(string? text, string name, string? expected) => Assert.Equal(expected, GitIgnoreFile.RemoveAll(text, [name]));

    // The .dvc files beside a recorded .gitignore name what was ignored.
    [SharedFact("fixtures")]
    public void RecordedLinesAreTheSame()
    {
        var dataFiles = MetadataFixtures.All(name => name.EndsWith(".dvc", StringComparison.Ordinal) && name != ".dvc")
            .Where(file => file.Path.StartsWith("04-", StringComparison.Ordinal)).ToLookup(file => Path.GetDirectoryName(file.Path));
        var count = 0;
        foreach (var (path, text) in MetadataFixtures.All(name => name == ".gitignore"))
            // With DVC's line for a backslash Git shows the data; ours differs on purpose.
            foreach (var file in dataFiles[Path.GetDirectoryName(path)].Where(file => !file.Path.Contains("back", StringComparison.Ordinal)))
            {
                count++;
                Assert.Contains(GitIgnoreFile.Escaped(DataFileDocument.Parse(file.Text, file.Path).Outputs[0].Path), text.Split('\n'));
            }
        Assert.True(count > 20, $"Only {count} names were found.");
    }
}
