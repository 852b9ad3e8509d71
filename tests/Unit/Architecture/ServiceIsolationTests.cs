using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Architecture;

/// <summary>
/// The libraries of the storage services: loaded when a remote of theirs is used and not before, into our own context, whatever
/// the session has loaded. Each test is a process of its own.
/// </summary>
public sealed class ServiceIsolationTests
{
    private const string LoadOlder = """
        foreach ($name in 'AWSSDK.Core', 'AWSSDK.S3', 'Azure.Core', 'Google.Apis.Core', 'Google.Apis', 'Renci.SshNet', 'Newtonsoft.Json') {
            $null = [System.Reflection.Assembly]::LoadFrom("$Older/$name.dll")
        }
        """;

    private const string Describe = """
        foreach ($context in [System.Runtime.Loader.AssemblyLoadContext]::All) {
            foreach ($assembly in $context.Assemblies) {
                if ($assembly.GetName().Name -match '^(AWSSDK|Azure|Google|Renci|BouncyCastle|Microsoft\.Identity|DataVersion\.Remotes)') {
                    "$(if ($context.Name -eq 'Default') { 'session' } else { $context.Name }):$($assembly.GetName().Name):$($assembly.GetName().Version)"
                }
            }
        }
        """;

    [Fact]
    public void Configuring_remotes_loads_no_service()
    {
        var loaded = IsolationTests.Run($"""
            Import-Module $ModuleManifest
            $null = Add-DataRemote a azure://container/x
            $null = Add-DataRemote b s3://bucket/x -Default
            $null = Add-DataRemote c gs://bucket/x
            $null = Add-DataRemote d ssh://host/x
            $null = Set-DataRemote b -Option @{'{'} region = 'eu-west-1' {'}'}
            (Get-DataRemote).Count
            {Describe}
            """);

        Assert.Equal("4", loaded[0]);
        Assert.Empty(loaded.Skip(1));
    }

    [ServerFact("http")]
    public void An_http_remote_loads_no_service_but_ours()
    {
        var loaded = IsolationTests.Run($"""
            Import-Module $ModuleManifest
            $null = Add-DataRemote web {TestServer.Get("http")["endpoint"]}/free/isolation -Default -Option @{'{'} method = 'PUT' {'}'}
            Set-Content a.bin {Guid.NewGuid()}
            $null = Add-DataFile a.bin
            $null = Sync-DataRemote -Direction Push
            (Test-DataRemote web | Where-Object Verdict -ne Good).Detail
            {Describe}
            """);

        Assert.StartsWith("DataVersion:DataVersion.Remotes:", Assert.Single(loaded));
    }

    [ServerFact("azure")]
    public void Azure_s_libraries_are_ours_beside_those_of_the_session() => RequireOurs("azure://dataversion/isolation",
        $"connection_string = 'AccountName={TestServer.Get("azure")["account"]};AccountKey={TestServer.Get("azure")["key"]};BlobEndpoint={TestServer.Get("azure")["endpoint"]}'",
        ["Azure.Core:1.40.0.0"], ["Azure.Core:1.60.0.0", "Azure.Storage.Blobs:12.30.1.0"], "AWSSDK|Google|Renci");

    [ServerFact("s3")]
    public void Amazon_s_libraries_are_ours_beside_those_of_the_session() => RequireOurs("s3://dataversion/isolation",
        $"endpointurl = '{TestServer.Get("s3")["endpoint"]}'; region = 'us-east-1'; access_key_id = '{TestServer.Get("s3")["accessKey"]}'; secret_access_key = '{TestServer.Get("s3")["secretKey"]}'",
        ["AWSSDK.S3:3.3.0.0"], ["AWSSDK.S3:4.0.0.0", "AWSSDK.Core:4.0.0.0"], "Azure|Google|Renci");

    [ServerFact("ssh")]
    public void The_library_of_SSH_is_ours_beside_that_of_the_session() => RequireOurs(
        $"ssh://{TestServer.Get("ssh")["user"]}@{TestServer.Get("ssh")["host"]}:{TestServer.Get("ssh")["port"]}{TestServer.Get("ssh")["root"]}/isolation",
        $"password = '{TestServer.Get("ssh")["password"]}'", ["Renci.SshNet:2024.2.0"], ["Renci.SshNet:2026.0.0"], "AWSSDK|Azure|Google", mustAnswer: false);

    private static void RequireOurs(string url, string options, string[] theirs, string[] ours, string notOurs, bool mustAnswer = true)
    {
        var lines = IsolationTests.Run($"""
            {LoadOlder}
            Import-Module $ModuleManifest
            $null = Add-DataRemote there '{url}' -Default -Option @{'{'} {options} {'}'} -WarningAction Ignore
            Set-Content a.bin {Guid.NewGuid()}
            $null = Add-DataFile a.bin
            Test-DataRemote there | ForEach-Object {'{'} "$($_.Check) $($_.Verdict): $($_.Detail)" {'}'}
            {Describe}
            """);

        if (mustAnswer)
            Assert.Contains("Writable Good", string.Join('\n', lines), StringComparison.Ordinal);
        Assert.All(theirs, name => Assert.Contains(lines, l => l.StartsWith("session:" + name, StringComparison.Ordinal)));
        Assert.All(ours, name => Assert.Contains(lines, l => l.StartsWith("DataVersion:" + name, StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, l => notOurs.Split('|').Any(n => l.StartsWith("DataVersion:" + n, StringComparison.Ordinal)));
    }
}
