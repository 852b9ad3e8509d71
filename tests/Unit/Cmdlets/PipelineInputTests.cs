using DataVersion.Tests.Faults;

namespace DataVersion.Tests.Cmdlets;

/// <summary>What a pipeline brings decides what a command works on, and nothing else.</summary>
public sealed class PipelineInputTests : IDisposable
{
    private readonly FaultRepository repository = new();

    public PipelineInputTests()
    {
        repository.Write("data/img[1].png", "one");
        repository.Write("data/img1.png", "other");
        repository.Write("model.bin", "model one");
        repository.Record("v1", "data", "model.bin");
        repository.Write("model.bin", "model two");
        repository.Record("v2", "model.bin");
    }

    public void Dispose() => repository.Dispose();

    [Theory]
    [InlineData("Switch-DataVersion -Force")]
    [InlineData("Get-DataFile")]
    [InlineData("Get-DataVersion")]
    [InlineData("Save-DataFile -Force")]
    [InlineData("Get-DataStatus")]
    [InlineData("Compare-DataVersion v1 v2")]
    [InlineData("Remove-DataFile -DeleteData -Force")]
    [InlineData("Export-DataFile -Destination exported")]
    [InlineData("Sync-DataRemote -Direction Push")]
    public void An_empty_pipeline_does_not_mean_everything(string command)
    {
        repository.Write("model.bin", "edited, and in no cache");
        var before = repository.Snapshot();

        var result = repository.Session.Run("Get-DataFile | Where-Object Size -gt 1GB | " + command);

        Assert.Empty(result.Output);
        Assert.Equal(before, repository.Snapshot());
    }

    [Theory]
    [InlineData("Switch-DataVersion")]
    [InlineData("Get-DataStatus -Granular")]
    [InlineData("Compare-DataVersion HEAD")]
    public void Objects_of_files_are_taken_literally(string command)
    {
        File.Delete(repository.PathOf("data/img[1].png"));
        File.Delete(repository.PathOf("data/img1.png"));

        var found = repository.Session.Run($"Get-DataFile -Recurse | Where-Object Path -like '*`[1`]*' | {command}").Output;

        Assert.Equal("data/img[1].png", Assert.Single(found).Properties["Path"].Value);
    }

    [Theory]
    [InlineData("Get-DataFile")]
    [InlineData("Unprotect-DataFile")]
    [InlineData("Add-DataFile")]
    [InlineData("Save-DataFile -Force")]
    [InlineData("Export-DataFile -Destination exported")]
    [InlineData("Get-DataVersion")]
    public void Objects_mean_their_file_wherever_the_session_is(string command)
    {
        repository.Write("img[2].png", "two");
        repository.Record("v3", "img[2].png");
        repository.Write("img[2].png", "changed, as only that is saved");
        repository.Session.Run("$null = New-Item sub -ItemType Directory ; $found = Get-DataFile | Where-Object Path -like 'img*' ; Set-Location sub");

        var result = repository.Session.Run("$found | " + command);

        Assert.Single(result.Output);
    }

    [Fact]
    public void A_version_of_the_history_can_be_listed_and_exported()
    {
        var files = repository.Session.Run<DataFile>("Get-DataVersion model.bin | Get-DataFile");
        Assert.Equal([FaultRepository.Md5("model two"u8.ToArray()), FaultRepository.Md5("model one"u8.ToArray())], files.Select(f => f.Hash!.Value.Hex));

        repository.Session.Run("Get-DataVersion model.bin | Select-Object -Last 1 | Export-DataFile -Destination old.bin");
        Assert.Equal("model one", repository.Read("old.bin"));

        repository.Fails(DataErrorKind.ArgumentInvalid, "model.bin", "Get-DataVersion model.bin | Export-DataFile -Destination both");
        Assert.False(Directory.Exists(repository.PathOf("both")));
    }

    [Fact]
    public void A_revision_that_is_empty_is_refused_and_one_that_comes_with_a_path_too()
    {
        foreach (var command in new[] { "Switch-DataVersion $unset", "Get-DataFile -Revision $unset", "Export-DataFile model.bin x -Revision $unset" })
            repository.Fails(DataErrorKind.ArgumentInvalid, "-Revision", command);
        repository.Fails(DataErrorKind.ArgumentInvalid, "-Path", "Get-DataVersion model.bin -First 1 | Switch-DataVersion");
        Assert.Equal("model two", repository.Read("model.bin"));

        repository.Session.Run("[pscustomobject]@{ Revision = 'v1' } | Switch-DataVersion");
        Assert.Equal("model one", repository.Read("model.bin"));
    }

    [Fact]
    public void Remotes_are_synchronised_one_after_the_other()
    {
        repository.Session.Run("Add-DataRemote one $one ; Add-DataRemote two $two", ("one", repository.PathOf("../one")), ("two", repository.PathOf("../two")));

        var sent = repository.Session.Run<TransferResult>("Get-DataRemote | Sync-DataRemote -Direction Push");

        Assert.Equal(["one", "two"], sent.Select(t => t.Remote).Distinct());
        foreach (var remote in new[] { "../one", "../two" })
            Assert.Equal(4, Directory.GetFiles(repository.PathOf(remote), "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void A_tracked_path_that_is_declined_is_left_alone_and_the_others_are_placed()
    {
        File.Delete(repository.PathOf("data/img1.png"));
        File.Delete(repository.PathOf("model.bin"));

        var asked = ModuleSession.Confirm(repository.Root, "Switch-DataVersion -Confirm", target => target == "data");

        Assert.Equal(["data", "model.bin"], asked.Order());
        Assert.True(File.Exists(repository.PathOf("model.bin")));
        Assert.False(File.Exists(repository.PathOf("data/img1.png")));
    }
}
