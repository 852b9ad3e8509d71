using System.Text.RegularExpressions;

namespace DataVersion.Assemble;

/// <summary>A titled piece of text, for example an example, a parameter or an input type.</summary>
/// <param name="Title">The heading's text.</param>
/// <param name="Code">The first fenced block; empty when there is none.</param>
/// <param name="Text">The paragraphs outside the fence.</param>
internal sealed record HelpEntry(string Title, string Code, IReadOnlyList<string> Text);

/// <summary>What a person wrote about one command.</summary>
internal sealed record HelpTopic(string Name)
{
    public IReadOnlyList<string> Synopsis { get; init; } = [];
    public IReadOnlyList<string> Description { get; init; } = [];
    public IReadOnlyList<HelpEntry> Examples { get; init; } = [];
    public IReadOnlyList<HelpEntry> Parameters { get; init; } = [];
    public IReadOnlyList<HelpEntry> Inputs { get; init; } = [];
    public IReadOnlyList<HelpEntry> Outputs { get; init; } = [];
    public IReadOnlyList<string> Notes { get; init; } = [];
    public IReadOnlyList<(string Text, string Uri)> Links { get; init; } = [];
}

/// <summary>
/// Reads the help texts: one Markdown file per command (<c>Verb-Noun.md</c>), and <c>Common.md</c> with the parameters that
/// many commands share, used where a command says nothing itself. The files hold prose only; types, positions, aliases and
/// parameter sets come from the built assembly.
/// </summary>
internal sealed partial class HelpTopics
{
    private const string CommonFile = "Common";
    private static readonly string[] Sections =
        ["SYNOPSIS", "DESCRIPTION", "EXAMPLES", "PARAMETERS", "INPUTS", "OUTPUTS", "NOTES", "RELATED LINKS"];

    private readonly Dictionary<string, HelpTopic> topics = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The commands that have a text.</summary>
    public IEnumerable<HelpTopic> Commands => topics.Values.Where(t => t.Name != CommonFile);

    /// <summary>Reads a folder.</summary>
    /// <exception cref="FormatException">A file does not follow the form; names file and line.</exception>
    public static HelpTopics Load(string folder)
    {
        var result = new HelpTopics();
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.md").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            var topic = Parse(File.ReadAllText(file), file);
            if (topic.Name != Path.GetFileNameWithoutExtension(file))
                throw new FormatException($"{file}: the title '{topic.Name}' is not the file's name.");
            result.topics.Add(topic.Name, topic);
        }
        return result;
    }

    /// <summary>The text about a command; an empty one when nothing was written.</summary>
    public HelpTopic Of(string command) => topics.GetValueOrDefault(command) ?? new HelpTopic(command);

    /// <summary>The text about a parameter of a command: its own, else the common one, else nothing.</summary>
    public IReadOnlyList<string> OfParameter(string command, string parameter) =>
        Find(Of(command), parameter) ?? Find(Of(CommonFile), parameter) ?? [];

    /// <summary>Reads one file.</summary>
    public static HelpTopic Parse(string markdown, string file)
    {
        var lines = markdown.ReplaceLineEndings("\n").Split('\n');
        string? name = null, section = null;
        var bodies = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var fenced = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            fenced ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!fenced && name is null && line.StartsWith("# ", StringComparison.Ordinal))
                name = line[2..].Trim();
            else if (!fenced && line.StartsWith("## ", StringComparison.Ordinal))
            {
                section = line[3..].Trim();
                if (!Sections.Contains(section) || !bodies.TryAdd(section, []))
                    throw new FormatException($"{file}, line {i + 1}: the section '{section}' is unknown or there twice.");
            }
            else if (section is not null)
                bodies[section].Add(line);
        }
        if (name is null || fenced)
            throw new FormatException($"{file}: there is no '# title', or a code block does not end.");
        List<string> Body(string key) => bodies.GetValueOrDefault(key) ?? [];
        return new HelpTopic(name)
        {
            Synopsis = Paragraphs(Body("SYNOPSIS")),
            Description = Paragraphs(Body("DESCRIPTION")),
            Examples = Entries(Body("EXAMPLES")),
            Parameters = Entries(Body("PARAMETERS")),
            Inputs = Entries(Body("INPUTS")),
            Outputs = Entries(Body("OUTPUTS")),
            Notes = Paragraphs(Body("NOTES")),
            Links = [.. Link().Matches(string.Join('\n', Body("RELATED LINKS"))).Select(m => (m.Groups[1].Value, m.Groups[2].Value))],
        };
    }

    private static IReadOnlyList<string>? Find(HelpTopic topic, string parameter) =>
        topic.Parameters.FirstOrDefault(p => p.Title.TrimStart('-').Equals(parameter, StringComparison.OrdinalIgnoreCase))?.Text;

    private static List<HelpEntry> Entries(List<string> body)
    {
        var entries = new List<HelpEntry>();
        var heads = Enumerable.Range(0, body.Count).Where(i => body[i].StartsWith("### ", StringComparison.Ordinal)).ToList();
        for (var i = 0; i < heads.Count; i++)
        {
            var part = body[(heads[i] + 1)..(i + 1 < heads.Count ? heads[i + 1] : body.Count)];
            var open = part.FindIndex(IsFence);
            var close = open < 0 ? -1 : part.FindIndex(open + 1, IsFence);
            var code = open < 0 ? "" : string.Join('\n', part[(open + 1)..close]);
            if (open >= 0)
                part.RemoveRange(open, close - open + 1);
            entries.Add(new HelpEntry(body[heads[i]][4..].Trim(), code, Paragraphs(part)));
        }
        return entries;
    }

    /// <summary>Joins lines to paragraphs; list items and lines of code stay lines of their own.</summary>
    private static List<string> Paragraphs(List<string> lines)
    {
        var paragraphs = new List<string>();
        var current = new List<string>();
        var fenced = false;
        foreach (var line in lines.Append(""))
        {
            if (IsFence(line))
            {
                fenced = !fenced;
                continue;
            }
            if (fenced)
            {
                paragraphs.Add("    " + line);
                continue;
            }
            var starts = line.TrimStart().StartsWith("- ", StringComparison.Ordinal);
            if ((line.Trim().Length == 0 || starts) && current.Count > 0)
            {
                paragraphs.Add(Plain(string.Join(' ', current)));
                current.Clear();
            }
            if (line.Trim().Length > 0)
                current.Add(line.Trim());
        }
        return paragraphs;
    }

    private static string Plain(string text) => Link().Replace(text, "$1").Replace("`", "").Replace("**", "");

    private static bool IsFence(string line) => line.StartsWith("```", StringComparison.Ordinal);

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)\s]*)\)")]
    private static partial Regex Link();
}
