using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine.Git;
using DataVersion.Engine.Objects;

namespace DataVersion.Tests.Git;

/// <summary>Merges that real DVC has made (fixture 42-merge-driver) and the ones it refuses.</summary>
public sealed class MergeDriverTests
{
    private readonly Dictionary<ContentHash, Manifest> manifests = [];
    private readonly Dictionary<ContentHash, long> sizes = [];

    private static readonly Dictionary<string, string> Base = new() { ["1"] = "base 1\n", ["2"] = "base 2\n", ["3"] = "base 3\n", ["s/4"] = "base s/4\n" };

    private string Version(string name) => name switch
    {
        "base" => Text(Base),
        "ours" => Text(Base, ("ours", "ours\n"), ("s/ours", "ours\n")),
        "theirs" => Text(Base, ("theirs", "theirs\n"), ("s/theirs", "theirs\n")),
        "changes" => Text(Base, ("1", "changed\n"), ("2", null)),
        "changes2" => Text(Base, ("1", "changed otherwise\n")),
        "removes" => Text(Base, ("2", null)),
        "same" => Text(Base, ("ours", "ours\n")),
        "clash" => Text(Base, ("ours", "not ours\n")),
        "empty" => "",
        _ => throw new ArgumentException(name),
    };

    [SharedTheory("fixtures")]
    [InlineData("base", "ours", "theirs", "1-ours-theirs")]
    [InlineData("base", "ours", "changes", "2-ours-changes")]
    [InlineData("base", "ours", "same", "3-ours-same")]
    [InlineData("base", "changes2", "removes", "9-changes2-removes")]
    [InlineData("empty", "ours", "theirs", "10-empty-ancestor")]
    public void The_result_is_byte_for_byte_that_of_DVC(string ancestor, string ours, string theirs, string snapshot)
    {
        var outcome = Merge(Version(ancestor), Version(ours), Version(theirs));
        Assert.Equal(Expected(snapshot), outcome.Text);
        if (outcome.Manifest is { } made)
            Assert.Contains(made.Hash.ToString(), outcome.Text);
    }

    [Theory]
    [InlineData("ours", "clash", "ours")]
    [InlineData("changes", "changes2", "1")]
    [InlineData("changes", "removes", "2")] // both delete it
    public void What_DVC_leaves_to_a_person_names_the_paths(string ours, string theirs, string path)
    {
        var error = Assert.Throws<MergeConflictException>(() => Merge(Version("base"), Version(ours), Version(theirs)));
        Assert.Equal([path], error.Paths);
        Assert.Contains($"'{path}'", error.Message);
        Assert.Contains("data.dvc", error.Message);
    }

    [Fact]
    public void When_one_side_did_not_change_the_other_one_is_taken_and_nothing_is_stored()
    {
        foreach (var other in (string[])["ours", "changes", "removes"])
        {
            Assert.Equal(new MergeOutcome(Version(other), null), Merge(Version("base"), Version("base"), Version(other)));
            Assert.Equal(new MergeOutcome(Version(other), null), Merge(Version("base"), Version(other), Version("base")));
        }
    }

    [Fact]
    public void An_empty_side_gives_way()
    {
        Assert.Equal(Version("theirs"), Merge(Version("base"), "", Version("theirs")).Text);
        Assert.Equal(Version("ours"), Merge(Version("base"), Version("ours"), "").Text);
    }

    [Fact]
    public void Comments_of_our_side_stay()
    {
        var ours = "# mine\n" + Version("ours").Replace("path: data", "path: data # the data");
        var text = Merge(Version("base"), ours, Version("theirs")).Text;
        Assert.StartsWith("# mine\n", text);
        Assert.Contains("path: data # the data", text);
        Assert.Contains("nfiles: 8", text);
    }

    [Fact]
    public void Different_options_files_and_imports_are_refused()
    {
        var described = Version("ours") + "  desc: described\n";
        Assert.Contains("different options", Refusal(Version("base"), described, Version("theirs")));
        const string File = "outs:\n- md5: d8e8fca2dc0f896fd7cb4cb0031ba249\n  size: 5\n  hash: md5\n  path: file.txt\n";
        Assert.Contains("does not track a folder", Refusal(File, File.Replace('8', '9'), File.Replace('8', '7')));
        Assert.Contains("different kinds of hashes", Refusal(Version("base"), Version("ours"), Version("theirs").Replace("  hash: md5\n", "")));
        var import = "deps:\n- path: ../elsewhere\n  md5: d8e8fca2dc0f896fd7cb4cb0031ba249\n  hash: md5\n" + Version("theirs");
        Assert.Contains("Add-DataFile", Refusal(Version("base"), Version("ours"), import));

        string Refusal(string ancestor, string ours, string theirs)
        {
            var error = Assert.Throws<MergeConflictException>(() => Merge(ancestor, ours, theirs));
            Assert.Empty(error.Paths);
            return error.Message;
        }
    }

    [Fact]
    public void A_file_on_one_side_and_a_folder_on_the_other_do_not_fit()
    {
        var error = Assert.Throws<MergeConflictException>(() =>
            Merge(Version("base"), Text(Base, ("new", "x")), Text(Base, ("new/deep/file", "y"))));
        Assert.Equal(["new/deep/file"], error.Paths);
        var moved = Merge(Version("base"), Text(Base, ("1", null), ("1/a", "x")), Text(Base, ("z", "y")));
        Assert.Equal(["1/a", "2", "3", "s/4", "z"], moved.Manifest!.List.Select(e => e.Path));
    }

    [Fact]
    public void Without_the_size_of_every_object_none_is_written_and_without_a_manifest_nothing_is_merged()
    {
        var (ancestor, ours, theirs) = (Version("base"), Version("ours"), Version("theirs"));
        sizes.Remove(Hash("theirs\n"));
        var text = Merge(ancestor, ours, theirs).Text;
        Assert.DoesNotContain("size", text);
        Assert.Contains("nfiles: 8", text);
        manifests.Remove(manifests.Single(m => theirs.Contains(m.Key.ToString())).Key);
        var error = Assert.Throws<DataVersionException>(() => Merge(ancestor, ours, theirs));
        Assert.Equal(DataErrorKind.ObjectMissing, error.Kind);
    }

    private MergeOutcome Merge(string ancestor, string ours, string theirs) => MergeDriver.Merge("data.dvc", ancestor, ours, theirs,
        hash => manifests.GetValueOrDefault(hash), hash => sizes.TryGetValue(hash, out var size) ? size : null);

    private string Text(Dictionary<string, string> files, params (string Path, string? Content)[] changes)
    {
        files = new Dictionary<string, string>(files);
        foreach (var (path, content) in changes)
            if (content is null)
                files.Remove(path);
            else
                files[path] = content;
        var manifest = Manifest.Create(files.Select(f => new ManifestEntry(f.Key, Hash(f.Value))));
        manifests[manifest.Hash] = manifest;
        foreach (var content in files.Values)
            sizes[Hash(content)] = content.Length;
        return $"outs:\n- md5: {manifest.Hash}\n  size: {files.Values.Sum(c => c.Length)}\n  nfiles: {files.Count}\n  hash: md5\n  path: data\n";
    }

    private static ContentHash Hash(string content) => new(MD5.HashData(Encoding.UTF8.GetBytes(content)));

    private static string Expected(string snapshot) =>
        File.ReadAllText(Shared.Find($"fixtures/42-merge-driver/expected/snapshots/{snapshot}.files/data.dvc"));
}
