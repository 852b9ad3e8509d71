namespace DataVersion.Tests.Git;

/// <summary>Tests that change variables of the process: nothing else may run beside them.</summary>
[CollectionDefinition(nameof(GitEnvironmentTests), DisableParallelization = true)]
public sealed class GitEnvironmentCollection;

[Collection(nameof(GitEnvironmentTests))]
public sealed class GitEnvironmentTests : IDisposable
{
    private readonly GitSandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void The_variables_that_git_sets_for_hooks_do_not_mislead()
    {
        sandbox.Write("a", "1");
        var commit = sandbox.Commit("one");
        using var other = new GitSandbox();
        Environment.SetEnvironmentVariable("GIT_DIR", other.PathOf(".git"));
        Environment.SetEnvironmentVariable("GIT_INDEX_FILE", other.PathOf(".git/index"));
        try
        {
            Assert.Equal(commit, sandbox.Repository.ResolveRevision("main"));
            Assert.True(sandbox.Repository.IsTracked("a"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("GIT_DIR", null);
            Environment.SetEnvironmentVariable("GIT_INDEX_FILE", null);
        }
    }

    [Fact]
    public void Without_the_program_the_error_says_what_to_install()
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", sandbox.Root);
        try
        {
            var error = Assert.Throws<DataVersionException>(() => sandbox.Repository.ResolveRevision("main"));
            Assert.Equal(DataErrorKind.GitFailed, error.Kind);
            Assert.Contains("no folder of PATH holds it", error.Message);
            Assert.Contains("2.30", error.RecommendedAction);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }
}
