using DataVersion.Tests.Cmdlets;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Exchange;

/// <summary>Repositories without Git, and both tools to use them with: the real DVC, and ours in the real PowerShell, in a home folder of the test.</summary>
internal sealed class ExchangeSandbox : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public ExchangeSandbox()
    {
        Directory.CreateDirectory(scratch.PathOf("home/.ssh"));
        if (TestServer.WhyNot("ssh") is null)
            File.Copy(TestServer.Get("ssh")["knownHosts"], scratch.PathOf("home/.ssh/known_hosts"));
    }

    public string PathOf(string name) => scratch.PathOf(name);

    public string Read(string name) => File.ReadAllText(scratch.PathOf(name));

    public void Write(string name, string text) => scratch.Write(name, text);

    /// <summary>An empty repository.</summary>
    public void Make(string name)
    {
        scratch.Write(Path.Combine(name, ".dvc", "config"), "[core]\n    no_scm = True\n");
        Directory.CreateDirectory(scratch.PathOf(name + "/.dvc/tmp"));
    }

    /// <summary>A copy of what one would have from Git, and of the secrets of this machine.</summary>
    public void Clone(string from, string to)
    {
        Make(to);
        foreach (var file in (string[])["config", "config.local"])
            File.Copy(scratch.PathOf($"{from}/.dvc/{file}"), scratch.PathOf($"{to}/.dvc/{file}"), overwrite: true);
        foreach (var file in Directory.EnumerateFiles(scratch.PathOf(from)).Where(f => Path.GetExtension(f) is ".dvc" or ".yaml" or ".lock"))
            File.Copy(file, Path.Combine(scratch.PathOf(to), Path.GetFileName(file)));
    }

    /// <summary>Runs the real DVC; its output, which must be that of a success.</summary>
    public string Dvc(string name, params string[] arguments) => DvcProcess.Run(scratch.PathOf(name), scratch.PathOf("site"), arguments);

    /// <summary>Runs commands of ours that must not fail; what they print.</summary>
    public string Ours(string name, string commands)
    {
        var (code, output) = RealPowerShell.Run($$"""
            $ErrorActionPreference = 'Stop'; $WarningPreference = 'SilentlyContinue'; $PSStyle.OutputRendering = 'PlainText'
            $env:HOME = '{{scratch.PathOf("home")}}'
            Import-Module '{{ModuleSession.Manifest}}'
            Set-Location -LiteralPath '{{scratch.PathOf(name)}}'
            {{commands}}
            """);
        Assert.True(code == 0, $"{commands}: {output}");
        return output.Trim();
    }

    /// <summary>Lets DVC write the configuration of the remote <c>st</c>.</summary>
    public void ConfigureByDvc(string name, ExchangeService service, string below)
    {
        Dvc(name, "remote", "add", "-q", "-f", "-d", "st", $"{service.Url}/{below}");
        foreach (var (option, value) in service.Options)
            Dvc(name, "remote", "modify", "-q", "st", option, value);
        foreach (var (option, value) in service.Secrets)
            Dvc(name, "remote", "modify", "-q", "--local", "st", option, value);
    }

    /// <summary>Lets ours write it.</summary>
    public void ConfigureByOurs(string name, ExchangeService service, string below) => Ours(name,
        $"Add-DataRemote st '{service.Url}/{below}' -Default -Force -Option {Table(service.Options)} | Out-Null; Set-DataRemote st -Scope Local -Option {Table(service.Secrets)}");

    /// <summary>Options as PowerShell writes them.</summary>
    public static string Table(IEnumerable<KeyValuePair<string, string>> options) => $"([ordered]@{{ {string.Join("; ", options.Select(o => $"{o.Key} = '{o.Value}'"))} }})";

    /// <summary>Both trees hold the same, but for what belongs to the tools.</summary>
    public void AssertSame(string one, string other) => Assert.Equal(Tree(one), Tree(other));

    public void Dispose() => scratch.Dispose();

    private string[] Tree(string name) => [.. Directory.EnumerateFiles(scratch.PathOf(name), "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(scratch.PathOf(name), f)).Where(f => !f.StartsWith(".dvc/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        .Select(f => $"{f}: {Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(File.ReadAllBytes(Path.Combine(scratch.PathOf(name), f))))}")];
}
