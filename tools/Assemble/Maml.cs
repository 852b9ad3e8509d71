using System.Management.Automation;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace DataVersion.Assemble;

/// <summary>
/// Writes PowerShell's help format, MAML: prose from the help texts, everything else from the commands themselves.
/// Format: the schema that PowerShell's help provider reads (namespaces maml, command and dev, 2004/10).
/// </summary>
internal static class Maml
{
    private static readonly XNamespace Root = "http://msh";
    private static readonly XNamespace Text = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The whole help file.</summary>
    public static string Write(IEnumerable<CmdletInfo> commands, HelpTopics topics)
    {
        var document = new XDocument(new XElement(Root + "helpItems", new XAttribute("schema", "maml"),
            commands.Select(c => Topic(c, topics.Of(c.Name), p => topics.OfParameter(c.Name, p)))));
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true }))
            document.Save(writer);
        return text.Append('\n').ToString();
    }

    private static XElement Topic(CmdletInfo command, HelpTopic topic, Func<string, IReadOnlyList<string>> describe)
    {
        var all = command.ParameterSets.SelectMany(CommandSurface.Parameters).GroupBy(p => p.Name).Select(Merge);
        return new XElement(Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Text),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(Command + "details",
                new XElement(Command + "name", command.Name),
                new XElement(Command + "verb", command.Verb),
                new XElement(Command + "noun", command.Noun),
                new XElement(Text + "description", Paragraphs(topic.Synopsis))),
            new XElement(Text + "description", Paragraphs(topic.Description)),
            new XElement(Command + "syntax", command.ParameterSets.Select(set => new XElement(Command + "syntaxItem",
                new XElement(Text + "name", command.Name),
                CommandSurface.Parameters(set).Select(p => Parameter(p, command, describe(p.Name), forSyntax: true))))),
            new XElement(Command + "parameters", all.Select(p => Parameter(p, command, describe(p.Name), forSyntax: false))),
            new XElement(Command + "inputTypes", topic.Inputs.Select(i => TypeEntry("inputType", i.Title, i.Text))),
            new XElement(Command + "returnValues", Outputs(command, topic)),
            topic.Notes.Count > 0 ? new XElement(Text + "alertSet", new XElement(Text + "alert", Paragraphs(topic.Notes))) : null,
            new XElement(Command + "examples", topic.Examples.Select(Example)),
            new XElement(Command + "relatedLinks", topic.Links.Select(link => new XElement(Text + "navigationLink",
                new XElement(Text + "linkText", link.Text), new XElement(Text + "uri", IsPage(link.Uri) ? "" : link.Uri)))));
    }

    /// <summary>The description of a parameter that is in several sets: the one with the most generous binding.</summary>
    private static CommandParameterInfo Merge(IEnumerable<CommandParameterInfo> occurrences) =>
        occurrences.OrderByDescending(p => p.ValueFromPipeline).ThenByDescending(p => p.Position).First();

    private static XElement Parameter(CommandParameterInfo parameter, CmdletInfo command, IReadOnlyList<string> text, bool forSyntax)
    {
        var type = parameter.ParameterType;
        var isSwitch = type == typeof(SwitchParameter);
        var name = TypeName(type);
        var choices = Choices(parameter);
        return new XElement(Command + "parameter",
            new XAttribute("required", parameter.IsMandatory ? "true" : "false"),
            new XAttribute("variableLength", type.IsArray ? "true" : "false"),
            new XAttribute("globbing", parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any() ? "true" : "false"),
            new XAttribute("pipelineInput", PipelineInput(parameter)),
            new XAttribute("position", parameter.Position < 0 ? "named" : parameter.Position.ToString()),
            new XAttribute("aliases", parameter.Aliases.Count > 0 ? string.Join(", ", parameter.Aliases) : "none"),
            new XElement(Text + "name", parameter.Name),
            new XElement(Text + "description", Paragraphs(forSyntax ? text.Take(1) : text)),
            forSyntax && choices.Count > 0
                ? new XElement(Command + "parameterValueGroup", choices.Select(choice => new XElement(Command + "parameterValue",
                    new XAttribute("required", "false"), new XAttribute("variableLength", "false"), choice)))
                : null,
            isSwitch && forSyntax ? null : new XElement(Command + "parameterValue",
                new XAttribute("required", isSwitch ? "false" : "true"), new XAttribute("variableLength", type.IsArray ? "true" : "false"), name),
            new XElement(Dev + "type", new XElement(Text + "name", name), new XElement(Text + "uri")),
            new XElement(Dev + "defaultValue", isSwitch ? "False" : "None"));
    }

    private static IReadOnlyList<string> Choices(CommandParameterInfo parameter)
    {
        var type = parameter.ParameterType.IsArray ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum
            ? Enum.GetNames(type)
            : parameter.Attributes.OfType<ValidateSetAttribute>().FirstOrDefault()?.ValidValues.ToArray() ?? [];
    }

    private static string PipelineInput(CommandParameterInfo parameter) =>
        (parameter.ValueFromPipeline, parameter.ValueFromPipelineByPropertyName) switch
        {
            (true, true) => "True (ByPropertyName, ByValue)",
            (true, false) => "True (ByValue)",
            (false, true) => "True (ByPropertyName)",
            _ => "False",
        };

    private static string TypeName(Type type) =>
        type.IsArray ? TypeName(type.GetElementType()!) + "[]"
        : Nullable.GetUnderlyingType(type) is { } inner ? TypeName(inner)
        : type == typeof(SwitchParameter) ? "SwitchParameter"
        : type.Name;

    private static IEnumerable<XElement> Outputs(CmdletInfo command, HelpTopic topic)
    {
        var described = topic.Outputs.ToDictionary(o => o.Title, StringComparer.Ordinal);
        foreach (var name in command.OutputType.Select(o => o.Name).Concat(described.Keys).Distinct())
            yield return TypeEntry("returnValue", name, described.TryGetValue(name, out var entry) ? entry.Text : []);
    }

    private static XElement TypeEntry(string element, string type, IEnumerable<string> text) =>
        new(Command + element,
            new XElement(Dev + "type", new XElement(Text + "name", type), new XElement(Text + "uri")),
            new XElement(Text + "description", Paragraphs(text)));

    private static XElement Example(HelpEntry example) =>
        new(Command + "example",
            new XElement(Text + "title", $"-------------------------- {example.Title} --------------------------"),
            new XElement(Dev + "code", example.Code),
            new XElement(Dev + "remarks", Paragraphs(example.Text)));

    /// <summary>Links between help texts lead to the file in the repository; in a session the name is enough.</summary>
    private static bool IsPage(string uri) => uri.EndsWith(".md", StringComparison.Ordinal);

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) =>
        paragraphs.Select(p => new XElement(Text + "para", p));
}
