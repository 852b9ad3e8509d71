using System.Management.Automation;

namespace DataVersion.Assemble;

/// <summary>Completes the module manifest with what the sources know already.</summary>
internal static class Manifest
{
    private const string VersionLine = "ModuleVersion        = '0.0.0'";
    private const string CommandsLine = "CmdletsToExport      = @()";

    /// <summary>
    /// Fills in the version and the commands. They are listed by name, because PowerShell offers completion and automatic
    /// import only for listed commands without loading the module.
    /// </summary>
    public static string Complete(string manifest, string version, IEnumerable<CmdletInfo> commands)
    {
        var names = string.Join(",\n", commands.Select(c => $"        '{c.Name}'"));
        // A manifest's version has no label; a pre-release goes into PrivateData.
        var plain = version.Split('-', 2);
        var text = Replace(manifest, VersionLine, $"ModuleVersion        = '{plain[0]}'");
        text = Replace(text, CommandsLine, names.Length == 0 ? CommandsLine : $"CmdletsToExport      = @(\n{names}\n    )");
        return plain.Length == 1 ? text : Replace(text, "PSData = @{", $"PSData = @{{\n            Prerelease   = '{plain[1]}'");
    }

    private static string Replace(string text, string line, string by) =>
        text.Contains(line, StringComparison.Ordinal)
            ? text.Replace(line, by, StringComparison.Ordinal)
            : throw new FormatException($"The manifest has no line \"{line}\".");
}
