using System.Globalization;
using System.Text;
using DataVersion.Engine.Git;

namespace DataVersion.Tests.Git;

public sealed class HistoryTests : IDisposable
{
    private readonly GitSandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void Revisions_of_every_kind_are_resolved_by_one_process()
    {
        sandbox.Write("a", "1");
        var first = sandbox.Commit("one");
        sandbox.Git("tag", "-a", "-m", "annotated", "v1");
        sandbox.Git("tag", "-a", "-m", "tag of a tag", "v1-again", "v1");
        sandbox.Write("a", "2");
        var second = sandbox.Commit("two");
        sandbox.Git("branch", "tÖpic/x");
        var git = sandbox.Repository;
        foreach (var name in (string[])["v1", "v1-again", "HEAD~1", "main^", first, first[..9], "HEAD@{1}", ":/one"])
            Assert.Equal(first, git.ResolveRevision(name));
        foreach (var name in (string[])["main", "tÖpic/x", "HEAD", "@"])
            Assert.Equal(second, git.ResolveRevision(name));
        Assert.Equal(1, git.ProcessCount);
    }

    [Theory]
    [InlineData("v1.0-fina1", "v1.0-final")]
    [InlineData("featur", "feature")]
    [InlineData("--all", null)]
    [InlineData("HEAD:a", null)]
    [InlineData("a b\nc", null)]
    public void An_unknown_revision_is_an_error_with_the_nearest_name(string revision, string? expected)
    {
        sandbox.Write("a", "1");
        sandbox.Commit("one");
        sandbox.Git("tag", "v1.0-final");
        sandbox.Git("branch", "feature");
        var error = Assert.Throws<DataVersionException>(() => sandbox.Repository.ResolveRevision(revision));
        Assert.Equal(DataErrorKind.RevisionNotFound, error.Kind);
        if (expected is not null)
            Assert.Contains($"'{expected}'", error.Message);
        // The reader still answers the next question, not the last one.
        Assert.Equal(sandbox.Git("rev-parse", "main"), sandbox.Repository.ResolveRevision("main"));
    }

    [Fact]
    public void Experiments_are_found_by_name_and_the_one_of_HEAD_wins()
    {
        sandbox.Write("a", "1");
        var first = sandbox.Commit("one");
        sandbox.Write("a", "2");
        var second = sandbox.Commit("two");
        sandbox.Write("a", "3");
        var tip = sandbox.Commit("experiment");
        sandbox.Git("reset", "-q", "--hard", second);
        sandbox.Git("update-ref", $"refs/exps/{first[..2]}/{first[2..]}/hairy-toad", first);
        Assert.Equal(first, sandbox.Repository.ResolveRevision("hairy-toad"));
        sandbox.Git("update-ref", $"refs/exps/{second[..2]}/{second[2..]}/hairy-toad", tip);
        Assert.Equal(tip, sandbox.Repository.ResolveRevision("hairy-toad"));
        sandbox.Git("update-ref", "refs/exps/exec/EXEC_HEAD", first);
        Assert.Equal(2, sandbox.Repository.ListRefs().Count(r => r.Kind == GitRefKind.Experiment));
        sandbox.Git("checkout", "-q", "--detach", tip);
        Assert.Equal(DataErrorKind.ArgumentInvalid, Assert.Throws<DataVersionException>(() => sandbox.Repository.ResolveRevision("hairy-toad")).Kind);
    }

