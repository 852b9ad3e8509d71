using DataVersion.Engine.Metadata;

namespace DataVersion.Tests.Metadata;

public sealed class DataFileDocumentTests
{
    private const string Md5 = "257eb61054495647ec7b43e5ccd95342";

    [Theory]
    [InlineData("outs:\n- path: x\n  bogus: 1\n", DataErrorKind.MetadataInvalid, 3, 3)]
    [InlineData("outs: x\n", DataErrorKind.MetadataInvalid, 1, 7)]
    [InlineData("unknown: 1\n", DataErrorKind.MetadataInvalid, 1, 1)]
    [InlineData("outs:\n- md5: " + Md5 + "\n", DataErrorKind.MetadataInvalid, 2, 3)]
    [InlineData("outs:\n- path: x\n  size: big\n", DataErrorKind.MetadataInvalid, 3, 9)]
    [InlineData("outs:\n- path: x\n  size: -1\n", DataErrorKind.MetadataInvalid, 3, 9)]
    [InlineData("outs:\n- path: x\n  cache: maybe\n", DataErrorKind.MetadataInvalid, 3, 10)]
    [InlineData("outs:\n- path: x\n  labels: a\n", DataErrorKind.MetadataInvalid, 3, 11)]
    [InlineData("- a\n", DataErrorKind.MetadataInvalid, 1, 1)]
    [InlineData("outs:\n- path: x\n  md5: 12\n", DataErrorKind.HashInvalid, 3, 8)]
    [InlineData("outs:\n- path: x\n  md5: ../../../../etc/passwd0123456789\n", DataErrorKind.HashInvalid, 3, 8)]
    [InlineData("outs:\n- path: x\n  md5: 257eb61054495647ec7b43e5ccd9534g\n", DataErrorKind.HashInvalid, 3, 8)]
    [InlineData("outs:\n- path: x\n  hash: sha256\n", DataErrorKind.HashInvalid, 3, 9)]
    [InlineData("outs:\n- path: d\n  hash: md5\n  files:\n  - relpath: ../x\n", DataErrorKind.MetadataInvalid, 5, 14)]
    public void ErrorsNameTheirPlace(string text, DataErrorKind kind, int line, int column)
    {
        var error = Assert.Throws<MetadataFormatException>(() => DataFileDocument.Parse(text, "x.dvc"));
        Assert.Equal((kind, line, column, "x.dvc"), (error.Kind, error.Line, error.Column, error.Path));
    }

    [Fact]
    public void ANewFileHasTheOrderOfDvc()
    {
        var document = DataFileDocument.CreateNew("d/run.sh.dvc", new OutputEntry
        {
            Path = "run.sh",
            Hash = ContentHash.Parse(Md5),
            Size = 14,
            IsExecutable = true,
            Description = "it's: mine",
            Labels = ["a", "b"],
            Remote = "elsewhere",
            Push = false,
        });
        document.Description = "all";
        Assert.Equal(
            $"desc: all\nouts:\n- md5: {Md5}\n  size: 14\n  isexec: true\n  hash: md5\n  path: run.sh\n  desc: \"it's: mine\"\n"
            + "  labels:\n  - a\n  - b\n  remote: elsewhere\n  push: false\n", document.ToText());
    }

    [Fact]
    public void AHashOfDigitsOnlyKeepsItsZeros()
    {
        var document = DataFileDocument.Parse("outs:\n- md5: 00000000000000000000000000000e12\n  path: x\n  hash: md5\n", "x.dvc");
        Assert.Equal("00000000000000000000000000000e12", document.Outputs[0].Hash!.Value.Hex);
        Assert.Contains("md5: '00000000000000000000000000000e12'", YamlWriter.Write(document.ToNode()));
    }

    // The recorded imports carry the checksum that DVC computed.
    [SharedFact("fixtures")]
    public void StageChecksumsAreThoseOfDvc()
    {
        var count = 0;
        foreach (var (path, text) in MetadataFixtures.All(name => name.EndsWith(".dvc", StringComparison.Ordinal) && name != ".dvc"))
        {
            var document = DataFileDocument.Parse(text, path);
            // DVC itself leaves an old checksum after "update --to-remote".
            if (document.StageHash is null)
                continue;
            Assert.True(document.IsImport, path);
            count += document.ComputeStageHash() == document.StageHash ? 1 : 0;
            Assert.True(document.ComputeStageHash() == document.StageHash, $"{path}: {document.StageHash} is not {document.ComputeStageHash()}");
        }
        Assert.True(count > 10, $"Only {count} imports were found.");
    }

    [Fact]
    public void FilesOfAVersionedRemoteMakeAManifest()
    {
        const string text = """
            outs:
            - hash: md5
              path: d
              files:
              - relpath: '1'
                md5: b026324c6904b2a9cb4b88d6d61c81d1
                size: 2
                cloud:
                  v:
                    etag: b026324c6904b2a9cb4b88d6d61c81d1
                    version_id: 456db41c-757a-483e-8ddb-26499b2f8a5a
              - relpath: 2/3
                md5: 6d7fce9fee471194aa8b5b6e47267f03
                size: 2

            """;
        var document = DataFileDocument.Parse(text, "d.dvc");
        Assert.True(document.Outputs[0].Hash!.Value.IsDirectory);
        Assert.Equal("d308bbf32b00ac4236a239537ffc4fa3.dir", document.Outputs[0].Hash!.Value.ToString());
        Assert.Equal(text, document.ToText());
        Assert.Equal(text, YamlWriter.Write(document.ToNode()));
    }

    [Fact]
    public void AStageOfDvcZeroIsAPipelineStage()
    {
        var document = DataFileDocument.Parse(
            $"md5: {Md5}\ncmd: python a.py\nwdir: ..\ndeps:\n- md5: {Md5}\n  path: a.py\nouts:\n- md5: {Md5}\n  path: m.json\n"
            + "  cache: true\n  metric: false\n  persist: false\n", "old.dvc");
        Assert.Equal("python a.py", document.Command);
        Assert.False(document.IsImport);
        Assert.Equal(ContentHashAlgorithm.Md5Dos2Unix, document.Outputs[0].Hash!.Value.Algorithm);
    }
}
