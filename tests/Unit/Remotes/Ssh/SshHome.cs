using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes;
using DataVersion.Remotes.Ssh;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Ssh;

/// <summary>A home folder with what OpenSSH keeps there, and storages opened by it.</summary>
internal sealed class SshHome : IDisposable
{
    private readonly ScratchFolder folder = new();

    public SshHome() => Directory.CreateDirectory(Folder);

    public string Folder => Path.Combine(folder.PathOf("home"), ".ssh");

    public string KnownHosts => Path.Combine(Folder, "known_hosts");

    public string? Agent { get; set; }

    /// <summary>Content may move over a channel of its own.</summary>
    public bool AllowsPipe { get; set; } = true;

    public SshPlaces Places => new(folder.PathOf("home"), folder.PathOf("etc"), Agent);

    /// <summary>Trusts the keys of a server at any port of its host.</summary>
    public void Trust(TestServer server) => File.WriteAllText(KnownHosts, WithoutPort(File.ReadAllText(server["knownHosts"])));

    public static string WithoutPort(string lines) => System.Text.RegularExpressions.Regex.Replace(lines, @"^\[([^]]+)\]:\d+ ", "$1 ", System.Text.RegularExpressions.RegexOptions.Multiline);

    public void Configure(string text) => File.WriteAllText(Path.Combine(Folder, "config"), text);

    public IRemoteStorage Open(string url, params (string Option, string Value)[] options)
    {
        var remote = new RemoteConfiguration("far", url, options.ToDictionary(o => o.Option, o => o.Value), [ConfigScope.Repository], true);
        return new GuardedStorage(new SshStorage(remote, Places, AllowsPipe), remote);
    }

    public IRemoteStorage Open(TestServer server, params (string Option, string Value)[] options) =>
        Open($"ssh://{server["user"]}@{server["host"]}:{server["port"]}{server["root"]}", options);

    public void Dispose() => folder.Dispose();
}
