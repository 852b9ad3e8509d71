namespace DataVersion.Tests;

/// <summary>
/// Finds the material that is shared between checkouts (recorded fixtures): the folder that the environment variable
/// <c>DATAVERSION_SHARED</c> names, else a folder <c>shared</c> beside a folder above the test assembly.
/// </summary>
internal static class Shared
{
    /// <summary>Absolute path of an entry of the shared folder; null when there is none.</summary>
    public static string? TryFind(string name)
    {
        foreach (var candidate in Candidates())
        {
            var path = Path.Combine(candidate, name);
            if (Path.Exists(path))
                return path;
        }
        return null;
    }

    /// <inheritdoc cref="TryFind"/>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static string Find(string name) => TryFind(name) ?? throw new DirectoryNotFoundException(
        $"'{name}' was not found in a shared folder. Set DATAVERSION_SHARED to the folder that holds it.");

    /// <summary>Why a test that needs an entry is skipped; null when it is at hand.</summary>
    public static string? WhyNot(string name) => TryFind(name) is not null ? null
        : $"The shared folder with '{name}' is not at hand; DATAVERSION_SHARED can name it.";

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("DATAVERSION_SHARED") is { Length: > 0 } named)
            yield return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "shared");
    }
}
