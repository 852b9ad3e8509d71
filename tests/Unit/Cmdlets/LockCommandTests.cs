using System.Text.Json;

namespace DataVersion.Tests.Cmdlets;

public sealed class LockCommandTests : IDisposable
{
    private readonly TemporaryRepository repository = new();

    public LockCommandTests() => File.WriteAllText(repository.Config, "[core]\n    no_scm = True\n");

    public void Dispose() => repository.Dispose();

    private string Mark(int process) => JsonSerializer.Serialize(new
    {
        write = new Dictionary<string, object> { [Path.Combine(repository.Root, "a.txt")] = new { pid = process, cmd = "dvc repro" } },
    });

    private string Marks => Path.Combine(repository.Root, ".dvc", "tmp", "rwlock");

    [Fact]
    public void A_path_that_another_process_writes_is_left_alone_and_that_process_is_named()
    {
        File.WriteAllText(Path.Combine(repository.Root, "a.txt"), "a");
        using var session = new ModuleSession(repository.Root);
        session.Run("Add-DataFile a.txt");
        Assert.DoesNotContain("a.txt", File.ReadAllText(Marks));
        File.Delete(Path.Combine(repository.Root, "a.txt"));
        var mine = Mark(Environment.ProcessId);
        File.WriteAllText(Marks, mine);

        foreach (var command in new[] { "Switch-DataVersion", "Remove-DataFile a.txt", "Move-DataFile a.txt b.txt" })
        {
            var result = session.Invoke(command);
            Assert.Equal(["RepositoryBusy"], result.ErrorIds);
            Assert.Contains("dvc repro", result.Errors[0].ToString());
            Assert.StartsWith(command.Split(' ')[0], result.Errors[0].ToString());
        }

        Assert.False(File.Exists(Path.Combine(repository.Root, "a.txt")));
        Assert.Equal(mine, File.ReadAllText(Marks));
        File.WriteAllText(Path.Combine(repository.Root, "a.txt"), "changed");
        Assert.Equal(["RepositoryBusy"], session.Invoke("Add-DataFile a.txt").ErrorIds);
        Assert.Equal(["RepositoryBusy"], session.Invoke("Save-DataFile -Force").ErrorIds);
        Assert.Equal("changed", File.ReadAllText(Path.Combine(repository.Root, "a.txt")));
    }

    [Fact]
    public void A_mark_of_a_dead_process_is_removed_with_a_warning()
    {
        File.WriteAllText(Path.Combine(repository.Root, "a.txt"), "a");
        File.WriteAllText(Marks, Mark(int.MaxValue));
        using var session = new ModuleSession(repository.Root);

        var result = session.Run("Add-DataFile a.txt");

        Assert.Single(result.Warnings, text => text.Contains("dvc repro", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(repository.Root, "a.txt.dvc")));
        Assert.DoesNotContain("a.txt", File.ReadAllText(Marks));
    }

    [Fact]
    public void A_change_completes_the_ignore_file_that_keeps_the_cache_out_of_Git()
    {
        File.WriteAllText(repository.Config, "");
        var ignore = Path.Combine(repository.Root, ".dvc", ".gitignore");
        File.WriteAllText(ignore, "/tmp\n");
        File.WriteAllText(Path.Combine(repository.Root, "a.txt"), "a");
        using var session = new ModuleSession(repository.Root);
        session.Run("git init -q .");

        session.Run("Add-DataFile a.txt");

        Assert.Equal("/tmp\n/config.local\n/cache\n", File.ReadAllText(ignore));
    }
}
