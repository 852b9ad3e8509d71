namespace DataVersion.Engine.Repositories;

/// <summary>Where the configuration files of the four levels are (dvc-compat §1.5).</summary>
internal static class ConfigurationFolders
{
    /// <summary>Absolute path of a level's file; null for the levels of a repository when there is none.</summary>
    public static string? FileOf(ConfigScope scope, RepositoryLayout? layout) => scope switch
    {
        ConfigScope.System => Path.Combine(FromEnvironment("DVC_SYSTEM_CONFIG_DIR") ?? SystemFolder(), "config"),
        ConfigScope.Global => Path.Combine(FromEnvironment("DVC_GLOBAL_CONFIG_DIR") ?? GlobalFolder(), "config"),
        ConfigScope.Repository => layout?.ConfigFile,
        _ => layout?.LocalConfigFile,
    };

    private static string SystemFolder()
    {
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "iterative", "dvc");
        if (OperatingSystem.IsMacOS())
            return "/Library/Application Support/dvc";
        var first = FromEnvironment("XDG_CONFIG_DIRS")?.Split(':')[0];
        return Path.Combine(first is { Length: > 0 } ? first : "/etc/xdg", "dvc");
    }

    private static string GlobalFolder()
    {
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "iterative", "dvc");
        var home = FromEnvironment("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS())
            return Path.Combine(home, "Library", "Application Support", "dvc");
        return Path.Combine(FromEnvironment("XDG_CONFIG_HOME") ?? Path.Combine(home, ".config"), "dvc");
    }

    private static string? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
