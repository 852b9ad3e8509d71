using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace DataVersion.Host;

/// <summary>Formats objects to text the way the console would show them, for Out-String and for tests of the views.</summary>
public static class TextCapture
{
    /// <summary>The text of the objects, formatted with the views of the module, without colours.</summary>
    /// <param name="objects">What to show.</param>
    /// <param name="width">Columns.</param>
    public static string Render(IEnumerable objects, int width = 120)
    {
        var session = InitialSessionState.CreateDefault2();
        session.ImportPSModule([ModuleLocation.Find()]);
        var host = new CapturingHost(width);
        using var runspace = RunspaceFactory.CreateRunspace(host, session);
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddCommand("Out-Default");
        shell.Invoke(objects);
        return Ansi.Plain(host.Text.ToString());
    }
}
