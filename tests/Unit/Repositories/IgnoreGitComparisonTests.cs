using DataVersion.Engine.Repositories;
using DataVersion.Tests.Git;

namespace DataVersion.Tests.Repositories;

/// <summary>
/// Random patterns against <c>git check-ignore</c>, where DVC's rules and Git's are the same: below the first level DVC
/// lets a negated pattern speak of a folder's content too, so negation is compared at the first level only; and Git's
/// <c>?</c> is a byte, so names are ASCII; and Git, against its manual, takes <c>a**/b</c> for <c>ab</c> too.
/// </summary>
public sealed class IgnoreGitComparisonTests
{
    private static readonly string[] Names = ["a", "b", "ab", "abc", "a.log", "b.log", "x1", "#h", "!n", "k[1]", "-", "d.txt"];

    private static readonly string[] Segments =
    [
        "a", "b", "ab", "*", "*.log", "a*", "*b", "?", "a?", "[ab]", "[!a]*", "[^b]", "[a-c]b", "[]a]", "*.txt", "x[0-9]", "\\#h", "\\!n",
        "k[[]1]", "k\\[1\\]", "?*", "*a*b*", "-", "[-a]", "[a-]*", "x\\1", "abc", "d.txt",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Same_verdicts_at_any_depth(int seed) => Compare(new Random(seed), depth: 4, negation: false);

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Same_verdicts_of_negated_patterns(int seed) => Compare(new Random(seed), depth: 1, negation: true);

    private static void Compare(Random random, int depth, bool negation)
    {
        using var sandbox = new GitSandbox();
        for (var round = 0; round < 12; round++)
        {
            var world = $"w{round}";
            var folders = new HashSet<string> { "a", "b", "b/ab" };
            var entries = new HashSet<string>(folders);
            for (var i = 0; i < 100; i++)
            {
                string[] parts = [.. Pick(random, Names, 1 + random.Next(depth))];
                var chain = Enumerable.Range(1, parts.Length).Select(count => string.Join('/', parts[..count])).ToArray();
                if (chain[..^1].Any(folder => entries.Contains(folder) && !folders.Contains(folder)))
                    continue;
                folders.UnionWith(chain[..^1]);
                entries.UnionWith(chain);
                if (random.Next(3) == 0)
                    folders.Add(chain[^1]);
            }
            foreach (var folder in folders)
                Directory.CreateDirectory(sandbox.PathOf($"{world}/{folder}"));
            foreach (var file in entries.Except(folders))
                sandbox.Write($"{world}/{file}", "");
            var files = new Dictionary<string, string> { [""] = Text(random, negation) };
            if (depth > 1)
                foreach (var folder in (string[])["a", "b/ab"])
                    files[folder + "/"] = Text(random, negation: false).Replace("\\", "", StringComparison.Ordinal);
            foreach (var (folder, text) in files)
                sandbox.Write($"{world}/{folder}.gitignore", text);
            var tree = new IgnoreTree(new RepositoryLayout(sandbox.Root), path => files.GetValueOrDefault(path[..^".dvcignore".Length]));
            var git = sandbox.Repository.Ignored([.. entries.Select(path => $"{world}/{path}")]);
            var different = entries.Where(path => tree.IsIgnored(path, folders.Contains(path)) != git.Contains($"{world}/{path}"));
            Assert.True(!different.Any(), $"Git decides otherwise of {string.Join(" ", different)} with {string.Join(" | ", files.Select(file => file.Key + ": " + file.Value))}");
        }
    }

    private static string Text(Random random, bool negation) => string.Concat(Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Pattern(random, negation) + "\n"));

    private static string Pattern(Random random, bool negation)
    {
        var pattern = string.Join(random.Next(5) == 0 ? "/**/" : "/", Pick(random, Segments, 1 + random.Next(3)));
        pattern = random.Next(8) switch { 0 => "/" + pattern, 1 => "**/" + pattern, 2 => pattern + "/**", _ => pattern };
        if (random.Next(4) == 0 && !pattern.EndsWith("/**", StringComparison.Ordinal))
            pattern += "/";
        return negation && random.Next(3) == 0 ? "!" + pattern : pattern;
    }

    private static IEnumerable<string> Pick(Random random, string[] from, int count) =>
        Enumerable.Range(0, count).Select(_ => from[random.Next(from.Length)]);
}
