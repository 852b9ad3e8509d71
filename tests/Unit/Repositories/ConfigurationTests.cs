using DataVersion.Engine.Repositories;

namespace DataVersion.Tests.Repositories;

public sealed class ConfigurationTests : IDisposable
{
    private readonly ScratchRepository scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void LocalWinsOverRepositoryOptionByOption()
    {
        scratch.Write(".dvc/config", "[core]\n remote = Store\n autostage = TRUE\n['remote \"store\"']\n url = ../data\n");
        scratch.Write(".dvc/config.local", "[core]\n autostage = false\n['remote \"store\"']\n jobs = 7\n");
        var configuration = Load();
        Assert.False(configuration.GetBool("core.autostage"));
        Assert.Equal("store", configuration.DefaultRemote);
        var remote = configuration.GetRemote();
        Assert.Equal(Path.Combine(scratch.Root, "data"), remote.Url);
        Assert.Equal("7", remote.Options["jobs"]);
        Assert.Equal([ConfigScope.Repository, ConfigScope.Local], remote.Scopes);
        Assert.True(remote.IsDefault);
        Assert.Contains(new DataConfigEntry("core.autostage", "false", ConfigScope.Local, scratch.Layout.LocalConfigFile), configuration.Entries());
        Assert.DoesNotContain(configuration.Entries(ConfigScope.Repository), entry => entry.Scope != ConfigScope.Repository);
    }

    [Fact]
    public void SettingsHaveDefaultsAndFollowTheFile()
    {
        scratch.Write(".dvc/config");
        var plain = RepositorySettings.From(Load());
        Assert.Equal(scratch.Layout.DefaultCacheFolder, plain.CacheFolder);
        Assert.Equal([LinkKind.Reflink, LinkKind.Copy], plain.LinkOrder);
        Assert.True(plain.SlowLinkWarning);
        Assert.Equal(0, plain.ChecksumJobs);

        scratch.Write(".dvc/config", "[cache]\n dir = ../../shared cache\n type = symlink , copy\n shared = Group\n verify = True\n slow_link_warning = false\n[core]\n checksum_jobs = 3\n no_scm = True\n");
        var set = RepositorySettings.From(Load());
        Assert.Equal(Path.GetFullPath(Path.Combine(scratch.Root, "..", "shared cache")), set.CacheFolder);
        Assert.Equal([LinkKind.Symlink, LinkKind.Copy], set.LinkOrder);
        Assert.True(set.CacheSharedGroup && set.VerifyCache && set.NoScm);
        Assert.False(set.SlowLinkWarning);
        Assert.Equal(3, set.ChecksumJobs);
    }

    [Theory]
    [InlineData("[core]\n autostag = true\n", "Did you mean 'autostage'?")]
    [InlineData("[chache]\n dir = x\n", "Did you mean 'cache'?")]
    [InlineData("[core]\n autostage = maybe\n", "core.autostage")]
    [InlineData("[core]\n checksum_jobs = 0\n", "at least 1")]
    [InlineData("[cache]\n type = hardlink,teleport\n", "teleport")]
    [InlineData("[hydra]\n config_name = a,b\n", "quotes")]
    [InlineData("['remote \"x\"']\n url = foo://bar\n", "foo://bar")]
    [InlineData("['remote \"x\"']\n url = gs://b\n region = y\n", "gs://")]
    public void WrongFilesAreRefusedWithTheirName(string text, string expected)
    {
        var path = scratch.Write(".dvc/config", text);
        var error = Assert.Throws<DataVersionException>(Load);
        Assert.Contains(expected, error.Message);
        Assert.Contains(path, error.Message);
    }

    [Fact]
    public void UnknownFeaturesAndRemotesWithoutUrlAreOnlyWarnedOf()
    {
        scratch.Write(".dvc/config", "[feature]\n x = 1\n");
        scratch.Write(".dvc/config.local", "['remote \"gone\"']\n password = p\n");
        var configuration = Load();
        Assert.Equal(2, configuration.Warnings.Count);
        Assert.Empty(configuration.Remotes);
        Assert.Equal(DataErrorKind.RemoteNotFound, Assert.Throws<DataVersionException>(() => configuration.GetRemote("gone")).Kind);
    }

