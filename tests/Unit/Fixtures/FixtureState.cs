using System.Globalization;
using System.Text;

namespace DataVersion.Tests.Fixtures;

/// <summary>Compares the state of a world (repositories, remotes, Git) with what is recorded of it.</summary>
internal static class FixtureState
{
    private static readonly string[] Listings = ["cache.txt", "workspace.txt", "cache-folders.txt"];

    private static readonly (string File, string[] Arguments)[] GitReports =
    [
        ("git-status.txt", ["git", "status", "--porcelain=v1", "-uall"]),
        ("git-index.txt", ["git", "ls-files", "-s"]),
        ("git-refs.txt", ["git", "for-each-ref", "--format=%(objectname) %(objecttype) %(refname) %(symref)"]),
        ("git-log.txt", ["git", "log", "--format=%H %P|%s"]),
    ];

    /// <summary>Compares the end of a case: listings and metadata of every repository, the remotes, Git's view.</summary>
    public static void CompareEnd(FixtureCase fixture, FixtureWorld world, StateComparison comparison)
    {
        foreach (var repository in fixture.Repositories)
        {
            var expected = Path.Combine(fixture.Folder, fixture.ExpectedFolder(repository));
            var recorded = StateComparison.ReadFolder(expected)
                .Where(item => item.Key.StartsWith("files/", StringComparison.Ordinal) || Listings.Contains(item.Key))
                .ToDictionary(item => item.Key, item => item.Value);
            comparison.Compare($"{repository}: ", recorded, new RepositoryListing(world.At(repository), world.Root).All());
            foreach (var (file, arguments) in GitReports)
                if (File.Exists(Path.Combine(expected, file)))
                    comparison.Compare($"{repository}: {file}", File.ReadAllText(Path.Combine(expected, file)),
                        world.Run(repository, arguments).Output);
        }
        if (fixture.Remotes.Count > 0)
            comparison.Compare("remote-tree.txt", File.ReadAllText(Path.Combine(fixture.Folder, "expected", "remote-tree.txt")), Remotes(fixture, world));
    }

    /// <summary>Compares the state in the middle of a case with <c>expected/snapshots/NAME.*</c>.</summary>
    public static void CompareSnapshot(FixtureCase fixture, FixtureWorld world, FixtureStep step, StateComparison comparison)
    {
        var name = step.Json.GetProperty("snapshot").GetString()!;
        var repository = step.Json.TryGetProperty("repo", out var other) ? other.GetString()! : fixture.Repositories[0];
        var recorded = StateComparison.ReadFolder(Path.Combine(fixture.Folder, "expected", "snapshots"))
            .Where(item => item.Key.StartsWith(name + ".", StringComparison.Ordinal))
            .ToDictionary(item => item.Key, item => item.Value);
        var listing = new RepositoryListing(world.At(repository), world.Root);
        var now = new Dictionary<string, byte[]>
        {
            [name + ".cache.txt"] = listing.Cache(),
            [name + ".workspace.txt"] = listing.Workspace(),
        };
        foreach (var (relative, path) in listing.MetadataFiles())
            now[$"{name}.files/{RecordedText.Portable(relative)}"] = File.ReadAllBytes(path);
        foreach (var folder in fixture.Remotes)
            if (Directory.Exists(world.At(folder)))
                now[$"{name}.{folder.Replace('/', '_')}.txt"] = RepositoryListing.Tree(world.At(folder));
        comparison.Compare($"steps[{step.Index}] snapshot ", recorded, now);
    }

    private static string Remotes(FixtureCase fixture, FixtureWorld world)
    {
        var listing = new StringBuilder();
        foreach (var folder in fixture.Remotes)
        {
            listing.Append(CultureInfo.InvariantCulture, $"# {folder}\n");
            if (Directory.Exists(world.At(folder)))
                listing.Append(Encoding.UTF8.GetString(RepositoryListing.Tree(world.At(folder))));
        }
        return listing.ToString();
    }
}
