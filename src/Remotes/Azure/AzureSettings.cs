using DataVersion.Engine.Repositories;

namespace DataVersion.Remotes.Azure;

/// <summary>A setting, and where it was found.</summary>
internal sealed record AzureSetting(string Value, string Source);

/// <summary>
/// The settings of an account, from where DVC takes them (dvc-compat 10.5): the options of the remote, then the environment
/// (AZURE_STORAGE_…), then the file of the Azure command line.
/// </summary>
/// <param name="remote">The remote.</param>
/// <param name="environment">Gives environment variables.</param>
internal sealed class AzureSettings(RemoteConfiguration remote, Func<string, string?> environment)
{
    private readonly Lazy<(string Path, Dictionary<string, string> Values)> file = new(() => ReadFile(environment));

    /// <summary>Finds a setting; null when nobody gives it.</summary>
    /// <param name="option">The option of the remote.</param>
    /// <param name="name">What the Azure command line calls it; null when it does not know it.</param>
    public AzureSetting? Find(string option, string? name)
    {
        // An empty option says that there is none, whatever others say.
        if (remote.Get(option) is { } value)
            return value.Length == 0 ? null : new(value, "configuration of the remote");
        foreach (var variable in ((string?[])[name, option]).Where(n => n is not null).Select(n => "AZURE_STORAGE_" + n!.ToUpperInvariant()).Distinct())
            if (environment(variable) is { Length: > 0 } given)
                return new(given, "environment variable " + variable);
        return name is not null && file.Value.Values.TryGetValue(name, out var stored) ? new(stored, file.Value.Path) : null;
    }

    // The section [storage] of an INI file.
    private static (string Path, Dictionary<string, string> Values) ReadFile(Func<string, string?> environment)
    {
        var folder = environment("AZURE_CONFIG_DIR") is { Length: > 0 } named ? named : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".azure");
        var (path, values, section) = (Path.Combine(folder, "config"), new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase), "");
        try
        {
            foreach (var line in File.Exists(path) ? File.ReadAllLines(path) : [])
                if (line.Trim() is ['[', .. var name, ']'])
                    section = name.Trim();
                else if (section == "storage" && line.IndexOf('=') is > 0 and var mark && line.TrimStart() is not ['#' or ';', ..] && line[(mark + 1)..].Trim() is { Length: > 0 } value)
                    values[line[..mark].Trim()] = value;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // As if it were not there: the remote may not need it.
        }
        return (path, values);
    }
}
