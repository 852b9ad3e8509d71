using DataVersion.Engine.Repositories;
using DataVersion.Remotes;

namespace DataVersion.Tests.Remotes.Versions;

/// <summary>Which remotes keep versions, as their configuration says.</summary>
public sealed class VersionConfigurationTests
{
    [Theory]
    [InlineData("ssh://host/x", "ssh://")]
    [InlineData("https://host/x", "https://")]
    [InlineData("webdavs://host/x", "webdavs://")]
    [InlineData("ftp://host/x", "ftp://")]
    [InlineData("/folder", "folder")]
    public void Other_services_are_refused_by_their_names(string url, string says)
    {
        var remote = new RemoteConfiguration("r", url, new Dictionary<string, string> { ["version_aware"] = "true" }, [ConfigScope.Repository], true);

        Assert.Contains(says, Assert.Throws<DataVersionException>(() => RemoteStorages.OpenVersions(remote)).Message, StringComparison.Ordinal);
        Assert.Contains("version_aware", Assert.Throws<DataVersionException>(() => RemoteStorages.Open(remote)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worktree_needs_versions()
    {
        RemoteConfiguration Remote(params (string, string)[] options) => new("r", "s3://bucket", options.ToDictionary(o => o.Item1, o => o.Item2), [ConfigScope.Repository], true);

        Assert.True(Remote(("worktree", "True")).KeepsVersions);
        Assert.False(Remote(("version_aware", "false")).KeepsVersions);
        Assert.Equal(DataErrorKind.ConfigurationInvalid, Assert.Throws<DataVersionException>(() => Remote(("worktree", "true"), ("version_aware", "false")).KeepsVersions).Kind);
    }
}
