namespace DataVersion.Engine.Git;

public sealed partial class GitRepository
{
    private string? excludesFile;
    private bool excludesFileIsKnown;

    // The rules that hold in every folder; null when only git can tell where they are.
    private List<IgnoreLines>? RulesElsewhere(CancellationToken cancellation)
    {
        if (!excludesFileIsKnown)
        {
            excludesFile = UserExcludes(cancellation);
            excludesFileIsKnown = true;
        }
        var found = new List<IgnoreLines>();
        foreach (var file in new[] { Path.Combine(CommonDirectory, "info", "exclude"), excludesFile })
            if (file is null || IgnoreLines.Read(file) is not { } lines)
                return null;
            else
                found.Add(lines);
        return found;
    }

    private string? UserExcludes(CancellationToken cancellation)
    {
        var result = Start(["config", "--type=path", "--get", "core.excludesFile"], default, quiet: true, null, cancellation);
        if (result.ExitCode == 0 && result.Text.Length > 0)
            return Path.GetFullPath(result.Text, Root);
        if (result.ExitCode != 1)
            return null;
        // Where Git looks when nothing is configured (man git-config). On Windows it may take another folder for the home.
        var home = Environment.GetEnvironmentVariable("HOME");
        var configuration = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } folder ? folder
            : home is { Length: > 0 } ? Path.Combine(home, ".config") : null;
        return configuration is null || OperatingSystem.IsWindows() && home is null or "" ? null : Path.GetFullPath(Path.Combine(configuration, "git", "ignore"), Root);
    }
}
