using System.Text;
using DataVersion.Engine.Git;

namespace DataVersion.Tests.Git;

/// <summary>What is said of ignored paths without asking Git is what Git says.</summary>
public sealed class IgnoreForecastTests : IDisposable
{
    private static readonly string[] Names =
    [
        "a", "A", "a.bin", "a.bin.dvc", "b.dvc", "x/a", "x/a.bin", "x/b.dvc", "x/y/a", "x/y/b.dvc", "x/y/z/a", "#a", "!a", "a b", "a[1].png", "x/a[1].png.dvc",
        "back\\slash", "\u00e4.bin", "x/\u00e4.dvc", "folder/inner", "folder/inner.dvc", "dvc.yaml", "x/dvc.lock", "deep/x/y/a.bin",
    ];

    private static readonly string[] Rules =
    [
        "a", "/a", "a/", "/a.bin", "x", "/x", "x/", "x/a", "/x/y", "y/", "*.dvc", "!*.dvc", "!b.dvc", "!/a", "b.*", "*", "**", "x/**", "**/a", "x/**/a", "[ab]", "[!a]*", "?",
        "#a", "\\#a", "\\!a", "a b", "a\\ b", "a ", "a\\ ", "/a\\[1\\].png", "a[1].png", "back\\\\slash", "\u00e4.bin", "*\u00e4.bin", "*\u00e4.dvc", "folder/*", "folder/", "!folder/inner",
        "/", "//a", "x//a", "dvc.*", "*.yaml", "foo*", "*n", "", "A", "a\r", "\\", "in*r.dvc", "deep/**/a.bin", "[", "x/[", "x[/]a",
    ];

    private readonly GitSandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Nothing_else_than_git_says(int linesOfEach)
    {
        var random = new Random(linesOfEach);
        var certain = 0;
        for (var round = 0; round < 40; round++)
        {
            string Lines() => string.Concat(Enumerable.Range(0, linesOfEach).Select(_ => Rules[random.Next(Rules.Length)] + "\n"));
            sandbox.Write(".gitignore", Lines());
            sandbox.Write("x/.gitignore", Lines());
            sandbox.Write("x/y/.gitignore", round % 2 == 0 ? Lines() : "");
            sandbox.Write(".git/info/exclude", round % 4 == 0 ? Lines() : "");
            foreach (var name in Names.Where(static _ => !OperatingSystem.IsWindows()))
                if (!Path.Exists(sandbox.PathOf(name)))
                    sandbox.Write(name, "");
            var said = sandbox.Repository.IgnoreRules(Names).Where(r => r.Ignores).Select(r => r.Path).ToHashSet();
            var forecast = new IgnoreForecast(sandbox.Repository, () => [IgnoreLines.Read(sandbox.PathOf(".git/info/exclude"))!]);
            foreach (var name in Names)
                if (forecast.IsIgnored(name) is { } ignored)
                {
                    certain++;
                    Assert.True(ignored == said.Contains(name), $"{name}: {ignored}\n{sandbox.Read(".gitignore")}--\n{sandbox.Read("x/.gitignore")}--\n{sandbox.Read("x/y/.gitignore")}");
                }
            Assert.Equal(said.Order(), sandbox.Repository.Ignored(Names).Order());
        }
        Assert.True(certain > 100, $"Git was needed for nearly all: {certain}.");
    }

    [Fact]
    public void A_line_for_each_of_thousands_of_files_is_not_a_question_to_git()
    {
        var names = Enumerable.Range(0, 2000).Select(i => $"data/file{i}.bin").ToArray();
        sandbox.Write("data/.gitignore", string.Concat(Enumerable.Range(0, 2000).Select(i => $"/file{i}.bin\n")));
        var git = sandbox.Repository;
        Assert.Equal(2000, git.Ignored(names).Count);
        Assert.Equal(0, git.ProcessCount);
        Assert.Empty(git.Ignored([.. names.Select(n => n + ".dvc")]));
        // Once for the user's configuration.
        Assert.Equal(1, git.ProcessCount);
    }

    [Fact]
    public void The_file_of_the_user_counts()
    {
        sandbox.Write("mine", "*.dvc\nsecret\n");
        sandbox.Git("config", "core.excludesFile", sandbox.PathOf("mine"));
        Assert.Equal(["a.dvc", "x/secret"], sandbox.Repository.Ignored(["a.dvc", "b", "x/secret"]).Order());
    }

    [Fact]
    public void A_link_in_the_place_of_a_gitignore_file_is_left_to_git()
    {
        if (OperatingSystem.IsWindows())
            return;
        sandbox.Write("rules", "/a\n");
        File.CreateSymbolicLink(sandbox.PathOf(".gitignore"), sandbox.PathOf("rules"));
        var said = sandbox.Repository.IgnoreRules(["a", "b"]).Select(r => r.Path);
        Assert.Equal(said, sandbox.Repository.Ignored(["a", "b"]).Order());
    }

    [Fact]
    public void Rules_that_are_no_text_are_left_to_git()
    {
        Directory.CreateDirectory(sandbox.PathOf("x"));
        File.WriteAllBytes(sandbox.PathOf(".gitignore"), [.. Encoding.UTF8.GetBytes("/a\n"), 0xE4, 0x0A]);
        Assert.Equal(["a"], sandbox.Repository.Ignored(["a", "b"]));
    }
}