    [Fact]
    public void AWrongFileCanBeCorrectedAndARefusedEditChangesNothing()
    {
        scratch.Write(".dvc/config", "# kept\n[core]\n autostage = maybe\n");
        Configuration.Load(scratch.Layout, validate: false).Set(ConfigScope.Repository, "core.autostage", "true", scratch.Root);
        Assert.Equal("[core]\n    autostage = true\n", scratch.Read(".dvc/config"));

        scratch.Write(".dvc/config", "# kept\n[core]\n autostage = true\n");
        Assert.Throws<DataVersionException>(() => Load().Set(ConfigScope.Repository, "core.checksum_jobs", "many", scratch.Root));
        Assert.Throws<DataVersionException>(() => Load().Set(ConfigScope.Repository, "plots.out_dir", "Ergebnisse-\u00fc", scratch.Root));
        Load().Set(ConfigScope.Repository, "core.autostage", "true", scratch.Root);
        Assert.StartsWith("# kept", scratch.Read(".dvc/config"));
    }

    [Fact]
    public void RemovingAndRenamingARemoteTakesItsLocalSecretsAlong()
    {
        scratch.Write(".dvc/config", "['remote \"a\"']\n url = s3://b/c\n");
        scratch.Write(".dvc/config.local", "[core]\n remote = a\n['remote \"a\"']\n access_key_id = k\n");
        Load().RenameRemote(ConfigScope.Repository, "A", "z");
        Assert.Equal("[core]\n    remote = z\n['remote \"z\"']\n    access_key_id = k\n", scratch.Read(".dvc/config.local"));
        Assert.Equal("k", Load().GetRemote().Options["access_key_id"]);
        Load().RemoveRemote(ConfigScope.Repository, "z");
        Assert.Equal("\n", scratch.Read(".dvc/config"));
        Assert.Equal("\n", scratch.Read(".dvc/config.local"));
    }

    [Fact]
    public void RemoteReferencesAreResolved()
    {
        scratch.Write(".dvc/config",
            "['remote \"main\"']\n url = s3://bucket/a\n region = r\n jobs = 2\n['remote \"part\"']\n url = remote://main/sub/path\n jobs = 5\n"
            + "['remote \"x\"']\n url = remote://y\n['remote \"y\"']\n url = remote://x\n");
        var part = Load().GetRemote("part");
        Assert.Equal("s3://bucket/a/sub/path", part.Url);
        Assert.Equal(("r", "5"), (part.Options["region"], part.Options["jobs"]));
        Assert.Equal(DataErrorKind.ConfigurationInvalid, Assert.Throws<DataVersionException>(() => Load().GetRemote("x")).Kind);
    }

    [Fact]
    public void WithoutARepositoryOnlyTheUserLevelsExist()
    {
        var configuration = Configuration.Load(null);
        Assert.Empty(configuration.Entries());
        Assert.Null(configuration.Get("core.remote"));
        Assert.Equal(DataErrorKind.RepositoryNotFound,
            Assert.Throws<DataVersionException>(() => configuration.Set(ConfigScope.Repository, "core.remote", "x", scratch.Root)).Kind);
    }

    [Fact]
    public void HomeFoldersAreExpandedForReadingAndKeptInTheFile()
    {
        scratch.Write(".dvc/config");
        Load().AddRemote(ConfigScope.Repository, "home", "~/store", false, false, scratch.Root);
        Assert.Contains("url = ~/store", scratch.Read(".dvc/config"));
        Assert.True(Path.IsPathFullyQualified(Load().GetRemote("home").Url));
        Assert.EndsWith("store", Load().GetRemote("home").Url);
    }

    [Fact]
    public void EveryOptionIsDescribedOnce()
    {
        var options = ConfigurationSchema.Options.ToList();
        Assert.Equal(options.Count, options.Select(o => o.Name).Distinct().Count());
        Assert.All(options, option => Assert.NotEmpty(option.Description));
        Assert.All(options.Where(o => o.Default is not null), option => Assert.Null(option.Problem(option.Default!, false)));
    }

    private Configuration Load() => Configuration.Load(scratch.Layout);
}
