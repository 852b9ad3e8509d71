using DataVersion.Engine;
using DataVersion.Engine.Caching;
using DataVersion.Engine.Files;
using DataVersion.Engine.Git;

namespace DataVersion.Tests.Caching;

public sealed class CacheCleanUpTests : IDisposable
{
    private static readonly CleanUpScope Workspace = new();
    private static readonly CleanUpScope AllCommits = new() { Commits = new CommitSelection { AllCommits = true } };

    private readonly VersionedData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Whatever_the_history_and_the_scope_what_is_used_stays_and_the_rest_goes(int seed)
    {
        var random = new Random(seed);
        var objects = new Dictionary<string, HashSet<ContentHash>>();
        var (branches, tags, order) = (new Dictionary<string, string>(), new List<string>(), new List<string>());
        data.File("first", "first");
        for (var version = 0; version < 6; version++)
        {
            Change(random, version);
            var commit = data.Git.Commit($"version {version}");
            objects[commit] = data.Current;
            order.Add(commit);
            if (random.Next(3) == 0)
            {
                data.Git.Git("tag", $"v{version}");
                tags.Add(commit);
            }
            if (random.Next(3) == 0)
            {
                data.Git.Git("branch", $"b{version}");
                branches[$"b{version}"] = commit;
            }
        }
        Change(random, 100);
        for (var i = 0; i < 3; i++)
            data.Stray($"stray {i}");
        var all = data.Cached();
        var selection = new CommitSelection
        {
            AllBranches = random.Next(2) == 0, AllTags = random.Next(2) == 0, AllCommits = random.Next(4) == 0,
            Revisions = random.Next(2) == 0 ? [order[random.Next(order.Count)]] : [],
        };
        IEnumerable<string> kept = selection.Revisions
            .Concat(selection.AllTags ? tags : []).Concat(selection.AllBranches ? [.. branches.Values, order[^1]] : [])
            .Concat(selection.AllCommits ? order : []);
        HashSet<ContentHash> expected = [.. data.Current, .. kept.SelectMany(c => objects[c])];

        var removed = data.CleanUp(new CleanUpScope { Commits = selection });

        Assert.Equal(expected.Order(), data.Cached().Order());
        Assert.Equal(all.Except(expected).Order(), removed.Select(r => r.Hash).Order());
        Assert.All(removed, r => Assert.True(r.IsRemoved));
    }

