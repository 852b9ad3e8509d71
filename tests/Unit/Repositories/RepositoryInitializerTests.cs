using DataVersion.Engine.Repositories;

namespace DataVersion.Tests.Repositories;

public sealed class RepositoryInitializerTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("dv-init-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [SharedFact("fixtures")]
    public void WithGitTheFilesAreThoseOfDvcAndAreToBeStaged()
    {
        Directory.CreateDirectory(At(".git"));
        var outcome = Make();
        SameAs("01-init-git", "expected/files", ".dvc/.gitignore", ".dvcignore");
        SameAs("22-config-edit", "expected/snapshots/01.files", ".dvc/.gitignore", ".dvcignore");
        Assert.Equal("", File.ReadAllText(At(".dvc/config")));
        Assert.Equal(0, new FileInfo(At(".dvc/tmp/btime")).Length);
        Assert.Equal([At(".dvc/config"), At(".dvc/.gitignore"), At(".dvcignore")], outcome.FilesToStage);
        Assert.Equal(root, RepositoryDiscovery.Find(root).Root);
        Configuration.Load(outcome.Layout);
    }

    [Fact]
    public void WithoutGitNothingIsStagedAndTheConfigurationSaysSo()
    {
        Assert.Empty(Make(noGit: true).FilesToStage);
        Assert.Equal("[core]\n    no_scm = True\n", File.ReadAllText(At(".dvc/config")));
        Assert.False(File.Exists(At(".dvc/.gitignore")));
        Assert.True(RepositorySettings.From(Configuration.Load(new RepositoryLayout(root))).NoScm);
    }

    [SharedFact("fixtures")]
    public void InASubdirectoryTheFilesAreThoseOfDvc()
    {
        Directory.CreateDirectory(At(".git"));
        Directory.CreateDirectory(At("beta"));
        Fails(DataErrorKind.GitNotFound, () => Make(folder: At("beta")));
        RepositoryInitializer.Apply(RepositoryInitializer.Plan(At("beta"), false, true, false, Never), Never);
        SameAs("02-init-subdir-noscm", "expected/files", "beta/.dvc/.gitignore", "beta/.dvcignore", "beta/.dvc/config");
    }

    [Fact]
    public void WhatCannotBeIsRefusedAndNothingIsMade()
    {
        Fails(DataErrorKind.ArgumentInvalid, () => Make(noGit: true, subdirectory: true));
        Fails(DataErrorKind.GitNotFound, () => Make());
        Fails(DataErrorKind.GitNotFound, () => Make(subdirectory: true));
        Fails(DataErrorKind.PathNotFound, () => Make(folder: At("missing"), noGit: true));
        Directory.CreateDirectory(At(".git"));
        Fails(DataErrorKind.ArgumentInvalid, () => Make(isIgnored: _ => true));
        Assert.Equal([At(".git")], Directory.GetFileSystemEntries(root));
    }

    [Fact]
    public void ARepositoryIsReplacedOnlyWithForceAndThePlanNamesTheCache()
    {
        Make(noGit: true);
        var link = Path.Combine(root, "elsewhere");
        Directory.CreateDirectory(link);
        File.WriteAllText(Path.Combine(link, "kept"), "x");
        Directory.CreateDirectory(At(".dvc/cache/files/md5/aa"));
        File.WriteAllText(At(".dvc/cache/files/md5/aa/b"), "object");
        File.SetAttributes(At(".dvc/cache/files/md5/aa/b"), FileAttributes.ReadOnly);
        if (!OperatingSystem.IsWindows())
            Directory.CreateSymbolicLink(At(".dvc/cache/linked"), link);
        File.WriteAllText(At(".dvcignore"), "mine\n");

        Fails(DataErrorKind.RepositoryExists, () => Make(noGit: true));
        Assert.True(File.Exists(At(".dvc/cache/files/md5/aa/b")));

        var plan = RepositoryInitializer.Plan(root, true, false, true, Never);
        Assert.True(plan.ReplacesRepository);
        Assert.Equal(At(".dvc/cache"), plan.DeletedCacheFolder);
        Assert.Contains(At(".dvc/cache"), plan.Description);
        RepositoryInitializer.Apply(plan, Never);
        Assert.False(Directory.Exists(At(".dvc/cache")));
        Assert.Equal("mine\n", File.ReadAllText(At(".dvcignore")));
        Assert.True(File.Exists(Path.Combine(link, "kept")));
        Assert.Equal([At(".dvc"), At(".dvcignore"), link], Directory.GetFileSystemEntries(root).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ARepositoryInUseIsNotReplaced()
    {
        var layout = Make(noGit: true).Layout;
        using var held = RepositoryLock.Acquire(layout, RepositorySettings.From(Configuration.Load(layout)), "Add-DataFile", TimeSpan.Zero);
        Assert.Throws<RepositoryBusyException>(() => Make(noGit: true, force: true));
        Assert.True(File.Exists(layout.ConfigFile));
    }

    [Theory]
    [InlineData(null, "/config.local\n/tmp\n/cache\n")]
    [InlineData("/tmp", "/tmp\n/config.local\n/cache\n")]
    [InlineData("# mine\n/cache\n/config.local\n/tmp\n", null)]
    public void TheGitIgnoreFileIsCompletedOnOpening(string? before, string? after)
    {
        var layout = Make(noGit: true).Layout;
        if (before is not null)
            File.WriteAllText(layout.GitIgnoreFile, before);
        Assert.Equal(after is not null, DvcGitIgnore.Complete(layout, Never));
        Assert.Equal(after ?? before, File.ReadAllText(layout.GitIgnoreFile));
        Assert.False(DvcGitIgnore.Complete(layout, _ => throw new InvalidOperationException("nothing is missing, so Git is not asked")));
    }

    [Fact]
    public void WhatGitIgnoresAnywayNeedsNoLine()
    {
        var layout = Make(noGit: true).Layout;
        Assert.True(DvcGitIgnore.Complete(layout, path => path.EndsWith("tmp", StringComparison.Ordinal)));
        Assert.Equal("/config.local\n/cache\n", File.ReadAllText(layout.GitIgnoreFile));
    }

    [Fact]
    public void DestroyingKeepsDataAndGitIgnoreAndUnprotectsFirst()
    {
        var layout = Make(noGit: true).Layout;
        foreach (var (path, text) in new[] { ("a.dvc", "outs: []"), ("sub/dvc.yaml", ""), ("a", "data"), (".gitignore", "/a\n") })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
            File.WriteAllText(At(path), text);
        }
        var plan = RepositoryDestruction.Plan(layout, ["a.dvc", "sub/dvc.yaml"]);
        Assert.Throws<InvalidOperationException>(() => RepositoryDestruction.Apply(plan, () => throw new InvalidOperationException()));
        Assert.True(File.Exists(At("a.dvc")) && Directory.Exists(layout.DvcFolder));

        RepositoryDestruction.Apply(plan, () => Assert.True(File.Exists(At("a.dvc"))));
        Assert.Equal([".gitignore", "a", "sub"], Directory.GetFileSystemEntries(root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(At("sub")));
    }

    private static bool Never(string path) => false;

    private static void Fails(DataErrorKind kind, Action action) => Assert.Equal(kind, Assert.ThrowsAny<DataVersionException>(action).Kind);

    private string At(string path) => Path.Combine(root, path.Replace('/', Path.DirectorySeparatorChar));

    private InitializationOutcome Make(string? folder = null, bool noGit = false, bool subdirectory = false, bool force = false, Func<string, bool>? isIgnored = null) =>
        RepositoryInitializer.Apply(RepositoryInitializer.Plan(folder ?? root, noGit, subdirectory, force, isIgnored ?? Never), isIgnored ?? Never);

    private void SameAs(string fixture, string folder, params string[] files)
    {
        foreach (var file in files)
            Assert.Equal(File.ReadAllBytes(Path.Combine(Shared.Find("fixtures"), fixture, folder, file)), File.ReadAllBytes(At(file)));
    }
}
