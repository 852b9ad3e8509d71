using System.Collections;
using System.Globalization;

namespace DataVersion;

/// <summary>Why a stage would run, or ran.</summary>
public enum StageReasonKind
{
    /// <summary>The user asked for it (<c>-Force</c>).</summary>
    Forced,
    /// <summary>Nothing is recorded of an earlier run.</summary>
    NeverRun,
    /// <summary>The command is not the recorded one.</summary>
    CommandChanged,
    /// <summary>The definition of an import is not the recorded one.</summary>
    DefinitionChanged,
    /// <summary>A dependency has other content than recorded.</summary>
    DependencyModified,
    /// <summary>A dependency is not recorded yet.</summary>
    DependencyNew,
    /// <summary>A dependency does not exist.</summary>
    DependencyMissing,
    /// <summary>A parameter has another value than recorded.</summary>
    ParameterModified,
    /// <summary>A parameter is not recorded yet.</summary>
    ParameterNew,
    /// <summary>A parameter or its file does not exist.</summary>
    ParameterMissing,
    /// <summary>An output has other content than recorded.</summary>
    OutputModified,
    /// <summary>An output has never been recorded.</summary>
    OutputNew,
    /// <summary>An output is not in the workspace.</summary>
    OutputMissing,
    /// <summary>The content of an output is not in the cache.</summary>
    OutputNotInCache,
    /// <summary>A stage that makes one of its dependencies would run.</summary>
    UpstreamChanged,
    /// <summary>The stage says that it always counts as changed, or has neither dependencies nor outputs.</summary>
    AlwaysChanged,
}

/// <summary>One cause for a stage to run.</summary>
public sealed record StageReason
{
    /// <summary>The stage, as its <see cref="Stage.Target"/>.</summary>
    public required string Target { get; init; }
    /// <summary>What kind of cause.</summary>
    public required StageReasonKind Kind { get; init; }
    /// <summary>The dependency, output or parameters file, relative to the root; the address of an upstream stage; null for the others.</summary>
    public string? Path { get; init; }
    /// <summary>The key of a parameter; null for the others.</summary>
    public string? Name { get; init; }
    /// <summary>What is recorded: a <see cref="ContentHash"/>, a value, a command; null when nothing is.</summary>
    public object? OldValue { get; init; }
    /// <summary>What is there now; null when nothing is.</summary>
    public object? NewValue { get; init; }

    /// <summary>Old and new value for people, hashes shortened: <c>0.5 -> 0.05</c>, <c>was 3ff005fa</c>; null when neither is known.</summary>
    public string? Change => (OldValue, NewValue) switch
    {
        (null, null) => null,
        (null, _) => Text(NewValue),
        (_, null) => "was " + Text(OldValue),
        _ => $"{Text(OldValue)} -> {Text(NewValue)}",
    };

    /// <summary>The cause in words.</summary>
    public override string ToString() => Kind switch
    {
        StageReasonKind.Forced => "-Force was given",
        StageReasonKind.NeverRun => "it was never run",
        StageReasonKind.CommandChanged => "its command changed",
        StageReasonKind.DefinitionChanged => "its definition changed",
        StageReasonKind.DependencyModified => $"dependency '{Path}' changed",
        StageReasonKind.DependencyNew => $"dependency '{Path}' is new",
        StageReasonKind.DependencyMissing => $"dependency '{Path}' is missing",
        StageReasonKind.ParameterModified => $"parameter '{Name}' in '{Path}' changed: {Change}",
        StageReasonKind.ParameterNew => $"parameter '{Name ?? "*"}' in '{Path}' is new",
        StageReasonKind.ParameterMissing => Name is null ? $"parameters file '{Path}' is missing" : $"parameter '{Name}' is missing in '{Path}'",
        StageReasonKind.OutputModified => $"output '{Path}' changed",
        StageReasonKind.OutputNew => $"output '{Path}' is new",
        StageReasonKind.OutputMissing => $"output '{Path}' is missing",
        StageReasonKind.OutputNotInCache => $"output '{Path}' is not in the cache",
        StageReasonKind.UpstreamChanged => $"'{Path}' runs before it",
        _ => "it always counts as changed",
    };

    private string Text(object? value) => value switch
    {
        ContentHash hash => hash.Hex[..8] + (hash.IsDirectory ? ContentHash.DirectorySuffix : ""),
        string text when Kind == StageReasonKind.CommandChanged => string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        string text => $"'{text}'",
        bool truth => truth ? "true" : "false",
        IDictionary map => "{" + string.Join(", ", map.Keys.Cast<object>().Select(key => $"{key}: {Text(map[key])}")) + "}",
        IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(Text)) + "]",
        null => "null",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
