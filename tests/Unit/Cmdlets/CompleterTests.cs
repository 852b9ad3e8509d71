using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;

namespace DataVersion.Tests.Cmdlets;

public sealed class CompleterTests
{
    [Fact]
    public void Revisions_are_the_names_that_Git_knows()
    {
        using var repository = new TemporaryRepository();
        foreach (var command in new[] { "init -q -b main", "-c user.name=t -c user.email=t@t commit -q --allow-empty -m one", "tag v1.0", "branch feature/a" })
            using (var git = Process.Start(new ProcessStartInfo("git", command) { WorkingDirectory = repository.Root })!)
                git.WaitForExit();
        using var session = new ModuleSession(repository.Root, configure: state =>
            state.Commands.Add(new SessionStateCmdletEntry("Test-Completion", typeof(TestCompletionCommand), null)));

        Assert.Equal(["feature/a", "main", "v1.0", "HEAD"], session.Complete("Test-Completion -Revision "));
        Assert.Equal(["v1.0"], session.Complete("Test-Completion -Revision V"));
        session.SetLocation(repository.Folder);
        Assert.Equal(["v1.0"], session.Complete("Test-Completion -Repository repo -Revision v"));
    }

    [Fact]
    public void Tracked_paths_are_offered_from_where_one_stands_even_when_the_data_is_missing()
    {
        using var repository = new TemporaryRepository();
        Directory.CreateDirectory(System.IO.Path.Combine(repository.Root, "data"));
        File.WriteAllText(System.IO.Path.Combine(repository.Root, "data", "my images.dvc"), Pointer("my images"));
        File.WriteAllText(System.IO.Path.Combine(repository.Root, "model.bin.dvc"), Pointer("model.bin"));
        File.WriteAllText(System.IO.Path.Combine(repository.Root, "broken.dvc"), "outs: [");
        using var session = new ModuleSession(repository.Root, configure: state =>
            state.Commands.Add(new SessionStateCmdletEntry("Test-Completion", typeof(TestCompletionCommand), null)));

        Assert.Equal(["'data/my images'", "model.bin"], session.Complete("Test-Completion -Path ").Order(StringComparer.Ordinal));
        session.SetLocation(System.IO.Path.Combine(repository.Root, "data"));
        Assert.Equal(["'my images'"], session.Complete("Test-Completion -Path m"));
        Assert.Equal(["../model.bin"], session.Complete("Test-Completion -Path ../m"));
    }

    private static string Pointer(string name) =>
        $"outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 0\n  hash: md5\n  path: {name}\n";

    /// <summary>Has parameters with the completers under test.</summary>
    [Cmdlet(VerbsDiagnostic.Test, "Completion")]
    public sealed class TestCompletionCommand : RepositoryCmdlet
    {
        [Parameter]
        [ArgumentCompleter(typeof(RevisionCompleter))]
        public string? Revision { get; set; }

        [Parameter]
        [ArgumentCompleter(typeof(TrackedPathCompleter))]
        public string? Path { get; set; }
    }
}
