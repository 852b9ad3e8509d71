using System.Globalization;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.Http;

namespace DataVersion.Remotes.Ssh;

/// <summary>What is done with a host whose key is not known.</summary>
internal enum UnknownHosts
{
    /// <summary>It is refused.</summary>
    Refuse,
    /// <summary>Its key is written down and trusted from then on.</summary>
    Accept,
}

/// <summary>How to get to a host and log in there. What the remote's configuration says wins over its URL, and that over ssh_config.</summary>
internal sealed record SshSettings
{
    private static readonly string[] DefaultIdentities = ["id_ed25519", "id_ecdsa", "id_rsa"];

    /// <summary>What to connect to.</summary>
    public required string Host { get; init; }

    /// <summary>Under which name its key is known.</summary>
    public required string KnownAs { get; init; }

    /// <summary>True when an alias was given, which stands without port.</summary>
    public bool IsAlias { get; init; }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>The user there.</summary>
    public required string User { get; init; }

    /// <summary>Password; null when none is known.</summary>
    public string? Password { get; init; }

    /// <summary>Passphrase of the keys; null when none is known.</summary>
    public string? Passphrase { get; init; }

    /// <summary>The key that the configuration names; null when it names none.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Keys to try, when the configuration names none; they need not exist.</summary>
    public required IReadOnlyList<string> Identities { get; init; }

    /// <summary>Of the agent's keys, only those of <see cref="Identities"/>.</summary>
    public bool IdentitiesOnly { get; init; }

    /// <summary>The agent; null when it is not to be asked.</summary>
    public string? Agent { get; init; }

    /// <summary>Files of known hosts; new ones go into the first.</summary>
    public required IReadOnlyList<string> KnownHostsFiles { get; init; }

    /// <summary>What is done with a host that none of them knows.</summary>
    public UnknownHosts UnknownHosts { get; init; }

    /// <summary>How long to wait for a connection.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How often to say that the connection is still wanted.</summary>
    public required TimeSpan KeepAlive { get; init; }

    /// <summary>Most connections at a time.</summary>
    public int MostConnections { get; init; } = 4;

    /// <summary>The command whose input and output are the connection; null for a socket.</summary>
    public string? ProxyCommand { get; init; }

    /// <summary>The hosts to go through, first to last.</summary>
    public required IReadOnlyList<SshSettings> Jumps { get; init; }

    /// <summary>Reads them.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: something that is not supported.</exception>
    public static SshSettings Read(RemoteConfiguration remote, RemoteAddress address, SshPlaces places)
    {
        if (HttpConnections.IsTrue(remote, "gss_auth"))
            throw NotSupported($"The remote '{remote.Name}' asks for Kerberos (gss_auth), which is not supported over SSH.",
                "Use a key, the agent or a password: remove the option gss_auth.");
        var user = remote.Get("user") is { Length: > 0 } named ? named : address.User;
        int? port = int.TryParse(remote.Get("port"), CultureInfo.InvariantCulture, out var number) ? number : address.Port;
        var settings = Read(address.Host, user, port, places, 0);
        return settings with
        {
            Password = remote.Get("password") is { Length: > 0 } password ? password : address.GetPassword(),
            Passphrase = remote.Get("passphrase") is { Length: > 0 } passphrase ? passphrase : null,
            KeyFile = remote.Get("keyfile") is { Length: > 0 } file ? places.Expand(file) : null,
            Agent = string.Equals(remote.Get("allow_agent"), "false", StringComparison.OrdinalIgnoreCase) ? null : settings.Agent,
            Timeout = HttpConnections.Seconds(remote, "timeout", settings.Timeout.TotalSeconds),
            MostConnections = int.TryParse(remote.Get("max_sessions"), CultureInfo.InvariantCulture, out var most) && most > 0 ? most : settings.MostConnections,
        };
    }

