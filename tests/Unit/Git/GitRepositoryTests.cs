using System.Text;
using DataVersion.Engine.Git;

namespace DataVersion.Tests.Git;

public sealed class GitRepositoryTests : IDisposable
{
    // What Windows and its file systems cannot hold is left out there.
    private static readonly string[] OddNames = OperatingSystem.IsWindows()
        ? ["a b.dvc", "it's.dvc", "img[1].dvc", "#x!.dvc", "日本語 é😀.dvc"]
        : ["a b.dvc", "it's \"q\".dvc", "img[1]*?.dvc", "line\nfeed.dvc", ":(glob)x.dvc", "-dash.dvc", "back\\slash.dvc", "#x!.dvc", "日本語 é😀.dvc", "tab\t.dvc"];

    private readonly GitSandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void A_plain_repository_is_found_from_below_without_a_process()
    {
        var below = Directory.CreateDirectory(sandbox.PathOf("a/b c")).FullName;
        using var found = GitRepository.TryOpen(below);
        Assert.Equal(sandbox.Root, found!.Root);
        Assert.Equal(sandbox.PathOf(".git"), found.GitDirectory);
        Assert.Equal(0, found.ProcessCount);
    }

    [Fact]
    public void A_folder_without_git_is_no_repository()
    {
        using var plain = new GitSandbox(initialise: false);
        Directory.CreateDirectory(plain.PathOf(".git"));
        Assert.Null(GitRepository.TryOpen(plain.Root));
        Assert.Equal(DataErrorKind.GitNotFound, Assert.Throws<DataVersionException>(() => GitRepository.Open(plain.Root)).Kind);
    }

    [Fact]
    public void A_linked_work_tree_shares_branches_but_has_its_own_head()
    {
        sandbox.Write("a", "1");
        var commit = sandbox.Commit("one");
        sandbox.Git("worktree", "add", "-q", "-b", "side", sandbox.Beside("linked tree"));
        using var linked = GitRepository.Open(sandbox.Beside("linked tree"));
        Assert.Equal(sandbox.Beside("linked tree"), linked.Root);
        Assert.Equal(sandbox.PathOf(".git"), linked.CommonDirectory);
        Assert.NotEqual(linked.CommonDirectory, linked.GitDirectory);
        Assert.Equal("side", linked.CurrentBranch());
        Assert.Equal(commit, linked.HeadCommit());
        var obstacle = linked.PlanSwitch("main").Obstacle;
        Assert.Contains("another work tree", obstacle);
    }

    [Fact]
    public void A_submodule_is_a_repository_of_its_own()
    {
        using var inner = new GitSandbox();
        inner.Write("x", "1");
        var commit = inner.Commit("inner");
        sandbox.Git("submodule", "add", "-q", inner.Root, "mod ule");
        sandbox.Commit("outer");
        using var found = GitRepository.Open(sandbox.PathOf("mod ule"));
        Assert.Equal(sandbox.PathOf("mod ule"), found.Root);
        Assert.Equal(commit, found.HeadCommit());
        Assert.Equal(commit, found.ResolveRevision("HEAD"));
        Assert.Empty(sandbox.Repository.Ignored([sandbox.PathOf("mod ule/x"), sandbox.PathOf("free")]));
    }

    [Fact]
    public void Before_the_first_commit_there_is_a_branch_and_no_head()
    {
        var git = sandbox.Repository;
        Assert.Equal("main", git.CurrentBranch());
        Assert.Null(git.HeadCommit());
        Assert.Empty(git.ListRefs());
        Assert.Empty(git.ListCommits(new CommitSelection { AllBranches = true, AllTags = true, AllCommits = true }));
        Assert.Empty(git.History(["a.dvc"]));
        var error = Assert.Throws<DataVersionException>(() => git.ResolveRevision("HEAD"));
        Assert.Equal(DataErrorKind.RevisionNotFound, error.Kind);
        Assert.Contains("no commit yet", error.Message);
    }

    [Fact]
    public void Head_is_read_from_loose_and_packed_refs_and_when_detached()
    {
        sandbox.Write("a", "1");
        var commit = sandbox.Commit("one");
        var git = sandbox.Repository;
        Assert.Equal(commit, git.HeadCommit());
        sandbox.Git("pack-refs", "--all");
        Assert.False(File.Exists(sandbox.PathOf(".git/refs/heads/main")));
        Assert.Equal(commit, git.HeadCommit());
        sandbox.Git("checkout", "-q", "--detach");
        Assert.Null(git.CurrentBranch());
        Assert.Equal(commit, git.HeadCommit());
        Assert.Equal(0, git.ProcessCount);
    }

    [Fact]
    public void Odd_names_are_staged_tracked_and_ignored_literally()
    {
        var git = sandbox.Repository;
        foreach (var name in OddNames)
            sandbox.Write("d [x]/" + name, name);
        var paths = OddNames.Select(name => sandbox.PathOf("d [x]/" + name)).ToArray();
        Assert.Empty(git.Tracked(paths));
        git.Stage(paths[1..]);
        Assert.Equal(paths[1..].ToHashSet(), git.Tracked(paths));
        Assert.Equal(["d [x]"], git.Tracked(["d [x]", "d", "d [x"]));
        Assert.Empty(git.Ignored(paths));
        sandbox.Write(".gitignore", "*.dvc\n!*😀.dvc\n");
        Assert.Equal(paths.Where(p => !p.EndsWith("😀.dvc", StringComparison.Ordinal)).ToHashSet(), git.Ignored(paths));
        var rule = git.IgnoreRules(paths).Single(r => r.Path.EndsWith("😀.dvc", StringComparison.Ordinal));
        Assert.Equal((".gitignore", 2, "!*😀.dvc", false), (rule.Source, rule.Line, rule.Pattern, rule.Ignores));
    }

