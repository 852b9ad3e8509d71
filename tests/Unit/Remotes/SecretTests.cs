using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Remotes;

/// <summary>Secrets are shown nowhere, and get into tracked files only with a warning.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Password = "Tr0ub4dor&3/x";

    private readonly TemporaryRepository repository = new();
    private readonly ModuleSession session;

    public SecretTests() => session = new ModuleSession(repository.Root);

    public void Dispose()
    {
        session.Dispose();
        repository.Dispose();
    }

    [Fact]
    public void A_credential_goes_to_the_local_level_and_is_not_shown()
    {
        var result = session.Invoke("Add-DataRemote web https://example.org/data -Credential $login -Verbose",
            ("login", new System.Management.Automation.PSCredential("me", new System.Net.NetworkCredential("", Password).SecurePassword)));

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.DoesNotContain(Password, File.ReadAllText(repository.Config));
        Assert.Contains(Password, File.ReadAllText(repository.Config + ".local"));
        foreach (var script in (string[])["Get-DataRemote | Format-List * | Out-String", "(Get-DataRemote).Options['password']", "Get-DataConfig | Format-List * | Out-String", "Get-DataRemote | ConvertTo-Json -Depth 5"])
            Assert.DoesNotContain(Password, string.Join("\n", session.Run(script).Output));
        Assert.Equal("***", session.Run("(Get-DataConfig remote.web.password).Value").Output.Single().ToString());
        Assert.Equal(Password, session.Run("(Get-DataConfig remote.web.password -ShowSecret).Value").Output.Single().ToString());
    }

    [Theory]
    [InlineData("Add-DataRemote web https://example.org/data -Option @{ user = 'me'; password = 'hunter22' }", true)]
    [InlineData("Add-DataRemote web https://example.org/data -Option @{ user = 'me'; password = 'hunter22' } -Scope Local", false)]
    [InlineData("Add-DataRemote web https://me:hunter22@example.org/data", true)]
    [InlineData("Add-DataRemote web https://example.org/data; Set-DataRemote web -Option @{ password = 'hunter22' }", true)]
    [InlineData("Add-DataRemote web https://example.org/data; Set-DataConfig remote.web.password hunter22", true)]
    [InlineData("Add-DataRemote web https://example.org/data; Set-DataConfig remote.web.password hunter22 -Scope Local", false)]
    public void A_secret_in_a_tracked_file_is_warned_of(string script, bool isWarned)
    {
        var result = session.Invoke(script);

        Assert.Empty(result.Errors);
        Assert.Equal(isWarned ? 1 : 0, result.Warnings.Count);
        Assert.DoesNotContain("hunter22", string.Join("\n", result.Warnings));
    }

    [Fact]
    public void A_named_secret_is_read_from_SecretManagement_when_the_remote_is_used()
    {
        // A stand-in for the module, with what of it is used.
        session.Run("function global:Get-Secret { param([string] $Name, [string] $Vault, [switch] $AsPlainText) $global:asked = \"$Vault/$Name\"; 'opensesame' }");
        session.Run("Add-DataRemote web http://127.0.0.1:9/data -Option @{ auth = 'basic'; user = 'me'; password = 'secret:Team/store' }");

        var result = session.Invoke("Test-DataRemote web");

        Assert.Equal("Team/store", session.Run("$global:asked").Output.Single().ToString());
        Assert.DoesNotContain("opensesame", string.Join("\n", result.Output.Select(o => $"{o} {((RemoteVerdict)o.BaseObject).Detail}")));
        Assert.Equal("secret:Team/store", session.Run("(Get-DataRemote web).Options['password']").Output.Single().ToString());
    }

    [Fact]
    public void Credentials_for_the_remote_that_is_repaired_are_shown_to_no_other()
    {
        using var web = new Http.ScriptedServer(context => Http.ScriptedServer.SayAsync(context, 404));
        using var backup = new Http.ScriptedServer(context => Http.ScriptedServer.SayAsync(context, 404));
        session.Run($"Add-DataRemote web {web.Url}data; Add-DataRemote backup {backup.Url}data; Set-Content a.txt text; Add-DataFile a.txt");
        foreach (var file in Directory.EnumerateFiles(repository.Root, "*", SearchOption.AllDirectories).Where(f => f.Contains("/cache/", StringComparison.Ordinal) || f.EndsWith("a.txt", StringComparison.Ordinal)))
            File.Delete(file);

        session.Invoke("Repair-DataRemote web -Credential $login",
            ("login", new System.Management.Automation.PSCredential("me", new System.Net.NetworkCredential("", Password).SecurePassword)));

        Assert.Contains(web.Requests, r => r.Login is not null);
        Assert.NotEmpty(backup.Requests);
        Assert.All(backup.Requests, r => Assert.Null(r.Login));
    }

    [Theory]
    [InlineData("https://me:p@hunter22@example.org/data")]
    [InlineData("https://:hunter22@example.org/data")]
    public void A_password_in_a_URL_is_hidden_as_a_whole(string url) => Assert.DoesNotContain("hunter22", RemoteSecrets.Hide(url));

    [Fact]
    public void An_address_without_a_host_is_named_without_its_password()
    {
        var error = Assert.Throws<DataVersionException>(() => RemoteAddress.Parse("https://me:hunter22@/data"));

        Assert.DoesNotContain("hunter22", $"{error} {error.Path}");
    }

    [Fact]
    public void A_named_secret_without_the_module_is_an_error_that_says_what_to_do()
    {
        session.Run("Add-DataRemote web http://127.0.0.1:9/data -Option @{ auth = 'basic'; user = 'me'; password = 'secret:store' }");

        var error = Assert.Single(session.Invoke("Test-DataRemote web").Errors);

        Assert.Contains("SecretManagement", error.ErrorDetails?.RecommendedAction ?? error.ToString());
    }

    [Fact]
    public void Errors_of_a_service_lose_the_secrets()
    {
        var remote = new RemoteConfiguration("az", "azure://c/p", new Dictionary<string, string>
        {
            ["connection_string"] = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0a2V5;EndpointSuffix=x", ["sas_token"] = "?sv=1&sig=abcdef",
        }, [ConfigScope.Local], false);
        var secrets = new RemoteSecrets(remote);

        var error = secrets.Redact(new DataVersionException(DataErrorKind.RemoteFailed, "GET https://a/c?sv=1&sig=abcdef with c2VjcmV0a2V5 failed", "https://u:pw@h/x?sig=zzz"));

        Assert.Equal("GET https://a/c*** with *** failed", error.Message);
        Assert.Equal("https://u:***@h/x?sig=***", error.Path);
    }
}
