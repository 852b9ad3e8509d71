using System.Globalization;

namespace DataVersion.Remotes.Ssh;

/// <summary>Decides whether a host is the one it is taken for.</summary>
internal static class HostKeys
{
    /// <summary>Checks the key that a host showed; null when it may be trusted.</summary>
    public static DataVersionException? Check(SshSettings settings, byte[] key)
    {
        var (host, port) = (settings.KnownAs, settings.IsAlias ? 22 : settings.Port);
        var known = KnownHosts.Read(settings.KnownHostsFiles);
        var (verdict, where) = known.Judge(host, port, key);
        var (type, fingerprint) = (KnownHosts.TypeOf(key), KnownHosts.Fingerprint(key));
        var shown = $"'{settings.Host}', port {settings.Port.ToString(CultureInfo.InvariantCulture)}, showed the {type} key {fingerprint}";
        switch (verdict)
        {
            case HostKeyVerdict.Known:
                return null;
            case HostKeyVerdict.Revoked:
                return Refuse($"{shown}, which is marked as revoked in {where}. SOMEBODY MAY BE PRETENDING TO BE THIS HOST.", "Ask the administrator of the server; nothing was sent.");
            case HostKeyVerdict.Changed:
                return Refuse($"THE KEY OF THE HOST HAS CHANGED: {shown}, but {where} holds another one. Either the server was set up anew, or somebody is pretending to be it.",
                    $"Ask the administrator of the server for the fingerprint. Only if it is the one above: ssh-keygen -R \"{(port == 22 ? host : $"[{host}]:{port.ToString(CultureInfo.InvariantCulture)}")}\", then connect once with ssh.");
        }
        if (settings.UnknownHosts == UnknownHosts.Accept)
        {
            Remember(settings.KnownHostsFiles.FirstOrDefault(), KnownHosts.Format(host, port, key));
            return null;
        }
        var others = known.TypesOf(host, port);
        return Refuse($"The host is not known: {shown}, and no file of known hosts holds it.{(others.Count == 0 ? "" : $" Known are keys of the type {string.Join(", ", others)}.")}",
            $"Compare the fingerprint with that of the server (ssh-keygen -lf on its host key). If it is the same, connect once with: ssh -p {settings.Port.ToString(CultureInfo.InvariantCulture)} {settings.User}@{settings.Host}");
    }

    // Not being able to write it down is no reason not to connect; it will be accepted again.
    private static void Remember(string? file, string line)
    {
        if (file is null)
            return;
        try
        {
            if (Path.GetDirectoryName(file) is { Length: > 0 } folder && !Directory.Exists(folder))
                _ = OperatingSystem.IsWindows() ? Directory.CreateDirectory(folder)
                    : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var before = File.Exists(file) ? File.ReadAllText(file) : "";
            File.AppendAllText(file, (before.Length == 0 || before.EndsWith('\n') ? "" : "\n") + line + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static DataVersionException Refuse(string message, string action) => new(DataErrorKind.RemoteFailed, message, null, action);
}
