using DataVersion.Engine.Pipelines;

namespace DataVersion.Tests.Pipelines;

public sealed class StageSelectionTests
{
    private static readonly StageSet Set = new(
    [
        .. Stages.Set(
            ("dvc.yaml", "stages:\n  prep:\n    cmd: x\n    outs: [clean]\n  train:\n    cmd: x\n    outs: [model.bin]\n"),
            ("raw.dvc", "outs:\n- path: raw\n"),
            ("sub/deep/x.dvc", "outs:\n- path: x\n"),
            ("sub/dvc.yaml", "stages:\n  train:\n    cmd: x\n    outs: [m.bin]\n")).Stages,
        Member("a"), Member("b"),
    ]);

    [Theory]
    [InlineData("", "train", "train")]
    [InlineData("sub", "train", "sub/dvc.yaml:train")]
    [InlineData("sub", "../dvc.yaml:train", "train")]
    [InlineData("", "./sub/dvc.yaml:train", "sub/dvc.yaml:train")]
    [InlineData("", "sub/dvc.yaml", "sub/dvc.yaml:train sub/dvc.yaml:each@a sub/dvc.yaml:each@b")]
    [InlineData("sub", "each", "sub/dvc.yaml:each@a sub/dvc.yaml:each@b")]
    [InlineData("sub", "each@b", "sub/dvc.yaml:each@b")]
    [InlineData("", "raw.dvc", "raw.dvc")]
    [InlineData("sub/deep", "../../raw.dvc", "raw.dvc")]
    [InlineData("", "raw", "raw.dvc")]
    [InlineData("", "clean/part/one.csv", "prep")]
    [InlineData("sub", "../model.bin", "train")]
    [InlineData("sub", "m.bin", "sub/dvc.yaml:train")]
    public void A_name_means_what_DVC_takes_it_for(string folder, string name, string expected) =>
        Assert.Equal(expected, string.Join(' ', new StageSelection(Set, folder).Find(name).Addresses()));

    [Theory]
    [InlineData("", "sub", "sub/deep/x.dvc sub/dvc.yaml:train sub/dvc.yaml:each@a sub/dvc.yaml:each@b")]
    [InlineData("sub", ".", "sub/deep/x.dvc sub/dvc.yaml:train sub/dvc.yaml:each@a sub/dvc.yaml:each@b")]
    [InlineData("sub", "deep/", "sub/deep/x.dvc")]
    public void A_folder_means_everything_in_it_when_asked_for(string folder, string name, string expected)
    {
        var selection = new StageSelection(Set, folder);

        Assert.Equal(expected, string.Join(' ', selection.Find(name, recurse: true).Addresses()));
        Assert.Throws<DataVersionException>(() => selection.Find(name));
    }

    [Fact]
    public void Without_a_name_the_file_of_the_folder_is_meant()
    {
        Assert.Equal(["prep", "train"], new StageSelection(Set).Default(recurse: false).Addresses());
        Assert.Empty(new StageSelection(Set, "sub/deep").Default(recurse: false));
        Assert.Equal(["sub/deep/x.dvc"], new StageSelection(Set, "sub/deep").Default(recurse: true).Addresses());
    }

    [Theory]
    [InlineData("trian", "Did you mean 'train'?")]
    [InlineData("sub/dvc.yaml:trai", "Did you mean 'sub/dvc.yaml:train'?")]
    [InlineData("sub/dvc.lock", "Did you mean 'sub/dvc.yaml'?")]
    [InlineData("row.dvc", "Did you mean 'raw.dvc'?")]
    public void What_means_nothing_is_refused_with_what_is_near(string name, string hint)
    {
        var error = Assert.Throws<DataVersionException>(() => new StageSelection(Set).Find(name));

        Assert.Equal(DataErrorKind.StageNotFound, error.Kind);
        Assert.Contains(hint, error.Message);
    }

    [Fact]
    public void Patterns_match_names_here_or_addresses_anywhere()
    {
        var selection = new StageSelection(Set);

        Assert.Equal(["prep", "train", "raw.dvc"], selection.Match("*r*", name => name.Contains('r')).Addresses());
        Assert.Equal(["sub/dvc.yaml:train"], selection.Match("sub/*:t*", name => name.StartsWith("sub/", StringComparison.Ordinal) && name.Contains(":t")).Addresses());
        Assert.Equal(["sub/dvc.yaml:train", "train"], selection.Match("train", name => name == "train", recurse: true).Addresses().Order(StringComparer.Ordinal));
    }

    private static StageDefinition Member(string key) => new()
    {
        Name = "each@" + key, Group = "each", MetadataPath = "sub/dvc.yaml", Kind = StageKind.Pipeline, Folder = "sub",
    };
}
