using DataVersion.Engine.Repositories;
using DataVersion.Tests.Fixtures;

namespace DataVersion.Tests.Repositories;

/// <summary>What a person writes into <c>.dvcignore</c> and which paths it hides. The verdicts are those of DVC 3.67.</summary>
public sealed class IgnoreTreeTests
{
    private static readonly RepositoryLayout Nowhere = new(Path.Combine(Path.GetTempPath(), "no-such-repository"));

    public static TheoryData<int> RecordedCommands
    {
        get
        {
            var data = new TheoryData<int>();
            if (Shared.TryFind("fixtures") is not null)
                foreach (var step in FixtureCase.Read("07-dvcignore").Steps.Where(step => step.Arguments is ["dvc", "check-ignore", ..]))
                    data.Add(step.Index);
            return data;
        }
    }

    [Theory]
    // A name alone matches at any depth, files and folders with all they hold.
    [InlineData("cache", "cache", "a/cache", "a/cache/b/c.txt", "~a/cached", "~mycache")]
    [InlineData("*.log", "x.log", "a/b/.log", "a.log/x", "~x.log1")]
    [InlineData("tmp*", "tmp", "a/tmp1/x", "~xtmp")]
    [InlineData("cache/", "cache/", "a/cache/x", "~cache", "~a/cache")]
    // A slash ties it to the folder of the file.
    [InlineData("/x.txt", "x.txt", "~a/x.txt")]
    [InlineData("a/b", "a/b", "a/b/c", "~x/a/b", "~a/bb")]
    [InlineData("a/*.txt", "a/1.txt", "~a/b/1.txt")]
    // Any number of folders.
    [InlineData("**/b", "b", "a/b", "a/a/b", "b/c")]
    [InlineData("a/**/b", "a/b", "a/x/b", "a/x/y/b", "~x/a/b", "~a/x")]
    [InlineData("a/**", "a/x", "a/x/y", "~a", "~a/", "~b/a/x")]
    [InlineData("**/deep/*.tmp", "deep/1.tmp", "x/deep/1.tmp", "~deep/more/1.tmp")]
    [InlineData("*/", "a/", "a/b", "~a", "~x.txt")]
    // One character, sets, ranges, escapes.
    [InlineData("x?", "x1", "x😀", "~x", "~x12")]
    [InlineData("a?b", "~a/b")]
    [InlineData("[ab]x", "ax", "bx", "~cx")]
    [InlineData("[!a]x", "bx", "~ax", "~x")]
    [InlineData("[^a-c]x", "dx", "~bx")]
    [InlineData("[]a]x", "]x", "ax", "~bx")]
    [InlineData("[a-]x", "-x", "ax")]
    [InlineData("[a-", "[a-")]
    [InlineData("[z-a]", "~z", "~a", "~m")]
    [InlineData("[α-ω]", "β", "~b")]
    [InlineData("\\#x", "#x")]
    [InlineData("\\!x", "!x")]
    [InlineData("a\\*", "a*", "~ab")]
    [InlineData("x\\", "~x", "~x\\")]
    [InlineData("*a*b*a", "aba", "xaxbxa", "aabba", "~ab", "~abab")]
    // Blanks around a line, comments, endings of lines.
    [InlineData("  x.txt \t\r\n\r\n# y\r\n z", "x.txt", "z", "~y", "~# y")]
    [InlineData("a b", "a b", "~a", "~b")]
    [InlineData("\n/\n!\n", "~a", "~a/")]
    // The last one decides; nothing comes back below an ignored folder.
    [InlineData("*.log\n!keep.log", "a.log", "~keep.log", "~a/keep.log")]
    [InlineData("!keep.log\n*.log", "keep.log")]
    [InlineData("a/\n!a/keep", "a/keep", "a/x")]
    [InlineData("a/*\n!a/keep", "~a/keep", "a/x")]
    [InlineData("a/**\n!a/keep", "~a/keep", "a/x")]
    // As in DVC, what matches a folder speaks of its content too.
    [InlineData("*.log\n!a", "x.log", "~a/x.log")]
    [InlineData("*.log\n!a/", "a/x.log", "~a/x.log/")]
    // Case counts on every system.
    [InlineData("Data", "Data", "~data")]
    public void Patterns(string text, params string[] expectations)
    {
        var tree = Tree(("", text));
        foreach (var expected in expectations)
        {
            // "~" in front: not ignored. "/" at the end: a folder.
            var ignored = expected[0] != '~';
            var path = ignored ? expected : expected[1..];
            Assert.True(tree.IsIgnored(path.TrimEnd('/'), path.EndsWith('/')) == ignored, $"{path} must {(ignored ? "" : "not ")}be ignored by {text}");
        }
    }

    [Fact]
    public void Files_below_the_root_speak_of_their_folder_and_come_last()
    {
        var tree = Tree(("", "*.log\n"), ("a", "/x\ny\nb/c\n!keep.log\n**/q/r\n"), ("a/b", "!y\n"));
        string[] ignored = ["a/x", "a/y", "a/d/y", "a/b/c", "a/1.log", "keep.log", "a/q/r", "a/d/q/r"];
        string[] visible = ["x", "y", "b/c", "a/d/x", "a/d/b/c", "a/keep.log", "a/d/keep.log", "a/b/y", "q/r"];
        Assert.Equal(ignored, ignored.Concat(visible).Where(path => tree.IsIgnored(path, false)));
    }

    [Fact]
    public void A_folder_with_special_characters_is_taken_by_its_name() =>
        Assert.Equal(["#1 [a]/x"], ((string[])["#1 [a]/x", "#1 a/x"]).Where(path => Tree(("#1 [a]", "/x")).IsIgnored(path, false)));

