using DataVersion.Engine.Git;

namespace DataVersion.Tests.Git;

public sealed class SwitchTests : IDisposable
{
    private readonly GitSandbox sandbox = new();
    private readonly string one;
    private readonly string two;

    // one: same, changes, removed, was/file, becomes       two: same, changes, added, was, becomes/file, [odd] name
    public SwitchTests()
    {
        sandbox.Write(".gitignore", "*.ignored\n/data\n");
        foreach (var name in (string[])["same", "changes", "removed", "was/file", "becomes"])
            sandbox.Write(name, "1");
        one = sandbox.Commit("one");
        sandbox.Git("tag", "-a", "-m", "x", "v1");
        File.Delete(sandbox.PathOf("removed"));
        File.Delete(sandbox.PathOf("becomes"));
        Directory.Delete(sandbox.PathOf("was"), true);
        foreach (var name in (string[])["changes", "added", "was", "becomes/file", "dir/[odd] é", "kept.ignored", "data"])
            sandbox.Write(name, "2");
        sandbox.Git("add", "-f", "kept.ignored", "data");
        two = sandbox.Commit("two");
        sandbox.Git("tag", "v2");
        sandbox.Git("branch", "old", one);
    }

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void Branches_are_switched_to_and_everything_else_is_detached()
    {
        var git = sandbox.Repository;
        sandbox.Git("tag", "old", two); // a tag of the same name does not count
        var toBranch = git.PlanSwitch("old");
        Assert.Equal((SwitchKind.Branch, "old", one), (toBranch.Kind, toBranch.Branch, toBranch.Commit));
        git.Switch(toBranch);
        Assert.Equal(("old", one), (git.CurrentBranch(), git.HeadCommit()));
        Assert.Equal("1", sandbox.Read("was/file"));

        var toTag = git.PlanSwitch("v2");
        Assert.Equal((SwitchKind.Detached, null, two), (toTag.Kind, toTag.Branch, toTag.Commit));
        git.Switch(toTag);
        Assert.Null(git.CurrentBranch());
        Assert.Equal("2", sandbox.Read("dir/[odd] é"));
        Assert.Contains("moving from old to v2", sandbox.Git("reflog", "-1"));

        git.Switch(git.PlanSwitch("-"));
        Assert.Equal("old", git.CurrentBranch());
        Assert.Equal(SwitchKind.Nothing, git.PlanSwitch("HEAD").Kind);
        Assert.Equal(SwitchKind.Nothing, git.PlanSwitch("old").Kind);
        Assert.Equal(DataErrorKind.RevisionNotFound, Assert.Throws<DataVersionException>(() => git.PlanSwitch("v3")).Kind);
    }

    [Fact]
    public void The_branch_of_a_remote_becomes_a_local_one()
    {
        GitSandbox.GitIn(sandbox.Root, null, "clone", "-q", sandbox.Root, sandbox.Beside("clone"));
        using var clone = GitRepository.Open(sandbox.Beside("clone"));
        var plan = clone.PlanSwitch("old");
        Assert.Equal(SwitchKind.NewBranch, plan.Kind);
        clone.Switch(plan);
        Assert.Equal(("old", one), (clone.CurrentBranch(), clone.HeadCommit()));
        Assert.Equal("origin/old", GitSandbox.GitIn(clone.Root, null, "rev-parse", "--abbrev-ref", "old@{upstream}"));
    }

    public static TheoryData<string, string> TrackedObstacles => new()
    {
        { "changes", "edited" },
        { "removed", "edited" },
        { "becomes", "edited" },
        { "was/file", "edited" },
    };

    [Theory]
    [MemberData(nameof(TrackedObstacles))]
    public void Edited_files_that_would_be_lost_are_named_and_nothing_is_touched(string path, string text)
    {
        sandbox.Git("checkout", "-q", "v1");
        foreach (var staged in (bool[])[false, true])
        {
            sandbox.Write(path, text);
            sandbox.Write("same", "edited, but not in the way");
            if (staged)
                sandbox.Git("add", "-A");
            AssertRefused("v2", plan => plan.LocalChanges, path);
        }
    }

    [Fact]
    public void Changes_that_git_carries_over_are_no_obstacle()
    {
        sandbox.Git("checkout", "-q", "v1");
        sandbox.Write("same", "edited");
        sandbox.Write("unknown", "mine");
        sandbox.Write("changes", "2"); // already as the target has it, and staged
        sandbox.Git("add", "changes");
        File.Delete(sandbox.PathOf("removed"));
        var plan = sandbox.Repository.PlanSwitch("v2");
        Assert.Empty(plan.LocalChanges.Concat(plan.Untracked).Concat(plan.Ignored));
        sandbox.Repository.Switch(plan);
        Assert.Equal(("edited", "mine", "2"), (sandbox.Read("same"), sandbox.Read("unknown"), sandbox.Read("changes")));
    }

    [Theory]
    [InlineData("added", "added")]
    [InlineData("dir", "dir")] // a file where a folder must be
    [InlineData("added/mine/deep", "added/mine/deep")] // a folder where a file must be
    [InlineData("dir/[odd] é", "dir/[odd] é")]
    public void Unknown_files_in_the_way_are_named_and_nothing_is_touched(string path, string named)
    {
        sandbox.Git("checkout", "-q", "v1");
        sandbox.Write(path, "mine");
        AssertRefused("v2", plan => plan.Untracked, named);
    }

