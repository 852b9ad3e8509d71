using System.Diagnostics;

namespace DataVersion.Tests.Cmdlets;

/// <summary>The Pester suite, in the real PowerShell, as one test.</summary>
public sealed class PesterTests
{
    [PesterFact]
    public void The_Pester_suite_passes()
    {
        var folder = Path.Combine(ModuleSession.RepositoryRoot, "tests", "Pester");
        var (code, output) = RealPowerShell.Run($$"""
            $configuration = New-PesterConfiguration -Hashtable @{
                Run = @{ Path = '{{folder}}'; PassThru = $true }
                Output = @{ Verbosity = 'Detailed'; RenderMode = 'Plaintext' }
            }
            $result = Invoke-Pester -Configuration $configuration
            if ($result.TotalCount -eq 0) { 'No test was found.'; exit 99 }
            exit $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
            """);

        Assert.True(code == 0, output);
    }
}

/// <summary>A test that needs a real PowerShell with Pester 5.</summary>
public sealed class PesterFactAttribute : FactAttribute
{
    private static readonly string? Reason = RealPowerShell.Path is null
        ? "pwsh is not on the PATH."
        : RealPowerShell.Run("if (Get-Module Pester -ListAvailable | Where-Object Version -ge '5.0') { exit 0 } exit 1").Code != 0
            ? "Pester 5 is not installed (Install-PSResource Pester)."
            : null;

    public PesterFactAttribute() => Skip = Reason;
}

/// <summary>The PowerShell of the machine, if there is one.</summary>
internal static class RealPowerShell
{
    /// <summary>The program; null when there is none.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .Select(folder => System.IO.Path.Combine(folder, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh"))
        .FirstOrDefault(File.Exists);

    /// <summary>Runs commands and gives the exit code and everything that was printed.</summary>
    public static (int Code, string Output) Run(string commands)
    {
        var start = new ProcessStartInfo(Path!) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in new[] { "-NoProfile", "-NonInteractive", "-Command", commands })
            start.ArgumentList.Add(argument);
        // The module path of a session that started the tests must not hide the modules of this PowerShell.
        start.Environment.Remove("PSModulePath");
        // Nor what other tests tell Git about its user.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
