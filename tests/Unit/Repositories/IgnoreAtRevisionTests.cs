using DataVersion.Engine;
using DataVersion.Tests.Git;

namespace DataVersion.Tests.Repositories;

/// <summary>A revision is read with the ignore rules that it had itself.</summary>
public sealed class IgnoreAtRevisionTests
{
    [Fact]
    public void The_rules_of_the_revision_count_not_those_of_the_workspace()
    {
        const string Metadata = "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  size: 1\n  hash: md5\n  path: ";
        using var sandbox = new GitSandbox();
        sandbox.Write(".dvc/config", "");
        sandbox.Write(".dvcignore", "/old/\n");
        sandbox.Write("old/a.dvc", Metadata + "a\n");
        sandbox.Write("new/b.dvc", Metadata + "b\n");
        sandbox.Git("add", "-A");
        sandbox.Git("commit", "-q", "-m", "one");
        sandbox.Write(".dvcignore", "/new/\n");
        using var repository = Repository.Open(sandbox.Root);
        Assert.Equal(["new/b"], repository.IndexAt("HEAD").Outputs.Select(output => output.Path));
        Assert.Equal(["old/a"], repository.Index.Outputs.Select(output => output.Path));
    }
}
