using System.Text;
using System.Text.RegularExpressions;

namespace DataVersion.Remotes.Ssh;

/// <summary>
/// What <c>ssh_config</c> files say about a host (source: man 5 ssh_config). The first value found counts; IdentityFile
/// adds up. Of <c>Match</c>, the criteria all, host, originalhost and user are understood; a block with another one is skipped.
/// </summary>
internal sealed partial class SshConfigFile
{
    private const int MostIncludes = 16;

    private readonly Dictionary<string, List<string>> found = new(StringComparer.OrdinalIgnoreCase);
    private readonly SshPlaces places;
    private readonly string host;
    private readonly string? user;

    private SshConfigFile(SshPlaces places, string host, string? user) => (this.places, this.host, this.user) = (places, host, user);

    /// <summary>Reads what the files of user and machine say.</summary>
    /// <param name="places">Where they are.</param>
    /// <param name="host">The host as it was named.</param>
    /// <param name="user">The user, when one was named.</param>
    public static SshConfigFile Read(SshPlaces places, string host, string? user)
    {
        var config = new SshConfigFile(places, host, user);
        config.Read(Path.Combine(places.Folder, "config"), places.Folder, true, 0);
        config.Read(Path.Combine(places.SystemFolder, "ssh_config"), places.SystemFolder, true, 0);
        return config;
    }

    /// <summary>The value of a keyword; null when none is given.</summary>
    public string? this[string keyword] => found.GetValueOrDefault(keyword)?[0];

    /// <summary>All values of a keyword that may be given several times or has several.</summary>
    public IReadOnlyList<string> All(string keyword) => found.GetValueOrDefault(keyword) ?? [];

    private void Read(string path, string folder, bool active, int depth)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"The SSH configuration '{path}' cannot be read: {error.Message}", path, "Make the file readable.", error);
        }
        var matches = active;
        foreach (var line in lines)
        {
            var words = Words(line);
            if (words.Count == 0)
                continue;
            var values = words.GetRange(1, words.Count - 1);
            switch (words[0].ToLowerInvariant())
            {
                case "host":
                    matches = active && MatchesAny(values, host);
                    break;
                case "match":
                    matches = active && MatchesAll(values);
                    break;
                case "include" when matches && depth < MostIncludes:
                    foreach (var included in values.SelectMany(v => Glob(places.Expand(v), folder)))
                        Read(included, folder, true, depth + 1);
                    break;
                case "proxycommand" when matches && values.Count > 0:
                    // For a shell, which has quotes of its own.
                    found.TryAdd("proxycommand", [Rest(line)]);
                    break;
                case var keyword when matches && values.Count > 0:
                    if (keyword is "identityfile" && found.TryGetValue(keyword, out var files))
                        files.AddRange(values);
                    else
                        found.TryAdd(keyword, values);
                    break;
            }
        }
    }

    private bool MatchesAll(List<string> criteria)
    {
        for (var i = 0; i < criteria.Count; i++)
        {
            var criterion = criteria[i].TrimStart('!').ToLowerInvariant();
            var wanted = !criteria[i].StartsWith('!');
            if (criterion == "all")
                continue;
            if (++i >= criteria.Count)
                return false;
            var subject = criterion switch
            {
                "originalhost" => host,
                "host" => this["HostName"] is { } name ? name.Replace("%h", host, StringComparison.Ordinal) : host,
                "user" => user ?? this["User"] ?? Environment.UserName,
                _ => null,
            };
            if (subject is null || MatchesAny(criteria[i].Split(','), subject) != wanted)
                return false;
        }
        return criteria.Count > 0;
    }

    /// <summary>True when one of the patterns fits and none that begins with <c>!</c>.</summary>
    internal static bool MatchesAny(IEnumerable<string> patterns, string text)
    {
        var any = false;
        foreach (var pattern in patterns)
            if (pattern.StartsWith('!') && Matches(pattern[1..], text))
                return false;
            else
                any |= !pattern.StartsWith('!') && Matches(pattern, text);
        return any;
    }

    private static bool Matches(string pattern, string text) => pattern.AsSpan().ContainsAny('*', '?')
        ? Regex.IsMatch(text, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)
        : pattern.Equals(text, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Glob(string pattern, string folder)
    {
        var path = Path.GetFullPath(pattern, folder);
        var name = Path.GetFileName(path);
        if (!name.AsSpan().ContainsAny('*', '?'))
            return [path];
        return Path.GetDirectoryName(path) is { } parent && Directory.Exists(parent) ? Directory.EnumerateFiles(parent, name).Order(StringComparer.Ordinal) : [];
    }

    private static string Rest(string line) => RestOfLine().Match(line).Groups[1].Value.Trim();

    // keyword value value, keyword=value, "values in quotes"; # begins a comment.
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        for (var i = 0; i < line.Length;)
        {
            var c = line[i];
            if (c is ' ' or '\t' or '\r' || c == '=' && words.Count == 1)
                i++;
            else if (c == '#')
                break;
            else if (c == '"' && line.IndexOf('"', i + 1) is > 0 and var end)
            {
                words.Add(line[(i + 1)..end]);
                i = end + 1;
            }
            else
            {
                var word = new StringBuilder();
                for (; i < line.Length && line[i] is not (' ' or '\t' or '\r') && !(line[i] == '=' && words.Count == 0); i++)
                    word.Append(line[i]);
                words.Add(word.ToString());
            }
        }
        return words;
    }

    [GeneratedRegex(@"^\s*\w+(?:\s*=\s*|\s+)(.*)$")]
    private static partial Regex RestOfLine();
}
