using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DataVersion.Remotes.Ssh;

/// <summary>What the known_hosts files say of a host key.</summary>
internal enum HostKeyVerdict
{
    /// <summary>It is the host's.</summary>
    Known,
    /// <summary>Nothing is known of such a key of this host.</summary>
    Unknown,
    /// <summary>The host had another key of this type.</summary>
    Changed,
    /// <summary>It is marked as not to be used any more.</summary>
    Revoked,
}

/// <summary>
/// known_hosts files: names plain, with wildcards or hashed, <c>[host]:port</c>, markers. Source: man 8 sshd, section
/// SSH_KNOWN_HOSTS FILE FORMAT. Certificates (@cert-authority) are not understood; hosts are asked for plain keys.
/// </summary>
internal sealed class KnownHosts
{
    private readonly List<(string File, int Line, string? Marker, string Names, string Type, string Key)> entries = [];

    /// <summary>Reads files; those that do not exist hold nothing.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: one cannot be read.</exception>
    public static KnownHosts Read(IEnumerable<string> files)
    {
        var hosts = new KnownHosts();
        foreach (var file in files)
            try
            {
                var number = 0;
                foreach (var line in File.ReadLines(file))
                    hosts.Add(file, ++number, line);
            }
            catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
            {
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new DataVersionException(DataErrorKind.RemoteFailed, $"The keys of known hosts in '{file}' cannot be read: {error.Message}", file, "Make the file readable.", error);
            }
        return hosts;
    }

    /// <summary>The types of the keys known of a host.</summary>
    public IReadOnlyList<string> TypesOf(string host, int port) =>
        [.. entries.Where(e => e.Marker is null && (IsOf(e.Names, host, port) || port != 22 && IsOf(e.Names, host, 22))).Select(e => e.Type).Distinct()];

    /// <summary>Judges the key that a host showed.</summary>
    /// <param name="host">Name or alias of the host.</param>
    /// <param name="port">Its port.</param>
    /// <param name="key">The key, as it travels.</param>
    /// <returns>The verdict, and the line it rests on.</returns>
    public (HostKeyVerdict Verdict, string? Where) Judge(string host, int port, byte[] key)
    {
        var (type, text) = (TypeOf(key), Convert.ToBase64String(key));
        string? changed = null, known = null;
        foreach (var entry in entries)
        {
            var where = $"{entry.File}:{entry.Line.ToString(CultureInfo.InvariantCulture)}";
            if (entry.Marker == "@revoked" && entry.Key == text && IsOf(entry.Names, host, port))
                return (HostKeyVerdict.Revoked, where);
            if (entry.Marker is not null || !IsOf(entry.Names, host, port))
                continue;
            if (entry.Key == text)
                known ??= where;
            else if (entry.Type == type)
                changed ??= where;
        }
        if (known is not null)
            return (HostKeyVerdict.Known, known);
        // As ssh does it: what is known of the host at its own port is good for other ports too.
        if (changed is null && port != 22 && entries.Any(e => e.Marker is null && e.Key == text && IsOf(e.Names, host, 22)))
            return (HostKeyVerdict.Known, null);
        return changed is null ? (HostKeyVerdict.Unknown, null) : (HostKeyVerdict.Changed, changed);
    }

    /// <summary>The line of a known_hosts file for a key.</summary>
    public static string Format(string host, int port, byte[] key) => $"{NameOf(host, port)} {TypeOf(key)} {Convert.ToBase64String(key)}";

    /// <summary>The type that a key says it is of.</summary>
    public static string TypeOf(byte[] key)
    {
        var length = key.Length < 4 ? 0 : System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(key);
        return length > 0 && length <= key.Length - 4 ? Encoding.ASCII.GetString(key, 4, length) : "";
    }

    /// <summary>The fingerprint as ssh shows it.</summary>
    public static string Fingerprint(byte[] key) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(key)).TrimEnd('=');

    private void Add(string file, int number, string line)
    {
        var words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0][0] == '#')
            return;
        var marker = words[0][0] == '@' ? words[0].ToLowerInvariant() : null;
        var at = marker is null ? 0 : 1;
        if (words.Length >= at + 3)
            entries.Add((file, number, marker, words[at], words[at + 1], words[at + 2]));
    }

    private static string NameOf(string host, int port) =>
        port == 22 ? host.ToLowerInvariant() : $"[{host.ToLowerInvariant()}]:{port.ToString(CultureInfo.InvariantCulture)}";

    private static bool IsOf(string names, string host, int port)
    {
        var name = NameOf(host, port);
        if (!names.StartsWith("|1|", StringComparison.Ordinal))
            return SshConfigFile.MatchesAny(names.Split(','), name);
        var parts = names.Split('|');
        try
        {
            return parts.Length == 4 && HMACSHA1.HashData(Convert.FromBase64String(parts[2]), Encoding.UTF8.GetBytes(name)).AsSpan().SequenceEqual(Convert.FromBase64String(parts[3]));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
