using DataVersion.Engine.Metadata;

namespace DataVersion.Tests.Metadata;

/// <summary>Every metadata file of the recorded cases, read and written again.</summary>
public sealed class RecordedMetadataTests
{
    // People wrote files of these cases by hand, or DVC changed one that it had written and put new keys at its end.
    private static readonly string[] InAnotherOrder =
        [
            "08-granular", "09-re-add-fields", "17-switch-revisions", "19-legacy-read", "20-legacy-migrate",
            "29-import-repo", "30-import-url", "45-yaml-reading"];

    [SharedFact("fixtures")]
    public void DataFilesWrittenByDvcAreWrittenTheSameAnew()
    {
        var count = 0;
        var different = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (path, text) in MetadataFixtures.All(name => name.EndsWith(".dvc", StringComparison.Ordinal) && name != ".dvc"))
        {
            count++;
            if (YamlWriter.Write(DataFileDocument.Parse(text, path).ToNode()) != text)
                different.Add(path.Split(Path.DirectorySeparatorChar)[0]);
        }
        Assert.Equal(InAnotherOrder, different);
        Assert.True(count > 300, $"Only {count} files were found.");
    }

    [SharedFact("fixtures")]
    public void UnchangedDataFilesKeepTheirBytes()
    {
        foreach (var (path, text) in MetadataFixtures.All(name => name.EndsWith(".dvc", StringComparison.Ordinal) && name != ".dvc"))
            // Those that DVC has not touched since a person wrote them become DVC's style at the first edit.
            if (!text.Contains("    -   path") && !text.StartsWith("---", StringComparison.Ordinal))
                AssertSame(path, text, DataFileDocument.Parse(text, path).ToText());
    }

    [SharedFact("fixtures")]
    public void LockFilesAreWrittenTheSame()
    {
        var count = 0;
        foreach (var (path, text) in MetadataFixtures.All(name => name == "dvc.lock"))
        {
            count++;
            if (!text.Contains('#'))
                AssertSame(path, text, YamlWriter.Write(YamlReader.Parse(text, path)));
            foreach (var stage in LockFile.Parse(text, path).Stages)
                if (!text.Contains("\"2.0\"", StringComparison.Ordinal) && !text.Contains("# about", StringComparison.Ordinal))
                    AssertSame(path, text, LockFile.WithStage(text, stage, path));
        }
        Assert.True(count > 100, $"Only {count} files were found.");
    }

    [SharedFact("fixtures")]
    public void PipelineFilesAreRead()
    {
        // One has a command that is no text, which DVC refuses.
        foreach (var (path, text) in MetadataFixtures.All(name => name == "dvc.yaml").Where(file => !file.Text.Contains("cmd: true\n", StringComparison.Ordinal)))
            Assert.Equal(text.Contains("stages", StringComparison.Ordinal), PipelineFile.Parse(text, path).Stages.Count > 0);
    }

    private static void AssertSame(string path, string expected, string actual) =>
        Assert.True(expected == actual, $"{path}\n--- expected\n{expected}\n--- actual\n{actual}");
}
