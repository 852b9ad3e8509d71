using System.Management.Automation;

namespace DataVersion.Host;

/// <summary>An error record as a person reads it: what, where, and what to do.</summary>
internal static class ErrorText
{
    public static string Of(ErrorRecord error)
    {
        var command = error.InvocationInfo?.MyCommand?.Name;
        var text = (command is null ? "" : command + ": ") + error;
        if (error.InvocationInfo is { ScriptLineNumber: > 0, ScriptName: { Length: > 0 } script })
            text += $"\n  at {script}:{error.InvocationInfo.ScriptLineNumber}";
        if (error.ErrorDetails?.RecommendedAction is { Length: > 0 } action)
            text += "\n  " + action;
        return text;
    }
}
