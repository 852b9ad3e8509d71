namespace DataVersion.Tests.Cmdlets;

public sealed class ModuleSessionTests
{
    [Fact]
    public void The_built_module_imports_and_its_types_can_be_named()
    {
        using var session = new ModuleSession(Path.GetTempPath());

        var hash = Assert.Single(session.Run<ContentHash>("[DataVersion.ContentHash]::Parse('d41d8cd98f00b204e9800998ecf8427e')"));

        Assert.Equal("d41d8cd98f00b204e9800998ecf8427e", hash.Hex);
    }

    [Fact]
    public void The_location_of_a_session_is_its_own()
    {
        var before = Environment.CurrentDirectory;
        var folder = Directory.CreateTempSubdirectory("dv[1] ").FullName;
        using var session = new ModuleSession(folder);

        Assert.Equal(folder, session.Run("Get-Location").Output.Single().ToString());
        Assert.Equal(before, Environment.CurrentDirectory);
        Directory.Delete(folder);
    }
}
