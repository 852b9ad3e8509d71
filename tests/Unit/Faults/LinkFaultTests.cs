using System.Text;

namespace DataVersion.Tests.Faults;

/// <summary>What the workspace looks like after an add and after a switch, for each link kind on file systems that offer it.</summary>
public sealed class LinkFaultTests
{
    [LoopTheory("btrfs", "xfs", "ext4")]
    [InlineData("btrfs", "reflink")]
    [InlineData("btrfs", "hardlink")]
    [InlineData("btrfs", "symlink")]
    [InlineData("btrfs", "copy")]
    [InlineData("xfs", "reflink")]
    [InlineData("xfs", "hardlink")]
    [InlineData("ext4", "hardlink")]
    [InlineData("ext4", "symlink")]
    [InlineData("ext4", "copy")]
    public void The_workspace_after_add_and_switch(string fileSystem, string kind)
    {
        using var mount = new LoopMount(fileSystem);
        using var repository = new FaultRepository(mount.Root, $"Set-DataConfig cache.type {kind}");
        repository.Write("data/a.txt", "first a");
        repository.Write("data/sub/b.txt", "b");
        // A file that btrfs stored inside its own records would share no block with its object: a copy in truth.
        var model = new string('m', 5000);
        repository.Write("model.bin", model);
        repository.Record("v1", "data", "model.bin");
        var look = kind switch { "hardlink" => "r--r--r-- 2", "symlink" => "-> object", _ => "rw-r--r-- 1" };
        var first = $"data/a.txt [first a] {look}\ndata/sub/b.txt [b] {look}\nmodel.bin [{model}] {look}\n";
        Assert.Equal(first, Tree(repository));

        repository.Session.Run("Unprotect-DataFile data");
        repository.Write("data/a.txt", "second a");
        File.Delete(repository.PathOf("data/sub/b.txt"));
        repository.Write("data/sub2/c.txt", "c");
        Directory.Delete(repository.PathOf("data/sub"));
        repository.Record("v2", "data");
        var second = $"data/a.txt [second a] {look}\ndata/sub2/c.txt [c] {look}\nmodel.bin [{model}] {look}\n";
        Assert.Equal(second, Tree(repository));

        var changes = repository.Session.Run<LinkResult>("Switch-DataVersion v1");
        Assert.Equal(first, Tree(repository));
        Assert.False(Directory.Exists(repository.PathOf("data/sub2")));
        var wanted = Enum.Parse<LinkKind>(kind, ignoreCase: true);
        Assert.All(changes.Where(c => c.Change != WorkspaceChange.Deleted), c => Assert.Equal(wanted, c.LinkKind));
        repository.Session.Run("Switch-DataVersion v2");
        Assert.Equal(second, Tree(repository));
        // The kernel copies on btrfs by sharing blocks: what it is called when it is made is not what it is afterwards.
        var seen = (fileSystem, kind) == ("btrfs", "copy") ? LinkKind.Reflink : wanted;
        Assert.Equal(seen, repository.Session.Run<DataFile>("Get-DataFile model.bin").Single().LinkKind);
    }

    [LoopTheory("btrfs", "xfs")]
    [InlineData("btrfs")]
    [InlineData("xfs")]
    public void Editing_a_clone_leaves_the_object_alone(string fileSystem)
    {
        using var mount = new LoopMount(fileSystem);
        using var repository = new FaultRepository(mount.Root);
        var content = new string('x', 200_000);
        repository.Write("model.bin", content);
        var added = repository.Session.Run<DataFile>("Add-DataFile model.bin").Single();
        Assert.Equal(LinkKind.Reflink, added.LinkKind);
        Assert.Equal(LinkKind.Reflink, repository.Session.Run<DataFile>("Get-DataFile model.bin").Single().LinkKind);

        using (var file = new FileStream(repository.PathOf("model.bin"), FileMode.Open))
            file.Write("edited"u8);

        Assert.Equal(content, File.ReadAllText(repository.ObjectOf(content)));
        Assert.Equal(DataFileState.Modified, repository.Session.Run<DataFile>("Get-DataFile model.bin").Single().State);
        repository.Session.Run("Switch-DataVersion -Force");
        Assert.Equal(content, repository.Read("model.bin"));
    }

    [LoopTheory("btrfs", "xfs")]
    [InlineData("btrfs", "reflink,copy")]
    [InlineData("xfs", "hardlink,copy")]
    [InlineData("btrfs", "hardlink,symlink")]
    public void Across_devices_the_fallback_is_told_once(string fileSystem, string kinds)
    {
        using var mount = new LoopMount(fileSystem);
        using var cache = new LoopMount(fileSystem);
        using var repository = new FaultRepository(mount.Root, $"Set-DataConfig cache.dir '{cache.PathOf("cache")}' ; Set-DataConfig cache.type '{kinds}'");
        repository.Write("one.bin", "one");
        repository.Write("two.bin", "two");
        var wanted = kinds.EndsWith("symlink", StringComparison.Ordinal) ? LinkKind.Symlink : LinkKind.Copy;

        var first = repository.Session.Run("Add-DataFile one.bin");
        var second = repository.Session.Run("Add-DataFile two.bin");

        var warning = Assert.Single(first.Warnings.Concat(second.Warnings));
        Assert.Contains(kinds.Split(',')[0], warning, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(wanted.ToString(), warning, StringComparison.Ordinal);
        Assert.Equal(wanted, ((DataFile)first.Output[0].BaseObject).LinkKind);
        Assert.Equal(wanted, ((DataFile)second.Output[0].BaseObject).LinkKind);
        File.Delete(repository.PathOf("one.bin"));
        Assert.Equal(wanted, repository.Session.Run<LinkResult>("Switch-DataVersion").Single().LinkKind);
        Assert.Equal("one", repository.Read("one.bin"));
    }

    private static string Tree(FaultRepository repository)
    {
        var text = new StringBuilder();
        foreach (var path in new[] { "data", "model.bin" }.SelectMany<string, string>(p => Directory.Exists(repository.PathOf(p))
            ? Directory.EnumerateFiles(repository.PathOf(p), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [repository.PathOf(p)]))
        {
            var link = new FileInfo(path).LinkTarget;
            text.Append(Path.GetRelativePath(repository.Root, path)).Append(" [").Append(File.ReadAllText(path)).Append("] ");
            var stat = Engine.Files.FileStat.Read(path);
            text.Append(link is null ? $"{Mode(path)} {stat.LinkCount}"
                : link == repository.ObjectOf(File.ReadAllText(path)) ? "-> object" : "-> " + link).Append('\n');
        }
        return text.ToString();
    }

    private static string Mode(string path)
    {
        var mode = OperatingSystem.IsWindows() ? 0 : (int)File.GetUnixFileMode(path);
        return string.Concat(Enumerable.Range(0, 9).Select(i => (mode & (0x100 >> i)) != 0 ? "rwx"[i % 3] : '-'));
    }
}
