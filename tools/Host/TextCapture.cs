using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Text;

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

    private sealed class CapturingHost(int width) : PSHost
    {
        private readonly CapturingScreen screen = new(width);
        public StringBuilder Text => screen.Text;
        public override string Name => "DataVersion.TextCapture";
        public override Guid InstanceId { get; } = Guid.NewGuid();
        public override Version Version { get; } = new(1, 0);
        public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;
        public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;
        public override PSHostUserInterface UI => screen;
        public override void SetShouldExit(int exitCode) { }
        public override void EnterNestedPrompt() { }
        public override void ExitNestedPrompt() { }
        public override void NotifyBeginApplication() { }
        public override void NotifyEndApplication() { }
    }

    private sealed class CapturingScreen(int width) : PSHostUserInterface
    {
        public StringBuilder Text { get; } = new();
        public override PSHostRawUserInterface RawUI { get; } = new ConsoleSurface(width);
        public override void Write(string value) => Text.Append(value);
        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);
        public override void WriteLine(string value) => Text.Append(value).Append('\n');
        public override void WriteErrorLine(string value) => WriteLine(value);
        public override void WriteWarningLine(string message) => WriteLine(message);
        public override void WriteVerboseLine(string message) => WriteLine(message);
        public override void WriteDebugLine(string message) => WriteLine(message);
        public override void WriteProgress(long sourceId, ProgressRecord record) { }
        public override string ReadLine() => "";
        public override System.Security.SecureString ReadLineAsSecureString() => new();
        public override Dictionary<string, PSObject> Prompt(string caption, string message, System.Collections.ObjectModel.Collection<FieldDescription> descriptions) => [];
        public override int PromptForChoice(string caption, string message, System.Collections.ObjectModel.Collection<ChoiceDescription> choices, int defaultChoice) => defaultChoice;
        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw new NotSupportedException();
        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new NotSupportedException();
    }
}