    private void Change(Random random, int version)
    {
        for (var i = 0; i < 2; i++)
            if (random.Next(2) == 0)
                data.File($"file{random.Next(3)}", $"text {random.Next(8)}");
            else
                data.Folder($"folder{random.Next(3)}", [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"text {random.Next(8)}"), $"of {version}"]);
    }

    [Fact]
    public void A_plan_removes_nothing_and_lists_manifests_first()
    {
        data.Folder("d", "old");
        data.Folder("d", "new");
        var before = data.Cached();
        using var repository = data.Open();

        var plan = CacheCleanUp.Plan(repository, Workspace, OperationContext.Silent);

        Assert.Equal([true, false], plan.Select(p => p.Object.Hash.IsDirectory));
        Assert.Equal(3, plan[1].Object.Size);
        Assert.All(plan, p => Assert.False(p.Object.IsRemoved));
        Assert.Equal(before, data.Cached());
    }

    [Fact]
    public void Metadata_that_cannot_be_read_in_a_kept_revision_stops_everything()
    {
        data.Git.Write("bad.dvc", "outs: [\n");
        var commit = data.Git.Commit("bad");
        File.Delete(data.Git.PathOf("bad.dvc"));
        data.Git.Commit("good");
        var stray = data.Stray("stray");

        var error = Assert.Throws<DataVersionException>(() => data.CleanUp(AllCommits));

        Assert.Equal(DataErrorKind.MetadataInvalid, error.Kind);
        Assert.Contains(commit[..10], error.Message);
        Assert.Contains("bad.dvc", error.Message);
        Assert.Contains(stray, data.Cached());
        Assert.Equal(stray, Assert.Single(data.CleanUp(Workspace)).Hash);
    }

    [Fact]
    public void A_used_folder_without_its_list_of_files_stops_everything_unless_forced()
    {
        var folder = data.Folder("d", "one", "two");
        data.Stores.Current.Remove(folder);

        Assert.Equal(DataErrorKind.ObjectMissing, Assert.Throws<DataVersionException>(() => data.CleanUp(Workspace)).Kind);
        Assert.Equal(2, data.Cached().Count);

        Assert.Equal(2, data.CleanUp(Workspace with { AllowUnknownFolders = true }).Count);
    }

    [Fact]
    public void A_folder_whose_list_was_never_stored_is_known_from_the_workspace()
    {
        var folder = data.Folder("d", "one", "two");
        data.Stores.Current.Remove(folder);
        data.Git.Write("d/f0", "one");
        data.Git.Write("d/f1", "two");

        Assert.Empty(data.CleanUp(Workspace));
    }

    [Fact]
    public void What_a_symbolic_link_shows_is_kept_though_nothing_tracks_it()
    {
        var hash = data.Stray("only copy");
        Directory.CreateDirectory(data.Git.PathOf("sub"));
        File.CreateSymbolicLink(data.Git.PathOf("sub/link"), data.Stores.PathOf(hash));
        var other = data.Stray("other");

        Assert.Equal(other, Assert.Single(data.CleanUp(Workspace)).Hash);
        Assert.Equal("only copy", File.ReadAllText(data.Git.PathOf("sub/link")));
    }

    [Fact]
    public void Young_objects_are_kept_and_old_ones_not()
    {
        data.Stray("young");

        Assert.Empty(data.CleanUp(Workspace with { GracePeriod = TimeSpan.FromHours(1) }));
        Assert.Single(data.CleanUp(Workspace with { GracePeriod = TimeSpan.Zero }));
    }

    [Fact]
    public void An_object_that_changed_after_the_plan_is_kept()
    {
        var hash = data.Stray("stray");
        using var repository = data.Open();
        var plan = CacheCleanUp.Plan(repository, Workspace, OperationContext.Silent);
        data.Stores.Current.Remove(hash);
        Thread.Sleep(20);
        data.Stray("stray");

        CacheCleanUp.Run(repository, plan, static _ => Assert.Fail("Removed."), OperationContext.Silent);

        Assert.Contains(hash, data.Cached());
    }

    [Fact]
    public void What_another_project_uses_is_kept()
    {
        using var other = new VersionedData();
        other.File("theirs", "shared content");
        var shared = data.Stray("shared content");
        data.Stray("mine alone");
        using var project = other.Open();

        data.CleanUp(Workspace with { Projects = [project] });

        Assert.Equal([shared], data.Cached());
    }

    [Fact]
    public void Names_of_DVC_2_protect_only_objects_of_DVC_2()
    {
        var current = data.Stray("same");
        var legacy = data.Stores.Legacy.PathOf(ContentHash.Parse(current.Hex, ContentHashAlgorithm.Md5Dos2Unix));
        Directory.CreateDirectory(Path.GetDirectoryName(legacy)!);
        File.WriteAllText(legacy, "same");
        data.Git.Write("x.dvc", $"outs:\n- md5: {current.Hex}\n  size: 4\n  path: x\n");
        var run = data.Git.Write(".dvc/cache/runs/ab/abc/def", "a run");

        Assert.Equal(current, Assert.Single(data.CleanUp(Workspace)).Hash);
        Assert.True(File.Exists(legacy) && File.Exists(run));
    }

    [Fact]
    public void What_only_a_lock_file_remembers_is_kept()
    {
        var hash = data.Stray("made by a stage that is gone");
        data.Git.Write("dvc.yaml", "stages: {}\n");
        data.Git.Write("dvc.lock", $"schema: '2.0'\nstages:\n  old:\n    cmd: make\n    outs:\n    - path: x\n      hash: md5\n      md5: {hash}\n      size: 4\n");

        Assert.Empty(data.CleanUp(Workspace));
    }
}