    [Fact]
    public void Below_the_root_a_backslash_in_front_is_dropped() =>
        Assert.True(Tree(("a", "\\#x\n\\!y\n")) is var tree && tree.IsIgnored("a/#x", false) && tree.IsIgnored("a/b/!y", false));

    [Fact]
    public void An_ignored_file_of_patterns_has_no_say()
    {
        var tree = Tree(("", "/a/.dvcignore\n/b/\n"), ("a", "x\n"), ("b", "!y\n"));
        Assert.False(tree.IsIgnored("a/x", false));
        Assert.True(tree.IsIgnored("b/y", false));
    }

    [Fact]
    public void Folders_of_the_tools_and_repositories_inside_are_ignored()
    {
        var tree = new IgnoreTree(Nowhere, path => path == ".dvcignore" ? "!sub/\n" : null, folder => folder is "sub" or "a/sub");
        Assert.Equal(new IgnoreMatch("", 0, ".git", false), tree.Match(".git", isDirectory: true));
        Assert.True(tree.IsIgnored(".git", isDirectory: false));
        Assert.True(tree.IsIgnored(".hg", isDirectory: true));
        Assert.False(tree.IsIgnored(".hg", isDirectory: false));
        Assert.True(tree.IsIgnored("sub", isDirectory: true));
        Assert.Equal("/sub/", tree.Match("a/sub/x.txt", isDirectory: false)!.Pattern);
        Assert.False(tree.IsIgnored("sub", isDirectory: false));
    }

    [Fact]
    public void Paths_outside_and_the_root_are_never_ignored()
    {
        var tree = Tree(("", "*\n"));
        Assert.True(tree.IsIgnored("x", false));
        Assert.All((string[])["", ".", "..", "../x", "/x"], path => Assert.False(tree.IsIgnored(path, true)));
    }

    [Fact]
    public void The_deciding_rule_and_all_rules_are_told_with_their_places()
    {
        var tree = Tree(("", "# first\n  *.log  \n!keep.log\n"), ("a", "\nkeep.*\n"));
        Assert.Null(tree.Match("x.txt", false));
        Assert.Equal(new IgnoreMatch(".dvcignore", 3, "!keep.log", true), tree.Match("keep.log", false));
        Assert.False(tree.IsIgnored("keep.log", false));
        Assert.Equal([(".dvcignore", 2), (".dvcignore", 3), ("a/.dvcignore", 2)], tree.Matches("a/keep.log", false).Select(match => (match.File, match.Line)));
        Assert.Equal(["*.log"], tree.Matches("old.log/keep.log", false).Select(match => match.Pattern));
        Assert.Empty(tree.Matches("x", false));
    }

    [Fact]
    public void The_working_tree_is_read_by_default()
    {
        using var scratch = new ScratchRepository();
        scratch.Write(".dvcignore", "\uFEFF*.tmp\n");
        scratch.Write("a/.dvcignore", "!1.tmp\n");
        scratch.Write("sub/.dvc/config");
        var tree = new IgnoreTree(scratch.Layout);
        Assert.True(tree.IsIgnored("b/1.tmp", false));
        Assert.False(tree.IsIgnored("a/1.tmp", false));
        Assert.True(tree.IsIgnored("sub/data.dvc", false));
    }

    [Fact]
    public void Many_threads_get_the_same_answers()
    {
        var tree = Tree(("", "*.log\n/d1/f3\n"), ("d2", "f*\n"));
        string[] paths = [.. from i in Enumerable.Range(0, 20_000) select $"d{i % 7}/e{i % 211}/f{i % 5}"];
                var together = new bool[paths.Length];
        Parallel.For(0, paths.Length, i => together[i] = tree.IsIgnored(paths[i], false));
        Assert.Equal(paths.Count(path => path.StartsWith("d2/", StringComparison.Ordinal)), together.Count(ignored => ignored));
    }

    [Theory]
    [MemberData(nameof(RecordedCommands), DisableDiscoveryEnumeration = true)]
    public void Answers_as_DVC_did(int recorded)
    {
        var command = FixtureCase.Read("07-dvcignore").Steps[recorded];
        var (root, nested) = ("# Add patterns of files dvc should ignore, which could improve\n# the performance. Learn more at\n"
            + "# https://dvc.org/doc/user-guide/dvcignore\n", "");
        foreach (var step in FixtureCase.Read("07-dvcignore").Steps.TakeWhile(step => step.Index < command.Index))
            if (step.Json.TryGetProperty("write", out var write) && write.GetProperty("text").GetString() is { } text)
                (root, nested) = write.GetProperty("path").GetString() switch
                {
                    "repo/.dvcignore" => (root + text, nested),
                    "repo/sub/.dvcignore" => (root, text),
                    _ => (root, nested),
                };
        var tree = Tree(("", root), ("sub", nested));
        var details = command.Arguments.Contains("-d");
        var lines = new List<string>();
        foreach (var path in command.Arguments.Skip(2).Where(argument => argument[0] != '-'))
        {
            var match = tree.Match(path, path is "data/cache" or ".git");
            var rule = match switch { null => "::", { File: "" } => ":" + match.Pattern, _ => $"{match.File}:{match.Line}:{match.Pattern}" };
            if (details ? match is not null || command.Arguments.Contains("-n") : match is { IsNegated: false })
                lines.Add(details ? $"{rule}\t{path}" : path);
        }
        Assert.Equal(command.Output, string.Concat(lines.Select(line => line + "\n")));
    }

    private static IgnoreTree Tree(params (string Folder, string Text)[] files) => new(Nowhere, path =>
        files.FirstOrDefault(file => (file.Folder.Length == 0 ? ".dvcignore" : file.Folder + "/.dvcignore") == path).Text);
}
