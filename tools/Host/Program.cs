using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DataVersion.Host;
using DataVersion.Host.StandIns;

if (args.Length == 0 || args[0] is "-?" or "-h" or "--help")
{
    Console.Error.WriteLine("""
        usage: dotnet run --project tools/Host -- <script.ps1> [arguments]
               dotnet run --project tools/Host -- [-NoImport] -c "<commands>"

        Runs PowerShell with the built DataVersion module, on a machine that has no PowerShell. With -NoImport the module is
        not imported before the commands run; its manifest is in $ModuleManifest.
        """);
    return 64;
}

var session = InitialSessionState.CreateDefault2();
if (OperatingSystem.IsWindows())
    session.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
StandInCommands.AddTo(session);
var manifest = ModuleLocation.Find();
session.Variables.Add(new SessionStateVariableEntry("ModuleManifest", manifest, "The built module."));
if (args[0] is "-NoImport")
    args = args[1..];
else
    session.ImportPSModule([manifest]);

var host = new ConsoleHost();
using var runspace = RunspaceFactory.CreateRunspace(host, session);
runspace.Open();
runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(Environment.CurrentDirectory));
if (runspace.SessionStateProxy.GetVariable("Error") is System.Collections.ArrayList { Count: > 0 } errors)
{
    Console.Error.WriteLine(errors[0]);
    return 70;
}

using var shell = PowerShell.Create(runspace);
if (args[0] is "-c" or "-Command")
    shell.AddScript(string.Join(' ', args[1..]) + "\nif (-not $?) { $Host.SetShouldExit(1) }");
else
{
    // Called by path, so that $PSScriptRoot is set; arguments mean what they mean at a prompt.
    var script = Path.GetFullPath(args[0]);
    var call = string.Join(' ', args[1..].Select(a => a.StartsWith('-') ? a : $"'{a.Replace("'", "''")}'"));
    shell.AddScript($"& '{script.Replace("'", "''")}' {call}\nif (-not $?) {{ $Host.SetShouldExit([Math]::Max(1, [int] $LASTEXITCODE)) }}");
}
shell.AddCommand("Out-Default");
shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);

Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    shell.BeginStop(null, null);
};

try
{
    shell.Invoke();
}
catch (PipelineStoppedException)
{
    return 130;
}
catch (RuntimeException error)
{
    host.Screen.WriteErrorLine(ErrorText.Of(error.ErrorRecord));
    return 1;
}
finally
{
    host.Screen.ClearProgress();
}

return host.ExitCode ?? 0;
