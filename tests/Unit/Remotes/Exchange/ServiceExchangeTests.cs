using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Exchange;

/// <summary>The real DVC and ours at the two ends of one bucket, one SSH server and one WebDAV server, with one configuration for both.</summary>
public sealed class ServiceExchangeTests : IDisposable
{
    private readonly ExchangeSandbox sandbox = new();

    public static TheoryData<string> Ways => [.. ExchangeService.Ways];

    public void Dispose() => sandbox.Dispose();

    [ServerTheory("s3", "ssh", "webdav", "dvc s3", "dvc ssh", "dvc webdav", "pwsh")]
    [MemberData(nameof(Ways))]
    public void What_one_pushes_the_other_pulls(string way)
    {
        var service = ExchangeService.Open(way);
        sandbox.Make("a");
        sandbox.Write("a/d/1", "one");
        sandbox.Write("a/d/empty", "");
        sandbox.Write("a/d/s ub/ü😀 [1]/x#y%20z+&.bin", "two");
        sandbox.Write("a/d/a'b\"c\\d;?*.txt", "three");
        sandbox.Write("a/big.bin", new string('y', 20_000_000));
        sandbox.Write("a/one & file.csv", "four");
        sandbox.ConfigureByOurs("a", service, "ours");
        sandbox.Ours("a", "Add-DataFile d, big.bin, 'one & file.csv' | Out-Null; Sync-DataRemote -Direction Push | Out-Null");

        sandbox.Clone("a", "b");
        sandbox.Dvc("b", "pull", "-q");
        sandbox.AssertSame("a", "b");
        Assert.Contains("in sync", sandbox.Dvc("b", "status", "-c"));
        Assert.Contains("up to date", sandbox.Dvc("b", "push"));

        // A folder of its own, named by DVC. DVC makes no folder for a remote of WebDAV.
        if (way.StartsWith("webdav", StringComparison.Ordinal))
            service.Put("theirs/readme", "");
        sandbox.ConfigureByDvc("b", service, "theirs");
        Assert.Contains("7 files pushed", sandbox.Dvc("b", "push"));
        sandbox.Clone("b", "c");
        Assert.Equal("7, 0, 0, 0", sandbox.Ours("c", """
            $pulled = @(Sync-DataRemote -Direction Pull | Where-Object Outcome -eq Transferred).Count
            $lacking = @(Get-DataStatus -NotInRemote | Where-Object Comparison -eq Remote).Count
            $pushed = @(Sync-DataRemote -Direction Push).Count
            "$pulled, $lacking, $pushed, $(@(Test-DataRemote -Deep | Where-Object Verdict -eq Bad).Count)"
            """));
        sandbox.AssertSame("a", "c");
    }

    [ServerTheory("s3", "ssh", "webdav", "dvc s3", "dvc ssh", "dvc webdav", "pwsh")]
    [InlineData("s3")]
    [InlineData("ssh with a key")]
    [InlineData("webdav")]
    public void Runs_of_stages_go_both_ways(string way)
    {
        var service = ExchangeService.Open(way);
        service.Put("runs/readme", "");
        sandbox.Make("a");
        sandbox.ConfigureByDvc("a", service, "runs");
        sandbox.Dvc("a", "stage", "add", "-q", "-n", "s", "-d", "in.txt", "-o", "out.txt", "echo x >> ran.log; cat in.txt in.txt > out.txt");
        foreach (var text in (string[])["one", "two"])
        {
            sandbox.Write("a/in.txt", text);
            sandbox.Dvc("a", "repro", "-q");
            sandbox.Dvc("a", "push", "-q", "--run-cache");
        }
        sandbox.Clone("a", "b");
        sandbox.Write("b/in.txt", "one");
        Assert.Equal("Restored", sandbox.Ours("b", "Invoke-Stage -Pull -Quiet | ForEach-Object { [string] $_.Outcome }"));
        Assert.Equal("oneone", sandbox.Read("b/out.txt"));
        Assert.False(File.Exists(sandbox.PathOf("b/ran.log")));

        foreach (var text in (string[])["three", "four"])
            sandbox.Ours("b", $"Set-Content in.txt '{text}' -NoNewline; Invoke-Stage -Quiet | Out-Null; Sync-DataRemote -Direction Push -RunCache | Out-Null");
        sandbox.Clone("b", "c");
        sandbox.Write("c/in.txt", "three");
        Assert.Contains("is cached - skipping run", sandbox.Dvc("c", "repro", "--pull"));
        Assert.Equal("threethree", sandbox.Read("c/out.txt"));
        Assert.False(File.Exists(sandbox.PathOf("c/ran.log")));
        sandbox.Write("c/in.txt", "four");
        sandbox.Dvc("c", "pull", "-q", "--run-cache", "--allow-missing", "-f");
        Assert.Equal(4, Directory.GetFiles(sandbox.PathOf("c/.dvc/cache/runs"), "*", SearchOption.AllDirectories).Length);
        Assert.Equal("4", sandbox.Ours("a", "Sync-DataRemote -Direction Fetch -RunCache | Out-Null; (Get-ChildItem .dvc/cache/runs -Recurse -File).Count"));
    }

