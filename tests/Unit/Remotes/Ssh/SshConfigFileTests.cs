using DataVersion.Remotes.Ssh;

namespace DataVersion.Tests.Remotes.Ssh;

/// <summary>ssh_config files, without a server.</summary>
public sealed class SshConfigFileTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly SshPlaces places;

    public SshConfigFileTests()
    {
        places = new SshPlaces(scratch.PathOf("home"), scratch.PathOf("etc"), null);
        Directory.CreateDirectory(places.Folder);
        Directory.CreateDirectory(places.SystemFolder);
    }

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void The_first_value_counts_and_identities_add_up()
    {
        Write("""
            # of the user
            IdentityFile ~/first
            Host far far-*
              User = anna
              Port=2222
              IdentityFile "~/with space"
            Host * !near
              User otto
              Compression yes
            """);
        File.WriteAllText(Path.Combine(places.SystemFolder, "ssh_config"), "Host *\n  Port 22\n  IdentityFile /etc/key\n");

        var far = SshConfigFile.Read(places, "far-away", null);
        var near = SshConfigFile.Read(places, "near", null);

        Assert.Equal("anna", far["user"]);
        Assert.Equal("2222", far["Port"]);
        Assert.Equal(["~/first", "~/with space", "/etc/key"], far.All("IdentityFile"));
        Assert.Null(near["User"]);
        Assert.Equal("22", near["Port"]);
    }

    [Fact]
    public void Included_files_count_where_they_are_included()
    {
        Directory.CreateDirectory(Path.Combine(places.Folder, "conf.d"));
        File.WriteAllText(Path.Combine(places.Folder, "conf.d", "a.conf"), "User included\n");
        Write("Host far\n  Include conf.d/*.conf\nHost *\n  User other\n");

        Assert.Equal("included", SshConfigFile.Read(places, "far", null)["User"]);
        Assert.Equal("other", SshConfigFile.Read(places, "near", null)["User"]);
    }

    [Theory]
    [InlineData("Match all", "yes")]
    [InlineData("Match host far,other user anna", "yes")]
    [InlineData("Match !host far", null)]
    [InlineData("Match originalhost far user otto", null)]
    [InlineData("Match exec \"true\"", null)]
    public void Match_is_understood_where_it_can_be(string line, string? value)
    {
        Write($"{line}\n  Compression yes\n");

        Assert.Equal(value, SshConfigFile.Read(places, "far", "anna")["Compression"]);
    }

    private void Write(string text) => File.WriteAllText(Path.Combine(places.Folder, "config"), text);
}
