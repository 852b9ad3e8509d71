namespace DataVersion.Remotes.Ssh;

/// <summary>Where OpenSSH keeps what it knows about a user.</summary>
/// <param name="Home">The user's home folder.</param>
/// <param name="SystemFolder">The folder of the settings of the machine.</param>
/// <param name="AgentSocket">Socket (on Windows: pipe) of the agent; null when there is none.</param>
internal sealed record SshPlaces(string Home, string SystemFolder, string? AgentSocket)
{
    /// <summary>The user's own folder.</summary>
    public string Folder => Path.Combine(Home, ".ssh");

    /// <summary>Of the user who runs this process.</summary>
    public static SshPlaces OfUser() => new(HomeFolder(),
        OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "ssh") : "/etc/ssh",
        Environment.GetEnvironmentVariable("SSH_AUTH_SOCK") is { Length: > 0 } socket ? socket : OperatingSystem.IsWindows() ? SshAgent.WindowsPipe : null);

    /// <summary>A path with <c>~</c> at its begin replaced.</summary>
    public string Expand(string path) => path == "~" ? Home : path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith("~\\", StringComparison.Ordinal)
        ? Path.Combine(Home, path[2..]) : path;

    private static string HomeFolder() => Environment.GetEnvironmentVariable(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") is { Length: > 0 } home
        ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
