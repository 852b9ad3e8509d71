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

    /// <summary>Has parameters with the completers under test.</summary>
    [Cmdlet(VerbsDiagnostic.Test, "Completion")]
    public sealed class TestCompletionCommand : RepositoryCmdlet
    {
        [Parameter]
        [ArgumentCompleter(typeof(RevisionCompleter))]
        public string? Revision { get; set; }
    }
}
