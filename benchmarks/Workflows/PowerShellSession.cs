using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace DataVersion.Benchmarks.Workflows;

/// <summary>
/// A PowerShell session with the shipped module that runs scripts one after the other and measures them inside: wall time,
/// CPU time, most resident memory since the start of the script, number of objects.
/// </summary>
internal sealed class PowerShellSession : IDisposable
{
    // Scripts come as lines of Base64, so that no quoting is needed; the answer is one line as well.
    private const string Driver = """
        $ErrorActionPreference = 'Stop'
        $WarningPreference = 'SilentlyContinue'
        $ProgressPreference = 'SilentlyContinue'
        Import-Module $ModuleManifest
        while ($line = [Console]::In.ReadLine()) {
            try {
                $block = [scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($line)))
                [GC]::Collect()
                if ([IO.File]::Exists('/proc/self/clear_refs')) { [IO.File]::WriteAllText('/proc/self/clear_refs', '5') }
                $cpu = [Environment]::CpuUsage.TotalTime
                $watch = [Diagnostics.Stopwatch]::StartNew()
                $outputs = & $block
                $watch.Stop()
                $cpu = [Environment]::CpuUsage.TotalTime - $cpu
                $peak = 0
                if ([IO.File]::Exists('/proc/self/status')) {
                    foreach ($field in [IO.File]::ReadLines('/proc/self/status')) {
                        if ($field.StartsWith('VmHWM:')) { $peak = 1024 * [long] $field.Substring(6).Replace('kB', '').Trim() }
                    }
                }
                $count = @($outputs).Count
                $outputs = $null
                [Console]::Out.WriteLine([string]::Format([cultureinfo]::InvariantCulture, 'measured: {0} {1} {2} {3}',
                    $watch.Elapsed.TotalSeconds, $cpu.TotalSeconds, $peak, $count))
            }
            catch { [Console]::Out.WriteLine('failed: ' + $_.ToString().Replace("`n", ' ')) }
        }
        """;

    private readonly Process process;

    /// <summary>Starts one.</summary>
    /// <param name="module">The module and how to start PowerShell.</param>
    /// <param name="shell">host or pwsh.</param>
    public PowerShellSession(BuiltModule module, string shell)
    {
        var line = module.CommandLine(shell, Driver);
        process = Process.Start(new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
    }

    /// <summary>The process, for programs that look at it.</summary>
    public int ProcessId => process.Id;

    /// <summary>Runs a script.</summary>
    /// <exception cref="BenchmarkException">It failed.</exception>
    public Measurement Run(string script)
    {
        var load = MachineLoad.Now();
        process.StandardInput.WriteLine(Convert.ToBase64String(Encoding.UTF8.GetBytes(script)));
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.Split(' ') is ["measured:", var seconds, var cpu, var peak, var count])
                return new(Number(seconds), Number(cpu), (long)Number(peak), (long)Number(count)) { Disturbance = load.OthersSince(Number(cpu)) };
            if (line.StartsWith("failed:", StringComparison.Ordinal))
                throw new BenchmarkException($"{script}\n{line}");
        }
        throw new BenchmarkException($"The session ended at: {script}");
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
