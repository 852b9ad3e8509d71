namespace DataVersion.Benchmarks.Workflows;

/// <summary>The shipped folder, built in Release into a folder of the benchmark, with the PowerShell host of this repository.</summary>
internal sealed class BuiltModule
{
    private readonly string host;

    private BuiltModule(string folder)
    {
        host = Path.Combine(folder, "host", "DataVersion.Host.dll");
        Manifest = Path.Combine(folder, "out", "DataVersion", "DataVersion.psd1");
    }

    /// <summary>Path of the module's manifest.</summary>
    public string Manifest { get; }

    /// <summary>The root of this repository.</summary>
    public static string Checkout { get; } = FindCheckout();

    /// <summary>Builds it.</summary>
    /// <param name="folder">Is emptied.</param>
    /// <exception cref="BenchmarkException">It does not build.</exception>
    public static BuiltModule Build(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        var project = Path.Combine(Checkout, "tools", "Host");
        // The host looks for out/DataVersion above itself, so its own copy finds this module and no other.
        Shell.Run($"dotnet build '{project}' --configuration Release --nologo --verbosity quiet "
            + $"'-p:ModuleFolder={Path.Combine(folder, "out", "DataVersion")}/' && cp -r '{project}/bin/Release/net10.0' '{folder}/host'", Checkout);
        return new(folder);
    }

    /// <summary>Program and arguments that run a script; $ModuleManifest is the module, which is not imported yet.</summary>
    /// <param name="shell">host or pwsh.</param>
    /// <param name="script">What to run.</param>
    public string[] CommandLine(string shell, string script) => shell == "pwsh"
        ? ["pwsh", "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", $"$ModuleManifest = '{Manifest}'\n{script}"]
        : [Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", host, "-NoImport", "-c", script];

    /// <summary>The same as text for bash.</summary>
    public string BashCommand(string shell, string script) =>
        string.Join(' ', CommandLine(shell, script).Select(a => $"'{a.Replace("'", "'\\''")}'"));

    private static string FindCheckout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DataVersion.slnx")))
                return folder.FullName;
        throw new BenchmarkException("The benchmark has to lie in its repository, whose module it builds.");
    }
}
