using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets.Completion;

/// <summary>
/// The base of the completers that know a repository: finds it the way the command itself would, asks for candidates, keeps
/// those that begin with what was typed. The Tab key never shows an error: without a repository there are no candidates.
/// </summary>
internal abstract class RepositoryCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var word = wordToComplete.Trim('\'', '"');
            var here = CurrentFolder();
            var start = fakeBoundParameters["Repository"] is string typed ? Path.Combine(here, typed) : here;
            return [.. Candidates(RepositoryDiscovery.TryFind(start), new CompletionRequest(word, here, fakeBoundParameters))
                .Where(c => c.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                .DistinctBy(c => c.Text)
                .Select(c => new CompletionResult(Quote(c.Text), c.Text, CompletionResultType.ParameterValue, c.Hint))];
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            return [];
        }
    }

    /// <summary>What could be typed here.</summary>
    /// <param name="repository">The repository; null outside of one.</param>
    /// <param name="request">What was typed so far.</param>
    protected abstract IEnumerable<CompletionCandidate> Candidates(RepositoryLayout? repository, CompletionRequest request);

    private static string CurrentFolder()
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddScript("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath").Invoke<string>()[0];
    }

    private static string Quote(string text) =>
        text.Length > 0 && text[0] != '@' && text.All(c => char.IsLetterOrDigit(c) || c is '@' or '.' or '/' or '\\' or '-' or '_' or '~' or ':' or '^')
            ? text
            : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

/// <summary>What a completer knows besides the repository.</summary>
/// <param name="Word">What was typed so far, without quotes.</param>
/// <param name="CurrentFolder">Absolute path of the session's location.</param>
/// <param name="Bound">Parameters that are on the line already.</param>
internal sealed record CompletionRequest(string Word, string CurrentFolder, IDictionary Bound)
{
    /// <summary>Absolute path of the folder that paths of a new stage are relative to: <c>-WorkingDirectory</c>, else the location.</summary>
    public string StageFolder => Bound["WorkingDirectory"] is string typed ? Path.Combine(CurrentFolder, typed) : CurrentFolder;
}

/// <summary>Something that could be typed.</summary>
/// <param name="Text">The text.</param>
/// <param name="Hint">What is shown about it; not empty.</param>
internal readonly record struct CompletionCandidate(string Text, string Hint);