    private static SshSettings Read(string host, string? user, int? port, SshPlaces places, int depth)
    {
        var named = host.Trim('[', ']');
        var config = SshConfigFile.Read(places, named, user);
        var target = (config["HostName"] ?? named).Replace("%h", named, StringComparison.Ordinal).Replace("%%", "%", StringComparison.Ordinal);
        user ??= config["User"] ?? Environment.UserName;
        port ??= int.TryParse(config["Port"], CultureInfo.InvariantCulture, out var number) ? number : 22;
        string Expand(string text) => places.Expand(ExpandTokens(text, named, target, user, port.Value, places));
        var agent = config["IdentityAgent"] is not { } socket || socket.Equals("SSH_AUTH_SOCK", StringComparison.Ordinal) ? places.AgentSocket
            : socket.Equals("none", StringComparison.OrdinalIgnoreCase) ? null
            : socket.StartsWith('$') ? Environment.GetEnvironmentVariable(socket.Trim('$', '{', '}')) : Expand(socket);
        var identities = config.All("IdentityFile");
        return new SshSettings
        {
            Host = target, KnownAs = config["HostKeyAlias"] ?? target, IsAlias = config["HostKeyAlias"] is not null, Port = port.Value, User = user, Agent = agent,
            Identities = identities.Count > 0 ? [.. identities.Select(Expand)] : [.. DefaultIdentities.Select(i => Path.Combine(places.Folder, i))],
            IdentitiesOnly = IsYes(config["IdentitiesOnly"]),
            KnownHostsFiles = [.. Files(config, "UserKnownHostsFile", places.Folder, "known_hosts").Select(Expand), .. Files(config, "GlobalKnownHostsFile", places.SystemFolder, "ssh_known_hosts").Select(Expand)],
            UnknownHosts = config["StrictHostKeyChecking"]?.ToLowerInvariant() is "no" or "off" or "accept-new" ? UnknownHosts.Accept : UnknownHosts.Refuse,
            Timeout = TimeSpan.FromSeconds(double.TryParse(config["ConnectTimeout"], CultureInfo.InvariantCulture, out var wait) && wait > 0 ? wait : 60),
            KeepAlive = TimeSpan.FromSeconds(double.TryParse(config["ServerAliveInterval"], CultureInfo.InvariantCulture, out var alive) && alive > 0 ? alive : 20),
            ProxyCommand = config["ProxyCommand"] is { } command && !command.Equals("none", StringComparison.OrdinalIgnoreCase) && config["ProxyJump"] is null
                ? ExpandTokens(command, named, target, user, port.Value, places) : null,
            Jumps = Jump(config["ProxyJump"], places, depth),
        };
    }

    private static List<SshSettings> Jump(string? jumps, SshPlaces places, int depth)
    {
        if (jumps is null || jumps.Equals("none", StringComparison.OrdinalIgnoreCase))
            return [];
        if (depth > 8)
            throw NotSupported("The SSH configuration leads from one host to the next without end (ProxyJump).", "Correct ~/.ssh/config.");
        var path = new List<SshSettings>();
        foreach (var jump in jumps.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var address = RemoteAddress.Parse(jump.Contains("://", StringComparison.Ordinal) ? jump : "ssh://" + jump);
            var settings = Read(address.Host, address.User, address.Port, places, depth + 1);
            // How the first one is reached is its own matter; the others are reached from the one before.
            if (path.Count == 0)
                path.AddRange(settings.Jumps);
            path.Add(settings with { Jumps = [], ProxyCommand = path.Count == 0 ? settings.ProxyCommand : null });
        }
        return path;
    }

    private static IEnumerable<string> Files(SshConfigFile config, string keyword, string folder, string name)
    {
        var files = config.All(keyword);
        return files.Count > 0 ? files.Where(f => !f.Equals("none", StringComparison.OrdinalIgnoreCase)) : [Path.Combine(folder, name), Path.Combine(folder, name + "2")];
    }

    private static string ExpandTokens(string text, string named, string host, string user, int port, SshPlaces places) => !text.Contains('%', StringComparison.Ordinal) ? text
        : text.Replace("%%", "\0", StringComparison.Ordinal).Replace("%d", places.Home, StringComparison.Ordinal).Replace("%h", host, StringComparison.Ordinal)
            .Replace("%n", named, StringComparison.Ordinal).Replace("%p", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%r", user, StringComparison.Ordinal).Replace("%u", Environment.UserName, StringComparison.Ordinal).Replace("\0", "%", StringComparison.Ordinal);

    private static bool IsYes(string? value) => value is not null && (value.Equals("yes", StringComparison.OrdinalIgnoreCase) || value.Equals("true", StringComparison.OrdinalIgnoreCase));

    private static DataVersionException NotSupported(string message, string action) => new(DataErrorKind.RemoteFailed, message, null, action);
}
