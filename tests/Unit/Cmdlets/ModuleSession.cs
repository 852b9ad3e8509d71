using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DataVersion.Host;
using DataVersion.Host.StandIns;

namespace DataVersion.Tests.Cmdlets;

/// <summary>
/// A PowerShell session with the built module (out/DataVersion) imported, for tests of what a user types. Output objects are
/// the module's own types, so tests can use them directly.
/// </summary>
/// <example>
/// <code>
/// using var session = new ModuleSession(folder);
/// var files = session.Run&lt;DataFile&gt;("Add-DataFile data.bin");     // throws on any error
/// var result = session.Invoke("Add-DataFile missing.bin");         // errors, warnings, progress in the result
/// Assert.Equal("PathNotFound", result.ErrorIds.Single());
/// </code>
/// </example>
public sealed class ModuleSession : IDisposable
{
    private readonly Runspace runspace;

    /// <summary>Opens a session; with a folder, its location is there.</summary>
    public ModuleSession(string? location = null, bool import = true, Action<InitialSessionState>? configure = null)
    {
        var initial = InitialSessionState.CreateDefault2();
        StandInCommands.AddTo(initial);
        configure?.Invoke(initial);
        if (import)
            initial.ImportPSModule([Manifest]);
        runspace = RunspaceFactory.CreateRunspace(initial);
        runspace.Open();
        // An import that fails while a runspace opens leaves a trace only there.
        if (import && runspace.SessionStateProxy.PSVariable.GetValue("Error") is System.Collections.ArrayList { Count: > 0 } errors)
            throw new InvalidOperationException($"The module could not be imported: {errors[0]}");
        if (location is not null)
            SetLocation(location);
    }

    /// <summary>The folder with the solution file.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The shipped folder that the build made.</summary>
    public static string ModuleFolder { get; } = Path.Combine(RepositoryRoot, "out", "DataVersion");

    /// <summary>The built manifest.</summary>
    public static string Manifest => Path.Combine(ModuleFolder, "DataVersion.psd1");

    /// <summary>Sets the session's location; the process's current directory stays where it is.</summary>
    public void SetLocation(string folder) => runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(folder));

    /// <summary>Sets a variable of the session, so that paths need no quoting in scripts.</summary>
    public void SetVariable(string name, object? value) => runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Runs a script and gives all that came out of it; throws only for what ends a script.</summary>
    public SessionResult Invoke(string script, params (string Name, object? Value)[] variables)
    {
        foreach (var (name, value) in variables)
            SetVariable(name, value);
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(script);
        Collection<PSObject> output = [];
        RuntimeException? terminating = null;
        try
        {
            shell.Invoke(input: null, output);
        }
        catch (RuntimeException error)
        {
            terminating = error;
        }
        List<ErrorRecord> errors = [.. shell.Streams.Error];
        if (terminating is not null)
            errors.Add(terminating.ErrorRecord);
        return new SessionResult(output, errors, terminating, [.. shell.Streams.Warning.Select(w => w.Message)],
            [.. shell.Streams.Verbose.Select(v => v.Message)], [.. shell.Streams.Progress]);
    }

    /// <summary>Runs a script that must not fail and gives its output objects of one type.</summary>
    public IReadOnlyList<T> Run<T>(string script, params (string Name, object? Value)[] variables)
    {
        var result = Invoke(script, variables);
        result.ThrowOnError();
        return [.. result.Output.Select(o => o.BaseObject).Cast<T>()];
    }

    /// <summary>Runs a script that must not fail.</summary>
    public SessionResult Run(string script, params (string Name, object? Value)[] variables)
    {
        var result = Invoke(script, variables);
        result.ThrowOnError();
        return result;
    }

    /// <summary>What the Tab key offers at the end of a line.</summary>
    public IReadOnlyList<string> Complete(string line)
    {
        using var shell = PowerShell.Create(runspace);
        return [.. CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches.Select(m => m.CompletionText)];
    }

    /// <summary>Objects as the console shows them, through the views of the module.</summary>
    public static string Render(System.Collections.IEnumerable objects, int width = 120) => TextCapture.Render(objects, width);

    /// <summary>Runs a script in a session with somebody who answers questions; gives the targets that were asked about.</summary>
    public static IReadOnlyList<string> Confirm(string location, string script, Func<string, bool> declines)
    {
        var asked = new List<string>();
        var host = new CapturingHost(120, message =>
        {
            asked.Add(System.Text.RegularExpressions.Regex.Match(message, "on target \"(.*)\"").Groups[1].Value);
            return !declines(asked[^1]);
        });
        var initial = InitialSessionState.CreateDefault2();
        initial.ImportPSModule([Manifest]);
        using var runspace = RunspaceFactory.CreateRunspace(host, initial);
        runspace.Open();
        runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(location));
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(script).Invoke();
        Assert.Empty(shell.Streams.Error);
        return asked;
    }

    /// <summary>A shell of this session, for tests that stop or stream.</summary>
    public PowerShell CreateShell() => PowerShell.Create(runspace);

    /// <inheritdoc/>
    public void Dispose() => runspace.Dispose();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DataVersion.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("The tests must run below the folder with DataVersion.slnx.");
    }
}

/// <summary>What came out of a script.</summary>
public sealed record SessionResult(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    RuntimeException? Terminating,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose,
    IReadOnlyList<ProgressRecord> Progress)
{
    /// <summary>The kinds of the errors: an id without the command's name behind the comma.</summary>
    public IEnumerable<string> ErrorIds => Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]);

    /// <summary>Throws the first error, with all that is known of it.</summary>
    public void ThrowOnError()
    {
        if (Errors.Count > 0)
            throw new InvalidOperationException(
                $"{Errors[0].FullyQualifiedErrorId}: {Errors[0]}\n{Errors[0].ScriptStackTrace}\n{Errors[0].Exception}", Errors[0].Exception);
    }
}
