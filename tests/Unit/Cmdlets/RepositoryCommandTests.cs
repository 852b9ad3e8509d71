using DataVersion.Engine.Repositories;

namespace DataVersion.Tests.Cmdlets;

public sealed class RepositoryCommandTests : IDisposable
{
    private readonly TemporaryRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Fact]
    public void The_repository_of_a_folder_below_is_described_and_nothing_is_left_behind()
    {
        var below = Directory.CreateDirectory(Path.Combine(repository.Root, "a", "b")).FullName;
        using var session = new ModuleSession(below);

        var found = Assert.Single(session.Run<DataRepository>("Get-DataRepository"));

        Assert.Equal(repository.Root, found.Root);
        Assert.Equal(Path.Combine(repository.Root, ".dvc", "cache"), found.CacheFolder);
        Assert.Equal([LinkKind.Reflink, LinkKind.Copy], found.LinkOrder);
        Assert.True(found.LinkCapabilities.Single(c => c.Kind == LinkKind.Copy).Works);
        Assert.All(found.LinkCapabilities, c => Assert.Equal(c.Works, c.Reason is null));
        Assert.False(string.IsNullOrEmpty(found.FileSystem));
        Assert.Equal(["a", ".dvc"], Directory.GetFileSystemEntries(repository.Root).Select(Path.GetFileName).OrderByDescending(n => n));
        Assert.Equal(["config", "tmp"], Directory.GetFileSystemEntries(Path.Combine(repository.Root, ".dvc")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_process_that_holds_the_repository_is_named()
    {
        var layout = new RepositoryLayout(repository.Root);
        using var session = new ModuleSession(repository.Root);
        using (RepositoryLock.Acquire(layout, RepositorySettings.From(Configuration.Load(layout)), "the test", TimeSpan.Zero))
            Assert.Contains($"{Environment.ProcessId}", Assert.Single(session.Run<DataRepository>("Get-DataRepository").Single().LockHolders));

        Assert.Empty(session.Run<DataRepository>("Get-DataRepository").Single().LockHolders);
    }

    [Fact]
    public void A_new_repository_beside_Git_has_the_files_of_DVC_in_the_index()
    {
        var folder = Directory.CreateDirectory(Path.Combine(repository.Folder, "new [1]")).FullName;
        using var session = new ModuleSession(folder);
        session.Run("git init -q .");

        var made = Assert.Single(session.Run<DataRepository>("Initialize-DataRepository"));

        Assert.Equal((folder, folder), (made.Root, made.GitRoot));
        Assert.Equal("", File.ReadAllText(Path.Combine(folder, ".dvc", "config")));
        Assert.Equal("/config.local\n/tmp\n/cache\n", File.ReadAllText(Path.Combine(folder, ".dvc", ".gitignore")));
        Assert.Equal([".dvc/.gitignore", ".dvc/config", ".dvcignore"],
            session.Run("git diff --cached --name-only").Output.Select(o => o.ToString()!));
    }

    [Fact]
    public void Without_Git_it_must_be_said_and_a_second_time_is_an_error_that_changes_nothing()
    {
        var folder = Directory.CreateDirectory(Path.Combine(repository.Folder, "plain")).FullName;
        using var session = new ModuleSession(repository.Folder);

        Assert.Equal(["GitNotFound"], session.Invoke("Initialize-DataRepository plain").ErrorIds);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        session.Run("Initialize-DataRepository plain -NoGit -WhatIf");
        Assert.Empty(Directory.GetFileSystemEntries(folder));

        Assert.Equal(folder, session.Run<DataRepository>("Initialize-DataRepository plain -NoGit").Single().Root);
        File.WriteAllText(Path.Combine(folder, ".dvc", "config"), "[core]\n    no_scm = True\n# mine\n");

        Assert.Equal(["RepositoryExists"], session.Invoke("Initialize-DataRepository plain -NoGit").ErrorIds);
        Assert.Contains("# mine", File.ReadAllText(Path.Combine(folder, ".dvc", "config")));
        session.Run("Initialize-DataRepository plain -NoGit -Force");
        Assert.Equal("[core]\n    no_scm = True\n", File.ReadAllText(Path.Combine(folder, ".dvc", "config")));
    }

    [Fact]
    public void Outside_of_a_repository_the_error_says_what_to_do()
    {
        using var session = new ModuleSession(repository.Folder);

        var result = session.Invoke("Get-DataRepository");

        Assert.Equal(["RepositoryNotFound"], result.ErrorIds);
        Assert.Contains("Initialize-DataRepository", result.Errors[0].ErrorDetails.RecommendedAction);
        Assert.Equal(repository.Root, session.Run<DataRepository>("Get-DataRepository -Repository repo").Single().Root);
    }
}
