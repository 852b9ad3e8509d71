using System.Security.Cryptography;
using DataVersion.Tests.Faults;

namespace DataVersion.Tests.Hashing;

/// <summary>An add in a process of its own whose vectors are switched off: what is recorded must not depend on them.</summary>
public sealed class VectorWidthTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    // Both names: the runtimes from 10 on know the second, those before the first.
    [Theory]
    [InlineData]
    [InlineData("DOTNET_EnableAVX512F", "DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void An_add_records_the_hashes_of_the_platform(params string[] switchedOff)
    {
        // One of 9 MiB, then every length up to 1100: so many bytes that the rest is hashed in lanes.
        var expected = new Dictionary<string, string>();
        foreach (var size in Enumerable.Range(0, 1101).Append(70_000).Append(700_000).Append(9 << 20))
        {
            var content = LaneSamples.Bytes(size, size);
            scratch.Write($"data/{size}.bin", content);
            expected.Add($"{size}.bin", Convert.ToHexStringLower(MD5.HashData(content)));
        }

        var added = HostProcess.Run(scratch.Root, """
            $ErrorActionPreference = 'Stop'
            $null = Initialize-DataRepository -NoGit
            $null = Add-DataFile data
            $bad = @(Test-DataCache)
            if ($bad) { throw "$($bad.Count) bad objects" }
            """, [.. switchedOff.Select(name => (name, "0"))]);

        Assert.True(added.ExitCode == 0, added.Output + added.Errors);
        var manifest = Assert.Single(Directory.GetFiles(scratch.PathOf(".dvc/cache/files/md5"), "*.dir", SearchOption.AllDirectories));
        using var entries = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(manifest));
        Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), entries.RootElement.EnumerateArray()
            .Select(e => KeyValuePair.Create(e.GetProperty("relpath").GetString()!, e.GetProperty("md5").GetString()!))
            .OrderBy(e => e.Key, StringComparer.Ordinal));
    }
}
