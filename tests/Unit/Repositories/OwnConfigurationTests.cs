using DataVersion.Engine.Repositories;
using DataVersion.Tests.Remotes;

namespace DataVersion.Tests.Repositories;

/// <summary>What DVC could not live with is kept in files of our own, and shown as if it were not.</summary>
public sealed class OwnConfigurationTests : IDisposable
{
    private const string Store = "['remote \"store\"']\n    url = s3://bucket/path\n";

    private readonly ScratchRepository scratch = new();

    public OwnConfigurationTests()
    {
        scratch.Write(".dvc/config", "[core]\n    remote = store\n" + Store);
        scratch.Write(".dvc/.gitignore", "/config.local\n/tmp\n/cache\n");
    }

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void An_ftp_remote_goes_into_a_file_of_our_own()
    {
        var before = scratch.Read(".dvc/config");
        Load().AddRemote(ConfigScope.Repository, "Far", "ftp://host/data", force: false, isDefault: true, scratch.Root, new Dictionary<string, string?> { ["user"] = "anna" });

        Assert.Equal(before, scratch.Read(".dvc/config"));
        Assert.Equal("[core]\n    remote = far\n['remote \"far\"']\n    url = ftp://host/data\n    user = anna\n", scratch.Read(".dvc/config.dataversion"));
        var remote = Load(validate: true).GetRemote();
        Assert.Equal(("far", "ftp://host/data", "anna", true), (remote.Name, remote.Url, remote.Options["user"], remote.IsDefault));
        Assert.Equal(["store", "far"], Load().Remotes.Select(r => r.Name));
        Assert.Contains(Load().Entries(), e => e.Name == "remote.far.url" && e.Origin == Path.Combine(scratch.Layout.DvcFolder, "config.dataversion") && e.Scope == ConfigScope.Repository);
        Assert.Equal("far", Load().Get("core.remote", ConfigScope.Repository));
    }