    [Fact]
    public void Staging_records_changes_deletions_and_folders_that_become_files()
    {
        sandbox.Write("keep", "1");
        sandbox.Write("gone", "1");
        sandbox.Write("was/folder", "1");
        sandbox.Commit("one");
        sandbox.Write("keep", "2");
        File.Delete(sandbox.PathOf("gone"));
        Directory.Delete(sandbox.PathOf("was"), true);
        sandbox.Write("was", "file");
        sandbox.Repository.Stage([sandbox.PathOf("keep"), sandbox.PathOf("gone"), sandbox.PathOf("was"), sandbox.PathOf("never-there")]);
        Assert.Equal("D  gone\nM  keep\nA  was\nD  was/folder", sandbox.Git("status", "--porcelain", "--no-renames"));
        Assert.Equal(1, sandbox.Repository.ProcessCount);
    }

    [Fact]
    public void Rules_of_the_user_and_of_folders_count_and_links_to_folders_do_not_stop_the_batch()
    {
        sandbox.Write(".git/info/exclude", "secret\n");
        sandbox.Write("sub/.gitignore", "/only\n/folder/\n");
        Directory.CreateDirectory(sandbox.PathOf("real"));
        if (!OperatingSystem.IsWindows())
            Directory.CreateSymbolicLink(sandbox.PathOf("link"), sandbox.PathOf("real"));
        var ignored = sandbox.Repository.Ignored(["secret", "sub/secret", "sub/only", "only", "sub/folder/", "sub/folder", "link/secret"]);
        Assert.Equal(["secret", "sub/folder/", "sub/only", "sub/secret"], ignored.Where(p => !p.StartsWith("link")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Thousands_of_paths_take_a_handful_of_processes()
    {
        for (var i = 0; i < 3000; i++)
            sandbox.Write($"folder with a rather long name/and another one below it/file number {i}.dvc", "");
        var paths = Enumerable.Range(0, 3000)
            .Select(i => sandbox.PathOf($"folder with a rather long name/and another one below it/file number {i}.dvc")).ToArray();
        var git = sandbox.Repository;
        git.Stage(paths);
        Assert.Equal(3000, git.Tracked(paths).Count);
        Assert.Empty(git.Ignored(paths));
        Assert.Equal(3000, git.Changes(paths).Count);
        Assert.InRange(git.ProcessCount, 4, 8);
    }

    [Fact]
    public void Changes_tell_the_index_from_the_work_tree()
    {
        sandbox.Write("clean", "1");
        sandbox.Write("staged name", "1");
        sandbox.Write("edited", "1");
        sandbox.Commit("one");
        var git = sandbox.Repository;
        Assert.False(git.HasChanges());
        sandbox.Write("staged name", "2");
        sandbox.Git("add", "-A");
        sandbox.Write("edited", "22");
        sandbox.Write("new", "1");
        Assert.Equal([("edited", '.', 'M'), ("new", '?', '?'), ("staged name", 'M', '.')],
            git.Changes().Select(c => (c.Path, c.Index, c.WorkTree)).Order());
        Assert.False(git.HasChanges(["clean"]));
        Assert.True(git.HasChanges([sandbox.PathOf("new")]));
    }

    [Fact]
    public void A_failure_carries_what_git_said()
    {
        var error = Assert.Throws<DataVersionException>(() => sandbox.Repository.Run(["cat-file", "-p", "no-such-thing"]));
        Assert.Equal(DataErrorKind.GitFailed, error.Kind);
        Assert.Contains("cat-file", error.Message);
        Assert.Contains("Not a valid object name no-such-thing", error.Message);
    }

    [Fact]
    public void A_held_index_is_reported_and_nothing_is_staged()
    {
        sandbox.Write("a", "1");
        sandbox.Write(".git/index.lock", "");
        var error = Assert.Throws<DataVersionException>(() => sandbox.Repository.Stage(["a"]));
        Assert.Contains("index.lock", error.Message);
    }

    [Fact]
    public void A_path_outside_is_refused()
    {
        var error = Assert.Throws<DataVersionException>(() => sandbox.Repository.Tracked([sandbox.Beside("elsewhere")]));
        Assert.Equal(DataErrorKind.PathOutsideRepository, error.Kind);
    }

    [Fact]
    public void Output_with_every_byte_survives()
    {
        var bytes = Enumerable.Range(0, 70_000).Select(i => (byte)i).ToArray();
        File.WriteAllBytes(sandbox.PathOf("b"), bytes);
        sandbox.Commit("one");
        Assert.Equal(bytes, sandbox.Repository.Run(["cat-file", "blob", "HEAD:b"]).Output);
        Assert.Equal(bytes, sandbox.Repository.Objects.TryRead("HEAD:b")!.Bytes);
        Assert.Equal("blob", Encoding.ASCII.GetString(sandbox.Repository.Run(["cat-file", "--batch-check=%(objecttype)"], "HEAD:b\n"u8.ToArray()).Output).Trim());
    }
}
