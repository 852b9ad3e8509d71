using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text;

namespace DataVersion.Host;

/// <summary>A host without a screen: it keeps the text, and answers questions.</summary>
/// <param name="width">Columns.</param>
/// <param name="answer">Says yes or no to the message of a question with choices; yes to all when null.</param>
public sealed class CapturingHost(int width, Func<string, bool>? answer = null) : PSHost
{
    private readonly CapturingScreen screen = new(width, answer ?? (static _ => true));

    /// <summary>All text so far.</summary>
    public StringBuilder Text => screen.Text;

    /// <inheritdoc/>
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

internal sealed class CapturingScreen(int width, Func<string, bool> answer) : PSHostUserInterface
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
    public override int PromptForChoice(string caption, string message, System.Collections.ObjectModel.Collection<ChoiceDescription> choices, int defaultChoice) =>
        answer(message) ? defaultChoice : choices.ToList().FindIndex(choice => choice.Label.Replace("&", "", StringComparison.Ordinal) == "No");
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw new NotSupportedException();
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new NotSupportedException();
}
