using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace DataVersion.Host;

/// <summary>Writes to the console: colours only on a terminal, errors and messages to standard error, one progress line.</summary>
internal sealed class ConsoleScreen : PSHostUserInterface
{
    private readonly Lock gate = new();
    private readonly ProgressLine progress = new();

    public override PSHostRawUserInterface RawUI { get; } = ConsoleSurface.OfConsole();

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected;

    public override void Write(string value)
    {
        lock (gate)
        {
            progress.Clear();
            Console.Out.Write(Console.IsOutputRedirected ? Ansi.Plain(value) : value);
        }
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Write(Ansi.Colour(foregroundColor, value));

    public override void WriteLine(string value) => Write(value + "\n");

    public override void WriteErrorLine(string value) => Message(value, ConsoleColor.Red);

    public override void WriteWarningLine(string message) => Message("WARNING: " + message, ConsoleColor.Yellow);

    public override void WriteVerboseLine(string message) => Message("VERBOSE: " + message, ConsoleColor.Yellow);

    public override void WriteDebugLine(string message) => Message("DEBUG: " + message, ConsoleColor.Yellow);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (gate)
            progress.Show(record);
    }

    /// <summary>Takes the progress line away.</summary>
    public void ClearProgress()
    {
        lock (gate)
            progress.Clear();
    }

    public override string ReadLine() => Console.ReadLine() ?? "";

    public override SecureString ReadLineAsSecureString()
    {
        var secret = new SecureString();
        foreach (var letter in ReadLine())
            secret.AppendChar(letter);
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        var answers = new Dictionary<string, PSObject>();
        foreach (var field in descriptions)
        {
            Write($"{field.Name}: ");
            answers[field.Name] = ReadLine();
        }
        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteLine($"\n{caption}\n{message}");
        while (true)
        {
            Write(string.Join("  ", choices.Select(c => $"[{HotKey(c)}] {c.Label.Replace("&", "")}")) + (defaultChoice >= 0 ? $" (default is \"{HotKey(choices[defaultChoice])}\"): " : ": "));
            var answer = Console.ReadLine();
            if (string.IsNullOrEmpty(answer))
                // Nobody there to answer: the default, or the last choice, which is the cautious one.
                return defaultChoice >= 0 ? defaultChoice : choices.Count - 1;
            for (var i = 0; i < choices.Count; i++)
                if (answer.Equals(HotKey(choices[i]), StringComparison.OrdinalIgnoreCase)
                    || answer.Equals(choices[i].Label.Replace("&", ""), StringComparison.OrdinalIgnoreCase))
                    return i;
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw new NotSupportedException("This host does not ask for credentials; pass a PSCredential.");

    private static string HotKey(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&');
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1) : choice.Label[..1];
    }

    private void Message(string text, ConsoleColor colour)
    {
        lock (gate)
        {
            progress.Clear();
            Console.Error.WriteLine(Console.IsErrorRedirected ? Ansi.Plain(text) : Ansi.Colour(colour, text));
        }
    }
}