    [ServerTheory("s3", "ssh", "webdav", "dvc s3", "dvc ssh", "dvc webdav", "pwsh")]
    [InlineData("s3 with TLS")]
    [InlineData("ssh with a key")]
    [InlineData("webdav with TLS")]
    public void Either_clears_the_remote(string way)
    {
        var service = ExchangeService.Open(way);
        service.Put("cleared/readme", "");
        sandbox.Make("a");
        sandbox.ConfigureByDvc("a", service, "cleared");
        sandbox.Write("a/kept/x", "kept");
        sandbox.Dvc("a", "add", "-q", "kept");
        sandbox.Write("a/d/1", "first");
        sandbox.Write("a/d/2", "second");
        sandbox.Dvc("a", "add", "-q", "d");
        sandbox.Dvc("a", "push", "-q");
        sandbox.Dvc("a", "remove", "-q", "d.dvc");
        sandbox.Clone("a", "b");
        sandbox.Dvc("b", "pull", "-q");

        Assert.Equal("3", sandbox.Ours("b", "@(Clear-DataCache -Workspace -Remote st -Confirm:$false | Where-Object { $_.Location -eq 'st' -and $_.IsRemoved }).Count"));
        Assert.Contains("in sync", sandbox.Dvc("a", "status", "-c"));
        Assert.Contains("No unused cache to remove from remote", sandbox.Dvc("b", "gc", "-w", "-c", "-f"));

        sandbox.Write("b/d/1", "third");
        sandbox.Ours("b", "Add-DataFile d | Out-Null; Sync-DataRemote -Direction Push | Out-Null; Remove-DataFile d -Confirm:$false");
        Assert.Contains("Removed 2 objects from remote", sandbox.Dvc("b", "gc", "-w", "-c", "-f"));
        Assert.Equal("0", sandbox.Ours("b", "@(Clear-DataCache -Workspace -Remote st -Confirm:$false).Count"));
        Assert.Equal("0", sandbox.Ours("a", "@(Get-DataStatus -NotInRemote | Where-Object Comparison -eq Remote).Count"));
    }