    [Fact]
    public void Selections_add_up_and_list_each_commit_once()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            sandbox.Write("a", $"{i}");
            ids.Add(sandbox.CommitAt($"2024-01-0{i + 1}T00:00:00Z", $"{i}"));
        }
        sandbox.Git("tag", "old", ids[0]);
        sandbox.Git("tag", "-a", "-m", "x", "middle", ids[2]);
        sandbox.Git("tag", "blob", sandbox.Git("rev-parse", "HEAD:a"));
        sandbox.Git("branch", "side", ids[1]);
        var git = sandbox.Repository;
        Assert.Equal([ids[4], ids[1]], git.ListCommits(new CommitSelection { AllBranches = true }));
        Assert.Equal([ids[2], ids[0]], git.ListCommits(new CommitSelection { AllTags = true }));
        Assert.Equal([ids[3], ids[4], ids[1]], git.ListCommits(new CommitSelection { Revisions = ["main~1"], AllBranches = true }));
        Assert.Equal([ids[3], ids[2]], git.ListCommits(new CommitSelection { Revisions = ["main~1"], First = 2 }));
        Assert.Equal([ids[1], ids[0]], git.ListCommits(new CommitSelection { Revisions = ["side"], First = -1 }));
        Assert.Equal(ids.AsEnumerable().Reverse(), git.ListCommits(new CommitSelection { AllCommits = true }));
        Assert.Equal([ids[4], ids[3]], git.ListCommits(new CommitSelection { Since = new DateTimeOffset(2024, 1, 4, 0, 0, 0, TimeSpan.Zero) }));
        Assert.Equal(["middle"], git.RefsByCommit()[ids[2]].Select(r => r.Name));
    }

    [Fact]
    public void An_old_date_between_newer_ones_does_not_end_the_search()
    {
        sandbox.Write("a", "0");
        var wanted = sandbox.CommitAt("2024-06-01T00:00:00Z", "new");
        sandbox.Write("a", "1");
        for (var i = 0; i < 8; i++)
        {
            sandbox.Write("a", $"old {i}");
            sandbox.CommitAt("2001-01-01T00:00:00Z", "a wrong clock");
        }
        Assert.Equal([wanted], sandbox.Repository.ListCommits(new CommitSelection { Since = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero) }));
    }

    [Fact]
    public void A_shallow_clone_ends_where_it_ends()
    {
        for (var i = 0; i < 4; i++)
        {
            sandbox.Write("a", $"{i}");
            sandbox.Commit($"{i}");
        }
        GitSandbox.GitIn(sandbox.Root, null, "clone", "-q", "--depth", "2", new Uri(sandbox.Root).AbsoluteUri, sandbox.Beside("shallow"));
        using var shallow = GitRepository.Open(sandbox.Beside("shallow"));
        Assert.Equal(2, shallow.ListCommits(new CommitSelection { Revisions = ["HEAD"], First = -1 }).Count);
        Assert.Equal(2, shallow.ListCommits(new CommitSelection { AllCommits = true }).Count);
    }

    [Fact]
    public void History_tells_which_of_the_paths_a_commit_changed()
    {
        sandbox.Write("a b.dvc", "1");
        sandbox.Write("other.dvc", "1");
        sandbox.Write("x", "1");
        var one = sandbox.Commit("one\n\nwith a body");
        sandbox.Write("x", "2");
        sandbox.Commit("not this one");
        sandbox.Write("a b.dvc", "2");
        var two = sandbox.Commit("zwei é");
        sandbox.Git("checkout", "-q", "-b", "side", one);
        sandbox.Write("other.dvc", "side");
        var side = sandbox.Commit("side");
        sandbox.Git("checkout", "-q", "main");
        File.Delete(sandbox.PathOf("a b.dvc"));
        var gone = sandbox.Commit("gone");
        sandbox.Git("merge", "-q", "--no-commit", "side");
        sandbox.Write("other.dvc", "evil");
        var merge = sandbox.Commit("merge");

        var history = sandbox.Repository.History([sandbox.PathOf("a b.dvc"), "other.dvc"]);
        Assert.Equal([merge, gone, side, two, one], history.Select(h => h.Commit.Id).OrderBy(id => Array.IndexOf([merge, gone, side, two, one], id)));
        Assert.Equal(merge, history[0].Commit.Id);
        Assert.Equal(one, history[^1].Commit.Id);
        Assert.Equal(2, history[0].Commit.Parents.Count);
        Assert.Equal([new GitPathChange("a b.dvc", null)], history.Single(h => h.Commit.Id == gone).Changes);
        var change = Assert.Single(history.Single(h => h.Commit.Id == two).Changes);
        Assert.Equal("2", Encoding.UTF8.GetString(sandbox.Repository.Objects.TryRead(change.Blob!)!.Bytes));
        Assert.Equal(["a b.dvc", "other.dvc"], history[^1].Changes.Select(c => c.Path));
        Assert.Equal("one\n\nwith a body", history[^1].Commit.Message.Trim());
        Assert.Equal(("zwei é", "Zoë Tester", "zoe@example.org"), (history.Single(h => h.Commit.Id == two).Commit.Subject,
            history[0].Commit.AuthorName, history[0].Commit.AuthorEmail));
        Assert.Single(sandbox.Repository.History(["a b.dvc"], first: 1));
        Assert.Equal(2, sandbox.Repository.ProcessCount - 1);
    }

    [Fact]
    public void History_takes_odd_names_literally()
    {
        string[] names = OperatingSystem.IsWindows() ? ["img[1].dvc", "é😀.dvc"] : ["img[1]*.dvc", "line\nfeed.dvc", ":(top)x.dvc", "-n.dvc", "é😀\".dvc"];
        sandbox.Write("img1.dvc", "a decoy");
        sandbox.Commit("decoy");
        foreach (var name in names)
        {
            sandbox.Write(name, name);
            sandbox.Commit("adds one");
        }
        foreach (var name in names)
            Assert.Equal([name], Assert.Single(sandbox.Repository.History([sandbox.PathOf(name)])).Changes.Select(c => c.Path));
        Assert.Equal(names.Length, sandbox.Repository.History(names).Count);
    }

    [Fact]
    public void A_commit_object_is_read_as_git_reads_it()
    {
        sandbox.Write("a", "1");
        sandbox.Git("add", "-A");
        GitSandbox.GitIn(sandbox.Root, Encoding.Latin1.GetBytes("Größe\n\nzwei\n"), "-c", "i18n.commitEncoding=ISO-8859-1",
            "-c", "user.useConfigOnly=false", "commit", "-q", "-F", "-", "--date=2024-02-03T04:05:06-0330");
        var commit = sandbox.Repository.Objects.TryReadCommit("HEAD")!;
        Assert.Equal("Größe", commit.Subject);
        Assert.Equal(new DateTimeOffset(2024, 2, 3, 4, 5, 6, new TimeSpan(-3, -30, 0)), commit.AuthorDate);
        Assert.Equal(new TimeSpan(-3, -30, 0), commit.AuthorDate.Offset);
        Assert.Empty(commit.Parents);
        Assert.Equal(sandbox.Git("rev-parse", "HEAD^{tree}"), commit.Tree);
    }

    [Fact]
    public void Ten_thousand_commits_are_read_with_a_fixed_number_of_processes()
    {
        const int Count = 10_000;
        var stream = new StringBuilder();
        for (var i = 0; i < Count; i++)
        {
            var text = $"outs:\n- md5: {i:x32}\n  path: data\n";
            stream.Append("commit refs/heads/main\n").Append(CultureInfo.InvariantCulture, $"committer Z <z@z> {1_700_000_000 + i} +0000\n")
                .Append("data 1\nx\n").Append(CultureInfo.InvariantCulture, $"M 100644 inline d/{i % 7}/data.dvc\ndata {text.Length}\n{text}\n");
        }
        GitSandbox.GitIn(sandbox.Root, Encoding.UTF8.GetBytes(stream.ToString()), "fast-import", "--quiet");
        var git = sandbox.Repository;
        var commits = git.ListCommits(new CommitSelection { AllCommits = true });
        Assert.Equal(Count, commits.Count);
        var contents = new HashSet<string>();
        foreach (var commit in commits)
        {
            var tree = new RevisionMetadataTree(git, commit, sandbox.Root);
            foreach (var path in tree.MetadataPaths())
                contents.Add(tree.ContentId(path)!);
        }
        Assert.Equal(Count, contents.Count);
        Assert.All(git.Objects.Read([.. contents]), blob => Assert.Equal(GitObjectType.Blob, blob!.Type));
        Assert.Equal(Count, git.History(["d"]).Count);
        Assert.InRange(git.ProcessCount, 1, 4);
    }
}
