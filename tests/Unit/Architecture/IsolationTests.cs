using System.Diagnostics;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Architecture;

/// <summary>
/// Another module has loaded older libraries into the session: ours must use its own copies, and theirs must stay. Each test
/// is a process of its own, because the assemblies of a process never go away.
/// </summary>
public sealed class IsolationTests
{
    private const string LoadOlder = """
        foreach ($name in 'YamlDotNet', 'AWSSDK.Core', 'AWSSDK.S3') { $null = [System.Reflection.Assembly]::LoadFrom("$Older/$name.dll") }
        """;

    private const string Describe = """
        foreach ($context in [System.Runtime.Loader.AssemblyLoadContext]::All) {
            foreach ($assembly in $context.Assemblies) {
                if ($assembly.GetName().Name -match '^(YamlDotNet|AWSSDK|DataVersion)') {
                    "$(if ($context.Name -eq 'Default') { 'session' } else { $context.Name }):$($assembly.GetName().Name):$($assembly.GetName().Version)"
                }
            }
        }
        """;

    private const string UseEverything = """
        $context = [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -eq 'DataVersion'
        foreach ($name in 'DataVersion.Remotes', 'YamlDotNet', 'AWSSDK.S3', 'AWSSDK.Core') {
            $null = $context.LoadFromAssemblyName([System.Reflection.AssemblyName] $name)
        }
        """;

    [Fact]
    public void Older_libraries_of_the_session_are_not_used_and_stay_in_use_for_others()
    {
        var loaded = Run($"{LoadOlder}\nImport-Module $ModuleManifest\n$null = Get-DataConfig\n{UseEverything}\n{Describe}");

        Assert.Contains("session:YamlDotNet:13.0.0.0", loaded);
        Assert.Contains("DataVersion:YamlDotNet:18.0.0.0", loaded);
        Assert.Contains("session:AWSSDK.S3:3.3.0.0", loaded);
        Assert.Contains("DataVersion:AWSSDK.S3:4.0.0.0", loaded);
        Assert.Single(loaded, l => l.Contains(":DataVersion.Engine:"));
        Assert.Contains(loaded, l => l.StartsWith("DataVersion:DataVersion.Engine:", StringComparison.Ordinal));
        Assert.Single(loaded, l => l.Contains(":DataVersion:"));
    }

    [Fact]
    public void A_command_that_reads_YAML_uses_our_reader()
    {
        var lines = Run($"{LoadOlder}\nImport-Module $ModuleManifest\nSet-Content a.bin x\n(Add-DataFile a.bin).Path\nAdd-Content a.bin.dvc '# needs the reader'\n(Get-DataFile).Path\n{Describe}");

        Assert.Equal(["a.bin", "a.bin"], lines.Take(2));
        Assert.Contains("DataVersion:YamlDotNet:18.0.0.0", lines);
        Assert.DoesNotContain(lines, l => l.StartsWith("DataVersion:AWSSDK", StringComparison.Ordinal));
    }

    [Fact]
    public void Importing_loads_neither_the_engine_s_libraries_nor_a_second_copy_of_ours()
    {
        var loaded = Run($"Import-Module $ModuleManifest\n{Describe}");

        Assert.DoesNotContain(loaded, l => l.Contains("YamlDotNet") || l.Contains("AWSSDK"));
        Assert.Equal(["session:DataVersion", "session:DataVersion.Cmdlets"],
            loaded.Select(l => l[..l.LastIndexOf(':')]).Where(l => !l.Contains(".Host") && !l.Contains("Engine")).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Import-Module $ModuleManifest -Force")]
    [InlineData("Remove-Module DataVersion; Import-Module $ModuleManifest")]
    [InlineData("""
        $other = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $other.AddScript("Import-Module '$ModuleManifest'; (Get-DataConfig core.remote).Value").Invoke()
        if ($other.HadErrors) { throw $other.Streams.Error[0] }
        """)]
    public void The_module_can_be_imported_again(string again)
    {
        var lines = Run($"""
            {LoadOlder}
            Import-Module $ModuleManifest
            Set-DataConfig core.remote first
            {again}
            (Get-DataConfig core.remote).Value
            {Describe}
            """);

        Assert.Equal("first", lines[0]);
        Assert.Single(lines, l => l.Contains(":DataVersion.Engine:"));
    }

    [Fact]
    public void The_shipped_folder_holds_what_it_must_and_not_what_it_must_not()
    {
        var top = Directory.GetFiles(ModuleSession.ModuleFolder, "*.dll").Select(Path.GetFileName).Order(StringComparer.Ordinal);
        var lib = Directory.GetFiles(Path.Combine(ModuleSession.ModuleFolder, "lib")).Select(Path.GetFileName).ToList();

        Assert.Equal(["DataVersion.Cmdlets.dll", "DataVersion.dll"], top);
        Assert.Contains("DataVersion.Engine.dll", lib);
        Assert.Contains("YamlDotNet.dll", lib);
        Assert.DoesNotContain("DataVersion.dll", lib);
        Assert.DoesNotContain("System.Management.Automation.dll", lib);
    }

    /// <summary>The lines that a script writes in a new process; $ModuleManifest is the built module, not imported yet.</summary>
    internal static List<string> Run(string script)
    {
        using var repository = new TemporaryRepository();
        var output = AppContext.BaseDirectory;
        var build = Path.Combine(Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(output)))!, "net10.0");
        var root = ModuleSession.RepositoryRoot;
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(root, "tools", "Host", "bin", build, "DataVersion.Host.dll"));
        start.ArgumentList.Add("-NoImport");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"$ErrorActionPreference = 'Stop'; $Older = '{Path.Combine(root, "tests", "Assets", "OlderLibraries", "bin", build)}'\n{script}");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{string.Join('\n', lines)}\n{errors.Result}");
        return [.. lines];
    }
}