    [ServerTheory("s3", "ssh", "webdav", "dvc s3", "dvc ssh", "dvc webdav", "pwsh")]
    [InlineData("s3")]
    [InlineData("s3 with TLS")]
    [InlineData("ssh with a key")]
    public void Imports_are_recorded_alike_and_followed_by_both(string way)
    {
        var service = ExchangeService.Open(way);
        service.Put("src/one file&.csv", "one");
        service.Put("src/dir/a", "a");
        service.Put("src/dir/s ub/ü b+%20.txt", "b");
        string[] names = ["f.csv", "d", "lazy.csv", "r.csv", "rd", "lazyd"];
        foreach (var repository in (string[])["theirs", "ours"])
        {
            sandbox.Make(repository);
            sandbox.ConfigureByDvc(repository, service, "src");
        }
        KeyValuePair<string, string>[] options = [.. service.Options.Concat(service.Secrets)];
        string[] given = [.. options.SelectMany(o => (string[])["--fs-config", $"{o.Key}={o.Value}"])];
        var source = service.Url + "/src/";
        sandbox.Dvc("theirs", ["import-url", "-q", source + "one file&.csv", "f.csv", .. given]);
        sandbox.Dvc("theirs", ["import-url", "-q", source + "dir", "d", .. given]);
        sandbox.Dvc("theirs", ["import-url", "-q", "--no-download", source + "one file&.csv", "lazy.csv", .. given]);
        sandbox.Dvc("theirs", "import-url", "-q", "remote://st/one file&.csv", "r.csv");
        sandbox.Dvc("theirs", "import-url", "-q", "remote://st/dir", "rd");
        sandbox.Dvc("theirs", "import-url", "-q", "--no-download", "remote://st/dir", "lazyd");
        sandbox.Ours("ours", $$"""
            $option = {{ExchangeSandbox.Table(options)}}
            Import-DataFile '{{source}}one file&.csv' -Destination f.csv -Option $option
            Import-DataFile '{{source}}dir' -Destination d -Option $option
            Import-DataFile '{{source}}one file&.csv' -Destination lazy.csv -Option $option -NoDownload
            Import-DataFile 'remote://st/one file&.csv' -Destination r.csv
            Import-DataFile remote://st/dir -Destination rd
            Import-DataFile remote://st/dir -Destination lazyd -NoDownload
            """);
        sandbox.AssertSame("theirs", "ours");

        service.Put("src/one file&.csv", "second version");
        service.Put("src/dir/more", "c");
        sandbox.Dvc("theirs", ["update", "-q", .. names.Select(n => n + ".dvc")]);
        sandbox.Ours("ours", $"Update-DataFile {string.Join(", ", names)}");
        sandbox.AssertSame("theirs", "ours");
        Assert.Equal("second version", sandbox.Read("ours/r.csv"));

        // Each follows what the other recorded.
        service.Put("src/one file&.csv", "the third");
        sandbox.Clone("ours", "theirs2");
        sandbox.Clone("theirs", "ours2");
        sandbox.Dvc("theirs2", ["update", "-q", .. names.Select(n => n + ".dvc")]);
        sandbox.Ours("ours2", $"Update-DataFile {string.Join(", ", names)}");
        foreach (var name in names)
            Assert.Equal(sandbox.Read($"theirs2/{name}.dvc"), sandbox.Read($"ours2/{name}.dvc"));
        Assert.Equal("the third", sandbox.Read("theirs2/f.csv"));
        Assert.Equal("the third", sandbox.Read("ours2/f.csv"));
    }

    [ServerTheory("s3", "ssh", "webdav", "dvc s3", "dvc ssh", "dvc webdav", "pwsh")]
    [MemberData(nameof(Ways))]
    public void What_is_there_is_brought_without_a_record(string way)
    {
        var service = ExchangeService.Open(way);
        service.Put("src/dir/a", "a");
        service.Put("src/dir/s ub/ü b+%20.txt", "b");
        foreach (var repository in (string[])["theirs", "ours"])
            sandbox.Make(repository);
        KeyValuePair<string, string>[] options = [.. service.Options.Concat(service.Secrets)];

        sandbox.Dvc("theirs", ["get-url", "-q", service.Url + "/src/dir", "got", .. options.SelectMany(o => (string[])["--fs-config", $"{o.Key}={o.Value}"])]);
        sandbox.Ours("ours", $"Export-DataFile -Source '{service.Url}/src/dir' -Destination got -Option {ExchangeSandbox.Table(options)} | Out-Null");

        sandbox.AssertSame("theirs", "ours");
        Assert.Equal("b", sandbox.Read("ours/got/s ub/ü b+%20.txt"));
    }
}
