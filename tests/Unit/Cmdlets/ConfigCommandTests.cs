namespace DataVersion.Tests.Cmdlets;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly TemporaryRepository repository = new();
    private readonly ModuleSession session;

    public ConfigCommandTests() => session = new ModuleSession(repository.Root);

    public void Dispose()
    {
        session.Dispose();
        repository.Dispose();
    }

    [Fact]
    public void An_option_is_written_as_dvc_writes_it_and_shown_with_its_origin()
    {
        session.Run("Set-DataConfig cache.type reflink, hardlink, copy");

        Assert.Equal("[cache]\n    type = \"reflink,hardlink,copy\"\n", File.ReadAllText(repository.Config));
        var entry = Assert.Single(session.Run<DataConfigEntry>("Get-DataConfig cache.type"));
        Assert.Equal((ConfigScope.Repository, repository.Config), (entry.Scope, entry.Origin));
    }

    [Fact]
    public void A_later_level_wins_and_each_level_can_be_asked()
    {
        session.Run("Set-DataConfig core.remote here; Set-DataConfig core.remote there -Scope Local");

        Assert.Equal("there", session.Run<DataConfigEntry>("Get-DataConfig core.remote").Single().Value);
        Assert.Equal("here", session.Run<DataConfigEntry>("Get-DataConfig core.remote -Scope Repository").Single().Value);
    }

    [Fact]
    public void A_relative_path_counts_from_the_location_of_the_session()
    {
        Directory.CreateDirectory(Path.Combine(repository.Root, "sub"));
        session.SetLocation(Path.Combine(repository.Root, "sub"));

        session.Run("Set-DataConfig cache.dir ../store");

        Assert.Equal(Path.Combine(repository.Root, "store"), session.Run<DataConfigEntry>("Get-DataConfig cache.dir").Single().Value);
        Assert.Contains("dir = ../store", File.ReadAllText(repository.Config));
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        session.Run("Set-DataConfig core.remote x -WhatIf");

        Assert.Equal("", File.ReadAllText(repository.Config));
    }

    [Fact]
    public void Entries_flow_into_Remove_with_their_level()
    {
        session.Run("Set-DataConfig core.remote x -Scope Local; Set-DataConfig core.autostage true -Scope Local");

        session.Run("Get-DataConfig core.* -Scope Local | Remove-DataConfig");

        Assert.Empty(session.Run<DataConfigEntry>("Get-DataConfig core.* -Scope Local"));
    }

    [Theory]
    [InlineData("Get-DataConfig core.nonsense", "ConfigurationNotFound")]
    [InlineData("Set-DataConfig core.autostage perhaps", "ConfigurationInvalid")]
    [InlineData("Remove-DataConfig core.remote", "ConfigurationNotFound")]
    [InlineData("Get-DataConfig core.remote -Scope Local", "ConfigurationNotFound")]
    [InlineData("Get-DataConfig -Repository /nowhere/at/all", "RepositoryNotFound")]
    public void What_is_wrong_has_an_id_and_says_what_to_do(string script, string id)
    {
        var result = session.Invoke(script);

        var error = Assert.Single(result.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId);
        Assert.False(string.IsNullOrEmpty(error.ErrorDetails?.RecommendedAction), error.ToString());
        Assert.Equal("", File.ReadAllText(repository.Config));
    }

    [Fact]
    public void Tab_offers_options_and_the_names_of_what_is_set()
    {
        session.Run("Set-DataConfig 'remote.store.url' ../store");

        Assert.Contains("cache.type", session.Complete("Get-DataConfig cache.t"));
        Assert.Contains("remote.store.url", session.Complete("Get-DataConfig remote.st"));
        Assert.Contains("remote.store.verify", session.Complete("Set-DataConfig remote.store.v"));
    }
}
