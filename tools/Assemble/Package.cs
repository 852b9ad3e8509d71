using System.Management.Automation;
using System.Management.Automation.Language;
using System.Xml.Linq;

namespace DataVersion.Assemble;

/// <summary>
/// Writes the description of the gallery package. Format: nuspec 2011/08, with the tags by which a PowerShell gallery finds
/// modules and commands (PSModule, PSCmdlet_*, PSCommand_*, PSIncludes_Cmdlet).
/// </summary>
internal static class Package
{
    private static readonly XNamespace Schema = "http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd";

    /// <summary>The nuspec of a module.</summary>
    /// <param name="manifest">The completed manifest.</param>
    /// <param name="version">Version of the package, with the label of a pre-release.</param>
    /// <param name="commands">The exported commands.</param>
    /// <param name="folder">Name of the module folder beside the nuspec.</param>
    public static string Describe(string manifest, string version, IReadOnlyList<CmdletInfo> commands, string folder)
    {
        var values = Read(manifest);
        var data = (System.Collections.Hashtable)((System.Collections.Hashtable)values["PrivateData"]!)["PSData"]!;
        var tags = ((object[])data["Tags"]!).Cast<string>()
            .Append("PSModule").Append("PSIncludes_Cmdlet")
            .Concat(commands.SelectMany(c => new[] { $"PSCmdlet_{c.Name}", $"PSCommand_{c.Name}" }));
        var package = new XElement(Schema + "package",
            new XElement(Schema + "metadata",
                new XElement(Schema + "id", folder),
                new XElement(Schema + "version", version),
                new XElement(Schema + "authors", values["Author"]),
                new XElement(Schema + "requireLicenseAcceptance", "false"),
                new XElement(Schema + "licenseUrl", data["LicenseUri"]),
                new XElement(Schema + "description", values["Description"]),
                new XElement(Schema + "copyright", values["Copyright"]),
                new XElement(Schema + "tags", string.Join(' ', tags))),
            new XElement(Schema + "files",
                new XElement(Schema + "file", new XAttribute("src", folder + "/**"), new XAttribute("target", ""))));
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + package + "\n";
    }

    private static System.Collections.Hashtable Read(string manifest)
    {
        var script = Parser.ParseInput(manifest, out _, out var errors);
        if (errors.Length > 0 || script.Find(a => a is HashtableAst, searchNestedScriptBlocks: false) is not HashtableAst table)
            throw new FormatException("The manifest is no table: " + errors.FirstOrDefault()?.Message);
        return (System.Collections.Hashtable)table.SafeGetValue();
    }
}
