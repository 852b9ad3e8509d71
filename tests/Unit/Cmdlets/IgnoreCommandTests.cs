namespace DataVersion.Tests.Cmdlets;

public sealed class IgnoreCommandTests : IDisposable
{
    private readonly TemporaryRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Fact]
    public void The_rule_that_decides_is_shown_with_its_place()
    {
        Write(".dvcignore", "# notes\n*.log\n!keep.log\ncache/\n");
        Write("data/.dvcignore", "*.tmp\n");
        Write("data/a.log", "");
        Write("data/cache/x", "");
        using var session = new ModuleSession(Path.Combine(repository.Root, "data"));

        var found = session.Run<DataIgnoreResult>("Test-DataIgnore a.log, ../keep.log, cache/x, absent.tmp, plain.txt, ../.dvc");

        Assert.Equal([".dvcignore:2:*.log\tdata/a.log", ".dvcignore:3:!keep.log\tkeep.log", ".dvcignore:4:cache/\tdata/cache/x",
            "data/.dvcignore:1:*.tmp\tdata/absent.tmp", "::.dvc/\t.dvc"], found.Select(r => r.ToString()));
        Assert.Equal([true, false, true, true, true], found.Select(r => r.IsIgnored));
    }

    [Fact]
    public void All_rules_and_paths_without_a_rule_come_when_asked_for()
    {
        Write(".dvcignore", "*.log\n*.lo?\n");
        Write("a.log", "");
        Write("b.txt", "");
        using var session = new ModuleSession(repository.Root);

        Assert.Equal(["*.lo?"], session.Run<DataIgnoreResult>("Get-ChildItem -File a.log, b.txt | Test-DataIgnore").Select(r => r.Pattern));
        Assert.Equal(["*.log", "*.lo?", null],
            session.Run<DataIgnoreResult>("Get-ChildItem -File a.log, b.txt | Test-DataIgnore -All -IncludeUnmatched").Select(r => r.Pattern));
        var outside = Assert.Single(session.Run<DataIgnoreResult>("Test-DataIgnore ../x.log -IncludeUnmatched"));
        Assert.False(outside.IsIgnored);
        Assert.Equal(Path.Combine(repository.Folder, "x.log"), outside.Path);
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(repository.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
