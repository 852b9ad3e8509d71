using System.Management.Automation;
using System.Reflection;

namespace DataVersion.Assemble;

/// <summary>The commands of an assembly, read the way PowerShell reads them.</summary>
internal static class CommandSurface
{
    /// <summary>What PowerShell adds to every command; not described in help, not part of the surface.</summary>
    public static readonly IReadOnlySet<string> CommonParameters =
        Cmdlet.CommonParameters.ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>All cmdlets, by name.</summary>
    public static IReadOnlyList<CmdletInfo> Read(Assembly assembly) =>
    [
        .. from type in assembly.GetExportedTypes()
           let cmdlet = type.GetCustomAttribute<CmdletAttribute>()
           where cmdlet is not null
           let info = new CmdletInfo($"{cmdlet.VerbName}-{cmdlet.NounName}", type)
           orderby info.Name
           select info,
    ];

    /// <summary>The own parameters of a command, in the order a person reads them: by position, then by name.</summary>
    public static IEnumerable<CommandParameterInfo> Parameters(CommandParameterSetInfo set) =>
        set.Parameters
            .Where(p => !CommonParameters.Contains(p.Name))
            .OrderBy(p => p.Position < 0 ? int.MaxValue : p.Position)
            .ThenByDescending(p => p.IsMandatory)
            .ThenBy(p => p.Name is "WhatIf" or "Confirm")
            .ThenBy(p => p.Name, StringComparer.OrdinalIgnoreCase);
}
