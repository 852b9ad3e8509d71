using DataVersion.Tests.Faults;

namespace DataVersion.Tests.Cmdlets;

/// <summary>The scripts in <c>examples</c> run as they are, in <c>tools/Host</c>.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void The_quick_start_goes_through()
    {
        var work = scratch.PathOf("quick");

        var run = RunExample("Quickstart.ps1", $"-ModelSize 2 -FileCount 30 -WorkFolder '{work}' -Keep");

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal(30, Directory.GetFiles(Path.Combine(work, "clone", "data", "images")).Length);
        Assert.Equal(File.ReadAllBytes(Path.Combine(work, "repository", "model.bin")), File.ReadAllBytes(Path.Combine(work, "clone", "model.bin")));
    }

    [Fact]
    public void Every_link_kind_of_this_disk_does_what_it_should() => AssertAllChecksPass(scratch.Root, "Copy");

    [LoopTheory("btrfs", "xfs")]
    [InlineData("btrfs")]
    [InlineData("xfs")]
    public void Clones_do_what_they_should(string fileSystem)
    {
        using var mount = new LoopMount(fileSystem);
        AssertAllChecksPass(mount.Root, "Reflink");
    }

    private static void AssertAllChecksPass(string folder, string kind)
    {
        var run = RunExample("Test-LinkKind.ps1", $"-Folder '{folder}'");

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var lines = run.Output.Split('\n').Where(line => line.StartsWith(kind, StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count > 8, run.Output);
        Assert.All(lines, line => Assert.Contains("True", line, StringComparison.Ordinal));
    }

    private static HostProcess RunExample(string name, string arguments) => HostProcess.Run(ModuleSession.RepositoryRoot,
        $"& '{Path.Combine(ModuleSession.RepositoryRoot, "examples", name)}' {arguments}");
}
