using DataVersion.Engine;
using DataVersion.Engine.Repositories;

namespace DataVersion.Tests.Repositories;

public sealed class PathLocksTests : IDisposable
{
    private const int NoProcess = int.MaxValue;
    private readonly ScratchRepository scratch = new();
    private readonly List<string> warnings = [];

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void MarksAreWrittenAsDvcDoesAndTakenBack()
    {
        var pid = Environment.ProcessId;
        using (Acquire(["/r/in \u00fc"], ["/r/out"]))
            Assert.Equal(
                $$$$$"""{"read": {"/r/in \u00fc": [{"pid": {{{{{pid}}}}}, "cmd": "Add-DataFile \"x\""}]}, "write": {"/r/out": {"pid": {{{{{pid}}}}}, "cmd": "Add-DataFile \"x\""}}}""",
                scratch.Read(".dvc/tmp/rwlock"));
        Assert.Equal("""{"read": {}, "write": {}}""", scratch.Read(".dvc/tmp/rwlock"));
    }

    [Theory]
    [InlineData("write", "/r/a", "/r/a", null)]
    [InlineData("write", "/r/a", "/r/a/b", null)]
    [InlineData("write", "/r/a/b", "/r", null)]
    [InlineData("write", "/r/a", null, "/r/a")]
    [InlineData("read", "/r/a/b", null, "/r/a")]
    public void AnOverlapWithALivingProcessIsRefused(string kind, string path, string? read, string? write)
    {
        var other = $$$$$"""{"pid": {{{{{Environment.ProcessId}}}}}, "cmd": "dvc repro"}""";
        scratch.Write(".dvc/tmp/rwlock", $$$$$"""{"{{{{{kind}}}}}": {"{{{{{path}}}}}": {{{{{(kind == "read" ? $"[{other}]" : other)}}}}}}}""");
        var error = Assert.Throws<RepositoryBusyException>(() => Acquire(read is null ? [] : [read], write is null ? [] : [write]));
        Assert.Contains("dvc repro", error.Holders.Single());
        Assert.Contains(path, error.Message);
    }

    [Fact]
    public void ReadersShareAndNeighboursDoNotMeet()
    {
        scratch.Write(".dvc/tmp/rwlock", $$$$$"""{"read": {"/r/a": [{"pid": {{{{{Environment.ProcessId}}}}}, "cmd": "y"}]}, "write": {"/r/ab": {"pid": {{{{{Environment.ProcessId}}}}}, "cmd": "z"}}}""");
        using (Acquire(["/r/a"], ["/r/abc", "/r/b"]))
        {
        }
        Assert.Contains("\"y\"", scratch.Read(".dvc/tmp/rwlock"));
        Assert.Contains("\"z\"", scratch.Read(".dvc/tmp/rwlock"));
    }

    [Fact]
    public void MarksOfDeadProcessesAreDroppedWithAWarning()
    {
        scratch.Write(".dvc/tmp/rwlock",
            $$$$$"""{"write": {"/r": {"pid": {{{{{NoProcess}}}}}, "cmd": "dead writer"}, "/elsewhere": {"pid": {{{{{NoProcess}}}}}, "cmd": "not ours to judge"}}, "read": {"/r/a": [{"pid": {{{{{NoProcess}}}}}, "cmd": "dead reader"}]}}""");
        Acquire([], ["/r/a"]).Dispose();
        Assert.Equal(2, warnings.Count);
        Assert.DoesNotContain("dead", scratch.Read(".dvc/tmp/rwlock"));
        Assert.Contains("not ours", scratch.Read(".dvc/tmp/rwlock"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"write\": 3}")]
    [InlineData("[]")]
    [InlineData("{\"other\": {}}")]
    [InlineData("{\"write\": {\"/r\": {\"pid\": 1}}}")]
    [InlineData("{\"read\": {\"/r\": {\"pid\": 1, \"cmd\": \"x\"}}}")]
    public void ADamagedFileIsAnErrorAndStaysAsItIs(string text)
    {
        scratch.Write(".dvc/tmp/rwlock", text);
        var error = Assert.Throws<MetadataFormatException>(() => Acquire([], ["/r/a"]));
        Assert.Equal(scratch.Layout.RwLockFile, error.Path);
        Assert.Equal(text, scratch.Read(".dvc/tmp/rwlock"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"read\": {}}")]
    [InlineData("{\"read\": {}, \"write\": {}}")]
    public void EmptyFilesOfAnyShapeAreFine(string text)
    {
        scratch.Write(".dvc/tmp/rwlock", text);
        Acquire(["/r/a"], []).Dispose();
    }

    private PathLocks Acquire(string[] read, string[] write) => PathLocks.Acquire(
        scratch.Layout, new RepositorySettings { CacheFolder = "/none" }, read, write, "Add-DataFile \"x\"", TimeSpan.Zero,
        new OperationContext { Warn = warnings.Add });
}
