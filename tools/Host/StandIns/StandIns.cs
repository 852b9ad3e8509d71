using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace DataVersion.Host.StandIns;

/// <summary>
/// The engine of PowerShell comes as a package, but the modules with its everyday commands (Get-ChildItem, Select-Object,
/// Format-Table, ...) do not. These stand-ins have the parameters that scripts of this project use, no more; with a real
/// PowerShell installed nothing of this is used.
/// </summary>
public static class StandInCommands
{
    /// <summary>Adds the commands and their usual aliases to a session that is about to be opened.</summary>
    public static void AddTo(InitialSessionState session)
    {
        foreach (var function in Functions.Value)
            session.Commands.Add(new SessionStateFunctionEntry(function.Name, function.Body));
        session.Commands.Add(new SessionStateCmdletEntry("Format-Table", typeof(FormatTableStandIn), null));
        session.Commands.Add(new SessionStateCmdletEntry("Format-List", typeof(FormatListStandIn), null));
        session.Commands.Add(new SessionStateCmdletEntry("Select-Object", typeof(SelectObjectStandIn), null));
    }

    private static readonly Lazy<List<(string Name, string Body)>> Functions = new(() =>
    {
        var assembly = typeof(StandInCommands).Assembly;
        var functions = new List<(string, string)>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".ps1", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var script = Parser.ParseInput(reader.ReadToEnd(), out _, out var errors);
            if (errors.Length > 0)
                throw new ParseException(errors);
            foreach (var function in script.FindAll(a => a is FunctionDefinitionAst, searchNestedScriptBlocks: false).Cast<FunctionDefinitionAst>())
                functions.Add((function.Name, function.Body.Extent.Text[1..^1]));
        }
        return functions;
    });
}

/// <summary>
/// Format-Table and Format-List: their machinery is public in the engine (it formats for Out-Default), but what chooses the
/// shape is set by an internal field that only Microsoft.PowerShell.Commands.Utility may see.
/// </summary>
internal static class FormatShape
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;

    public static void Set(Microsoft.PowerShell.Commands.Internal.Format.FrontEndCommandBase command, string shape)
    {
        var engine = typeof(Microsoft.PowerShell.Commands.Internal.Format.FrontEndCommandBase).Assembly;
        var shapes = engine.GetType("Microsoft.PowerShell.Commands.Internal.Format.FormatShape", throwOnError: true)!;
        var inner = Activator.CreateInstance(
            engine.GetType("Microsoft.PowerShell.Commands.Internal.Format.InnerFormatShapeCommand", throwOnError: true)!,
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [Enum.Parse(shapes, shape)], null);
        typeof(Microsoft.PowerShell.Commands.Internal.Format.FrontEndCommandBase).GetField("implementation", Hidden)!.SetValue(command, inner);
    }
}

/// <summary>Stands in for Format-Table.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableStandIn : Microsoft.PowerShell.Commands.Internal.Format.OuterFormatTableBase
{
    /// <summary>Makes one.</summary>
    public FormatTableStandIn() => FormatShape.Set(this, "Table");
}

/// <summary>Stands in for Format-List.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListStandIn : Microsoft.PowerShell.Commands.Internal.Format.OuterFormatTableAndListBase
{
    /// <summary>Makes one.</summary>
    public FormatListStandIn() => FormatShape.Set(this, "List");
}