    [Theory]
    [InlineData("kept.ignored", "kept.ignored")]
    [InlineData("data", "data")]
    [InlineData("data/deep/a", "data/deep/a")]
    [InlineData("added/x.ignored", "added/x.ignored")]
    [InlineData("was/x.ignored", "was/x.ignored")] // beside a tracked file of a folder that becomes a file
    public void Ignored_files_are_protected_although_git_would_overwrite_them(string path, string named)
    {
        sandbox.Git("checkout", "-q", "v1");
        sandbox.Write(path, "the only copy");
        AssertRefused("v2", plan => plan.Ignored, named);
        var plan = sandbox.Repository.PlanSwitch("v2");
        sandbox.Repository.Switch(plan, isSaved: p => p == named);
        Assert.Equal(two, sandbox.Repository.HeadCommit());
        Assert.Equal("2", sandbox.Read("added"));
    }

    [Fact]
    public void A_link_to_a_folder_is_not_followed()
    {
        if (OperatingSystem.IsWindows())
            return;
        sandbox.Git("checkout", "-q", "v1");
        Directory.CreateDirectory(sandbox.Beside("outside"));
        File.WriteAllText(Path.Combine(sandbox.Beside("outside"), "file"), "mine");
        Directory.CreateSymbolicLink(sandbox.PathOf("dir"), sandbox.Beside("outside"));
        AssertRefused("v2", plan => plan.Untracked, "dir");
    }

    [Fact]
    public void Conflicts_of_a_merge_are_in_the_way()
    {
        sandbox.Git("checkout", "-q", "-b", "left", "v1");
        sandbox.Write("changes", "left");
        sandbox.Commit("left");
        Assert.ThrowsAny<Exception>(() => sandbox.Git("merge", "-q", "v2"));
        AssertRefused("v1", plan => plan.LocalChanges, "changes");
    }

    [Fact]
    public void The_first_checkout_of_a_repository_without_a_commit_looks_at_what_is_there()
    {
        using var empty = new GitSandbox();
        empty.Git("fetch", "-q", sandbox.Root, "v2:refs/heads/got");
        empty.Write("added", "mine");
        Assert.Equal(["added"], empty.Repository.PlanSwitch("got").Untracked);
        File.Delete(empty.PathOf("added"));
        empty.Repository.Switch(empty.Repository.PlanSwitch("got"));
        Assert.Equal("2", empty.Read("added"));
    }

    [Fact]
    public void The_hook_of_somebody_else_may_fail_but_the_switch_has_happened()
    {
        if (OperatingSystem.IsWindows())
            return;
        sandbox.Write(".git/hooks/post-checkout", "#!/bin/sh\necho \"skip=$DATAVERSION_SKIP_HOOKS\" >&2\nexit 3\n");
        File.SetUnixFileMode(sandbox.PathOf(".git/hooks/post-checkout"), (UnixFileMode)0x1ED);
        var warnings = new List<string>();
        sandbox.Repository.Switch(sandbox.Repository.PlanSwitch("v1"), warn: warnings.Add);
        Assert.Equal(one, sandbox.Repository.HeadCommit());
        Assert.Contains("skip=1", Assert.Single(warnings));
    }

    [Fact]
    public void What_appears_between_plan_and_switch_is_still_refused_by_git()
    {
        sandbox.Git("checkout", "-q", "v1");
        var plan = sandbox.Repository.PlanSwitch("v2");
        sandbox.Write("kept.ignored", "the only copy");
        var before = sandbox.Picture();
        Assert.Equal(DataErrorKind.GitChangesInTheWay, Assert.Throws<DataVersionException>(() => sandbox.Repository.Switch(plan)).Kind);
        Assert.Equal(before, sandbox.Picture());
    }

    [Fact]
    public void The_number_of_processes_does_not_grow_with_the_number_of_files()
    {
        sandbox.Git("checkout", "-q", "-b", "many", "v1");
        for (var i = 0; i < 2000; i++)
            sandbox.Write($"many/{i}", "x");
        sandbox.Commit("many");
        sandbox.Git("checkout", "-q", "v1");
        for (var i = 0; i < 500; i++)
            sandbox.Write($"many/{i}", "mine");
        var plan = sandbox.Repository.PlanSwitch("many");
        Assert.Equal(500, plan.Untracked.Count);
        Assert.InRange(sandbox.Repository.ProcessCount, 1, 6);
    }

    private void AssertRefused(string revision, Func<SwitchPlan, IReadOnlyList<string>> list, string path)
    {
        var before = sandbox.Picture();
        var plan = sandbox.Repository.PlanSwitch(revision);
        Assert.Equal([path], list(plan));
        var error = Assert.Throws<DataVersionException>(() => sandbox.Repository.Switch(plan));
        Assert.Equal(DataErrorKind.GitChangesInTheWay, error.Kind);
        Assert.Contains($"'{path}'", error.Message);
        Assert.NotNull(error.RecommendedAction);
        Assert.Equal(before, sandbox.Picture());
    }
}
