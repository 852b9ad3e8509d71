using DataVersion.Tests.Architecture;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes;

/// <summary>S3 in a session where another module has loaded an older SDK.</summary>
[Server("s3")]
public sealed class S3SessionTests
{
    [ServerFact]
    public void An_older_SDK_of_the_session_stays_and_ours_works_beside_it()
    {
        var server = TestServer.Get("s3");
        var prefix = "session-" + Guid.NewGuid().ToString("N")[..12];

        var lines = IsolationTests.Run($$"""
            foreach ($name in 'AWSSDK.Core', 'AWSSDK.S3') { $null = [System.Reflection.Assembly]::LoadFrom("$Older/$name.dll") }
            Import-Module $ModuleManifest
            Set-Content a.bin content
            $null = Add-DataFile a.bin
            $null = Add-DataRemote store s3://{{server["bucket"]}}/{{prefix}} -Default
            $null = Set-DataRemote store -Scope Local -Option @{ endpointurl = '{{server["endpoint"]}}'; region = 'us-east-1'; access_key_id = '{{server["accessKey"]}}'; secret_access_key = '{{server["secretKey"]}}' }
            (Sync-DataRemote -Direction Push).Outcome
            Remove-Item -Recurse -Force .dvc/cache, a.bin
            $null = Sync-DataRemote -Direction Pull
            Get-Content a.bin
            foreach ($context in [System.Runtime.Loader.AssemblyLoadContext]::All) {
                foreach ($assembly in $context.Assemblies | Where-Object { $_.GetName().Name -eq 'AWSSDK.S3' }) { "$($context.Name):$($assembly.GetName().Version.Major)" }
            }
            """);

        Assert.Equal(["Transferred", "content"], lines.Take(2));
        Assert.Equal(["DataVersion:4", "Default:3"], lines.Skip(2).Order(StringComparer.Ordinal));
    }
}
