using DataVersion.Engine.Metadata;

namespace DataVersion.Tests.Metadata;

/// <summary>Edits of hand-written files, compared with the bytes that DVC made of them.</summary>
public sealed class RecordedEditTests
{
    [SharedFact("fixtures")]
    public void FieldsAndCommentsSurviveAddFreezeAndUnfreeze()
    {
        const string name = "09-re-add-fields";
        string Snapshot(string folder) => MetadataFixtures.Read(name, $"snapshots/{folder}.files/plain.txt.dvc");

        var text = Edit(MetadataFixtures.Written(name, "repo/plain.txt.dvc"), _ => { });
        Assert.Equal(Snapshot("1-unchanged-add"), text);
        text = Edit(text, file => Set(file.Outputs[0], "6737886bdde989dfb667e86134b68b3d", 10));
        Assert.Equal(Snapshot("2-changed-add"), text);
        text = Edit(text, file => file.Frozen = true);
        Assert.Equal(Snapshot("4-freeze"), text);
        text = Edit(text, file => file.Frozen = false);
        Assert.Equal(Snapshot("5-unfreeze"), text);
        text = Edit(text, file => file.Outputs[0].IsExecutable = true);
        Assert.Equal(Snapshot("6-executable"), text);

        // A move writes a new file: comments go, numbers and block texts become canonical.
        var document = DataFileDocument.Parse(text, "plain.txt.dvc");
        document.Outputs[0].Path = "moved.txt";
        Assert.Equal(MetadataFixtures.Read(name, "snapshots/7-move.files/moved.txt.dvc"), YamlWriter.Write(document.ToNode()));
    }

    [SharedFact("fixtures")]
    public void OrderAndIndentationOfAHandWrittenFile()
    {
        var text = Edit(MetadataFixtures.Written("09-re-add-fields", "repo/odd.txt.dvc"),
            file => Set(file.Outputs[0], "b48417d96eb65b5e740ac3950dff2ee8", 5));
        Assert.Equal(MetadataFixtures.Read("09-re-add-fields", "snapshots/2-changed-add.files/odd.txt.dvc"), text);
    }

    [SharedFact("fixtures")]
    public void SeveralOutputsInBracketsAndWithQuotedKeys()
    {
        const string name = "45-yaml-reading";
        var many = Edit(MetadataFixtures.Written(name, "repo/many.dvc"), file => (file.Outputs[1].Size, file.Outputs[1].FileCount) = (4, 2));
        Assert.Equal(MetadataFixtures.Read(name, "snapshots/1-committed.files/many.dvc"), many);
        many = Edit(many, file => Set(file.Outputs[0], "07a83dea7a789ff74e78a885c64875b9", 12));
        Assert.Equal(MetadataFixtures.Read(name, "snapshots/2-added.files/many.dvc"), many);
        many = Edit(many, file => file.Frozen = true);
        Assert.Equal(MetadataFixtures.Read(name, "snapshots/5-frozen.files/many.dvc"), many);

        var extra = Edit(MetadataFixtures.Written(name, "repo/extra.dvc"), file => (file.Outputs[0].Size, file.Outputs[1].Size) = (6, 5));
        Assert.Equal(MetadataFixtures.Read(name, "snapshots/1-committed.files/extra.dvc"), extra);
        extra = Edit(extra, file => (file.Frozen, _) = (false, Set(file.Outputs[0], "48efcaecba182238e374de731f1b408c", 14)));
        Assert.Equal(MetadataFixtures.Read(name, "snapshots/4-unfrozen.files/extra.dvc"), extra);
    }

    [SharedFact("fixtures")]
    public void LegacyEntriesGetTheirAlgorithmAtTheEnd()
    {
        var text = Edit(MetadataFixtures.Read("19-legacy-read", "snapshots/1-start.files/tree.dvc"), file =>
        {
            Assert.Equal(ContentHashAlgorithm.Md5Dos2Unix, file.Outputs[0].Hash!.Value.Algorithm);
            file.Outputs[0].FileCount = 5;
            Set(file.Outputs[0], "840aa34ff61f7faef5be13f16c5abdc7.dir", 15);
        });
        Assert.Equal(MetadataFixtures.Read("19-legacy-read", "snapshots/5-upgraded.files/tree.dvc"), text);
    }

    [SharedFact("fixtures")]
    public void MigratedLockFile()
    {
        var old = MetadataFixtures.Read("20-legacy-migrate", "snapshots/1-start.files/dvc.lock");
        var migrated = MetadataFixtures.Read("20-legacy-migrate", "snapshots/3-dvc-files.files/dvc.lock");
        var stage = LockFile.Parse(old, "dvc.lock").FindStage("up")!;
        foreach (var (entry, wanted) in stage.Outputs.Concat(stage.Dependencies)
            .Zip(LockFile.Parse(migrated, "dvc.lock").Stages[0] is var target ? target.Outputs.Concat(target.Dependencies) : []))
            entry.Hash = wanted.Hash;
        Assert.Equal(migrated, LockFile.WithStage(old, stage));
    }

    [SharedFact("fixtures")]
    public void CommentsOfOtherStagesSurviveInALockFile()
    {
        const string name = "21-yaml-edits";
        var final = LockFile.Parse(MetadataFixtures.Read(name, "snapshots/5-repro-frozen.files/dvc.lock"), "dvc.lock");
        var text = MetadataFixtures.Read(name, "snapshots/4-freeze.files/dvc.lock");
        text = LockFile.WithStage(text, final.FindStage("first")!);
        text = LockFile.WithStage(text, final.FindStage("fourth")!);
        Assert.Equal(MetadataFixtures.Read(name, "snapshots/5-repro-frozen.files/dvc.lock"), text);
    }

    [SharedTheory("fixtures")]
    [InlineData("2-stage-add", "1-repro")]
    [InlineData("3-stage-add-force", "2-stage-add")]
    [InlineData("4-freeze", "3-stage-add-force")]
    [InlineData("6-unfreeze", "5-repro-frozen")]
    [InlineData("8-remove", "7-repro")]
    [InlineData("9-stage-add-metrics", "8-remove")]
    public void PipelineWithCommentsBracketsAndBlocks(string after, string before)
    {
        var wanted = MetadataFixtures.Read("21-yaml-edits", $"snapshots/{after}.files/dvc.yaml");
        var desired = (YamlMap)YamlCopy.WithoutLook(YamlReader.Parse(wanted, "dvc.yaml"));
        Assert.Equal(wanted, YamlEditor.Update(MetadataFixtures.Read("21-yaml-edits", $"snapshots/{before}.files/dvc.yaml"), desired));
    }

    private static string Edit(string text, Action<DataFileDocument> change)
    {
        var document = DataFileDocument.Parse(text, "test.dvc");
        change(document);
        return document.ToText();
    }

    private static bool Set(OutputEntry entry, string hash, long size)
    {
        (entry.Hash, entry.Size) = (ContentHash.Parse(hash), size);
        return true;
    }
}
