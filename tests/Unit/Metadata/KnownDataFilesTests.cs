using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines;

namespace DataVersion.Tests.Metadata;

/// <summary>What a session remembers of .dvc files is what they say now, and they are read once per change.</summary>
public sealed class KnownDataFilesTests : IDisposable
{
    private const string First = "d3b07384d113edec49eaa6238ad5ff00", Second = "c157a79031e1c40f85931829bc5fc552";
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void ASettledFileIsReadOnce()
    {
        var tree = Tree();
        Settle(Write(First));
        Assert.Equal(First, Load(tree));
        Assert.Equal(First, Load(tree));
        Assert.Equal(1, tree.Reads);
    }

    [Fact]
    public void AFileThatWasWrittenJustNowIsReadAgain()
    {
        var tree = Tree();
        var file = Write(First);
        // As if its time lay ahead: the test must not depend on how fast it runs.
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal(First, Load(tree));
        Assert.Equal(First, Load(tree));
        Assert.Equal(2, tree.Reads);
    }

    [Fact]
    public void AChangeIsSeenThoughSizeAndTimeAreThoseOfBefore()
    {
        var tree = Tree();
        var file = Write(First);
        Settle(file);
        var time = File.GetLastWriteTimeUtc(file);
        Assert.Equal(First, Load(tree));
        if (OperatingSystem.IsLinux())
            File.WriteAllText(file, TextOf(Second)); // the same inode
        else
        {
            File.Delete(file);
            Write(Second);
            time = time.AddSeconds(1);
        }
        File.SetLastWriteTimeUtc(file, time);
        Assert.Equal(Second, Load(tree));
    }

    [Fact]
    public void AFileThatWasReplacedIsReadAgainAndOneThatIsGoneIsAnError()
    {
        var tree = Tree();
        Settle(Write(First));
        Assert.Equal(First, Load(tree));
        File.Delete(tree.File);
        Assert.Throws<FileNotFoundException>(() => Load(tree));
        Settle(Write(Second));
        Assert.Equal(Second, Load(tree));
    }

    [Fact]
    public void WhatCannotBeUnderstoodIsToldEachTime()
    {
        var tree = Tree();
        File.WriteAllText(tree.File, "outs: 7\n");
        Settle(tree.File);
        Assert.Throws<MetadataFormatException>(() => Load(tree));
        Assert.Throws<MetadataFormatException>(() => Load(tree));
        Assert.Equal(2, tree.Reads);
    }

    [Fact]
    public void TheSameTextAtAnotherPlaceTracksAnotherPath()
    {
        Settle(Write(First));
        Assert.Equal("a.bin", Index(Tree()).Outputs[0].Path);
        Assert.Equal("sub/a.bin", Index(new OneFile(scratch.Root, "sub/a.bin.dvc", null) { Text = TextOf(First), Content = "x" }).Outputs[0].Path);
    }

    [Fact]
    public void ARevisionWithTheContentOfTheWorkspaceIsNotRead()
    {
        Settle(Write(First));
        Assert.Equal(First, Load(Tree()));
        // git hash-object a.bin.dvc
        var revision = new OneFile(scratch.Root, "a.bin.dvc", null) { Text = "not looked at", Content = BlobOfFirst };
        Assert.Equal(First, Load(revision));
        Assert.Equal(0, revision.Reads);
        var other = new OneFile(scratch.Root, "a.bin.dvc", null) { Text = TextOf(Second), Content = BlobOfFirst[..39] + "x" };
        Assert.Equal(Second, Load(other));
        Assert.Equal(1, other.Reads);
    }

    private const string BlobOfFirst = "a637e5c61ee47e615324e88be130b4a7295c3713";

    private OneFile Tree() => new(scratch.Root, "a.bin.dvc", Path.Combine(scratch.Root, "a.bin.dvc"));

    private string Write(string hash)
    {
        var file = Path.Combine(scratch.Root, "a.bin.dvc");
        File.WriteAllText(file, TextOf(hash));
        return file;
    }

    // Neither of its times may be of this moment; nobody can set the second one, so it is waited for.
    private static void Settle(string file)
    {
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-1));
        while (!FileStamp.Read(file).IsSettled)
            Thread.Sleep(1);
    }

    private static string TextOf(string hash) => $"outs:\n- md5: {hash}\n  size: 4\n  hash: md5\n  path: a.bin\n";

    private static DataIndex Index(OneFile tree) => DataIndexLoader.Load(tree);

    private static string Load(OneFile tree) => Index(tree).Outputs[0].Hash!.Value.Hex;

    private sealed class OneFile(string root, string path, string? file) : IMetadataTree
    {
        public string File => file!;
        public string? Text { get; init; }
        public string? Content { get; init; }
        public int Reads { get; private set; }
        public string? RootFolder => root;

        public string? FileOf(string repositoryPath) => file;

        public string? ContentId(string repositoryPath) => Content;

        public IEnumerable<string> MetadataPaths() => [path];

        public bool Exists(string repositoryPath) => repositoryPath == path;

        public string ReadText(string repositoryPath)
        {
            Reads++;
            return Text ?? Utf8Text.Read(file!, path, DataErrorKind.MetadataInvalid);
        }
    }
}