    [Fact]
    public void Local_settings_are_kept_from_Git_before_they_are_written()
    {
        Load().AddRemote(ConfigScope.Repository, "far", "ftp://host/data", false, false, scratch.Root);
        Load().ModifyRemote(ConfigScope.Local, "far", "password", "sesame", scratch.Root);

        Assert.Equal("['remote \"far\"']\n    password = sesame\n", scratch.Read(".dvc/config.dataversion.local"));
        Assert.False(scratch.Has(".dvc/config.local"));
        Assert.Equal("/config.local\n/tmp\n/cache\n/config.dataversion.local\n", scratch.Read(".dvc/.gitignore"));
        Assert.Equal("sesame", Load().GetRemote("far").Options["password"]);
        // And again where the line was lost.
        scratch.Write(".dvc/.gitignore", "/config.local\n/tmp\n/cache\n");
        Assert.True(DvcGitIgnore.Complete(scratch.Layout, _ => false));
        Assert.EndsWith("/config.dataversion.local\n", scratch.Read(".dvc/.gitignore"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_remote_that_changes_its_kind_moves_with_all_its_levels()
    {
        Load().ModifyRemote(ConfigScope.Local, "store", "jobs", "3", scratch.Root);
        Load().ModifyRemote(ConfigScope.Repository, "store", "url", "ftps://host/data", scratch.Root);

        Assert.Equal("\n", scratch.Read(".dvc/config"));
        Assert.Equal("\n", scratch.Read(".dvc/config.local"));
        Assert.Equal("ftps://host/data", Load(validate: true).GetRemote().Url);
        Assert.Equal("3", Load().GetRemote().Options["jobs"]);

        Load().ModifyRemote(ConfigScope.Repository, "store", "url", "s3://bucket/path", scratch.Root);

        Assert.Equal("[core]\n    remote = store\n" + Store, scratch.Read(".dvc/config"));
        Assert.Contains("jobs = 3", scratch.Read(".dvc/config.local"), StringComparison.Ordinal);
        Assert.False(scratch.Has(".dvc/config.dataversion"));
        Assert.False(scratch.Has(".dvc/config.dataversion.local"));
    }

    [Fact]
    public void Removing_and_renaming_find_it_and_DVCs_own_default_comes_back()
    {
        Load().AddRemote(ConfigScope.Repository, "far", "ftp://host/data", false, true, scratch.Root);
        Load().RenameRemote(ConfigScope.Repository, "far", "away");
        Assert.Equal("away", Load().DefaultRemote);
        Assert.Contains("remote = store", scratch.Read(".dvc/config"), StringComparison.Ordinal);

        Load().RemoveRemote(ConfigScope.Repository, "away");

        Assert.False(scratch.Has(".dvc/config.dataversion"));
        Assert.Equal("store", Load().DefaultRemote);
    }

    [Fact]
    public void A_default_that_DVC_knows_takes_the_place_of_ours()
    {
        Load().AddRemote(ConfigScope.Repository, "far", "ftp://host/data", false, true, scratch.Root);
        Load().SetDefaultRemote(ConfigScope.Repository, "store");
        Assert.Equal("store", Load().DefaultRemote);
        Assert.DoesNotContain("core", scratch.Read(".dvc/config.dataversion"), StringComparison.Ordinal);

        Load().SetDefaultRemote(ConfigScope.Repository, "far");
        Load().RemoveRemote(ConfigScope.Repository, "store");

        // DVC is not left with a default that is not there.
        Assert.Equal("\n", scratch.Read(".dvc/config"));
        Assert.Equal("far", Load().DefaultRemote);
    }

    [Fact]
    public void The_name_of_a_secret_is_nothing_for_DVC()
    {
        Load().AddRemote(ConfigScope.Repository, "web", "https://host/data", false, false, scratch.Root, new Dictionary<string, string?> { ["user"] = "anna", ["password"] = "secret:Vault/Web" });

        Assert.Equal("['remote \"web\"']\n    password = secret:Vault/Web\n", scratch.Read(".dvc/config.dataversion"));
        Assert.DoesNotContain("secret:", scratch.Read(".dvc/config"), StringComparison.Ordinal);
        Assert.Contains("user = anna", scratch.Read(".dvc/config"), StringComparison.Ordinal);
        Assert.Equal("secret:Vault/Web", Load(validate: true).GetRemote("web").Options["password"]);

        // A plain password takes its place, in the file that DVC reads.
        Load().ModifyRemote(ConfigScope.Repository, "web", "password", "plain", scratch.Root);
        Assert.Contains("password = plain", scratch.Read(".dvc/config"), StringComparison.Ordinal);
        Assert.False(scratch.Has(".dvc/config.dataversion"));
    }

    [Fact]
    public void A_remote_that_refers_to_ours_is_ours()
    {
        Load().AddRemote(ConfigScope.Repository, "far", "ftp://host/data", false, false, scratch.Root);
        Load().AddRemote(ConfigScope.Repository, "part", "remote://far/part", false, false, scratch.Root);

        Assert.DoesNotContain("part", scratch.Read(".dvc/config"), StringComparison.Ordinal);
        Assert.Equal("ftp://host/data/part", Load().GetRemote("part").Url);
    }

    [Fact]
    public void What_stands_in_DVCs_file_is_warned_of_and_moved_by_the_next_change()
    {
        scratch.Write(".dvc/config", "['remote \"far\"']\n    url = ftp://host/data\n");
        Assert.Contains("DVC refuses", Assert.Single(Load(validate: true).Warnings), StringComparison.Ordinal);

        Load().ModifyRemote(ConfigScope.Repository, "far", "url", "ftp://host/data", scratch.Root);

        Assert.Equal("\n", scratch.Read(".dvc/config"));
        Assert.Empty(Load(validate: true).Warnings);
    }

    [Fact]
    public void Its_options_are_checked()
    {
        Assert.Equal(DataErrorKind.ConfigurationNotFound, Assert.Throws<DataVersionException>(() => Load().AddRemote(ConfigScope.Repository, "far", "ftp://host", false, false, scratch.Root,
            new Dictionary<string, string?> { ["region"] = "x" })).Kind);
        Assert.Equal(DataErrorKind.ConfigurationInvalid, Assert.Throws<DataVersionException>(() => Load().AddRemote(ConfigScope.Repository, "far", "ftp://host", false, false, scratch.Root,
            new Dictionary<string, string?> { ["tls"] = "perhaps" })).Kind);
        Assert.False(scratch.Has(".dvc/config.dataversion"));
    }

    [DvcFact]
    public void DVC_works_in_a_repository_with_an_ftp_remote()
    {
        using var site = new ScratchFolder();
        scratch.Write(".dvc/config", "[core]\n    no_scm = True\n['remote \"store\"']\n    url = /nowhere\n");
        var configuration = Load();
        configuration.AddRemote(ConfigScope.Repository, "far", "ftp://host/data", false, isDefault: true, scratch.Root);
        configuration.ModifyRemote(ConfigScope.Local, "far", "password", "sesame", scratch.Root);
        configuration.ModifyRemote(ConfigScope.Local, "store", "jobs", "2", scratch.Root);

        var list = DvcProcess.Run(scratch.Root, site.PathOf("site"), "remote", "list");
        DvcProcess.Run(scratch.Root, site.PathOf("site"), "status");

        Assert.StartsWith("store", list, StringComparison.Ordinal);
        Assert.DoesNotContain("far", list, StringComparison.Ordinal);
        // And what DVC writes leaves ours alone.
        DvcProcess.Run(scratch.Root, site.PathOf("site"), "remote", "add", "-d", "third", "/elsewhere");
        Assert.Equal(["store", "third", "far"], Load(validate: true).Remotes.Select(r => r.Name));
        Assert.Equal("far", Load().DefaultRemote);
    }

    private Configuration Load(bool validate = false) => Configuration.Load(scratch.Layout, validate);
}
