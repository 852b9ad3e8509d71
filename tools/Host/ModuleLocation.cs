namespace DataVersion.Host;

/// <summary>Where the build put the module.</summary>
internal static class ModuleLocation
{
    /// <summary>The manifest in out/DataVersion of the checkout this host was built in.</summary>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var manifest = Path.Combine(folder.FullName, "out", "DataVersion", "DataVersion.psd1");
            if (File.Exists(manifest))
                return manifest;
        }
        throw new FileNotFoundException("There is no out/DataVersion above the host; run 'dotnet build' first.");
    }
}
