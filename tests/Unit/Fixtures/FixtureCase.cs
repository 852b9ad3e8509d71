using System.Text.Json;

namespace DataVersion.Tests.Fixtures;

/// <summary>One recorded case: its <c>case.json</c>, the archive of the finished root, and what is expected.</summary>
internal sealed class FixtureCase
{
    private FixtureCase(string folder, JsonElement json)
    {
        Folder = folder;
        Name = Path.GetFileName(folder);
        RecordedRoot = json.GetProperty("root").GetString()!;
        Repositories = Texts(json, "repos");
        Remotes = Texts(json, "remotes");
        Unstable = json.TryGetProperty("unstable", out var unstable) ? unstable.GetRawText() : "";
        Steps = [.. json.GetProperty("steps").EnumerateArray().Select((step, index) => new FixtureStep(index, step))];
    }

    /// <summary>Folder of the case.</summary>
    public string Folder { get; }

    /// <summary>Name of the folder, for example <c>03-add-basic</c>.</summary>
    public string Name { get; }

    /// <summary>The number in front of the name.</summary>
    public int Number => int.Parse(Name[..2]);

    /// <summary>Where the case was recorded; recorded symbolic links begin with it.</summary>
    public string RecordedRoot { get; }

    /// <summary>Repositories relative to the root, the main one first.</summary>
    public IReadOnlyList<string> Repositories { get; }

    /// <summary>Folders that serve as remotes, relative to the root.</summary>
    public IReadOnlyList<string> Remotes { get; }

    /// <summary>What differed between runs of DVC itself (raw JSON; empty when nothing did).</summary>
    public string Unstable { get; }

    /// <summary>The steps in order.</summary>
    public IReadOnlyList<FixtureStep> Steps { get; }

    /// <summary>Packed root at the end.</summary>
    public string Archive => Path.Combine(Folder, "after.tar.gz");

    /// <summary>Names of all recorded cases, in order.</summary>
    public static IReadOnlyList<string> AllNames => Shared.TryFind("fixtures") is { } folder
        ? [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)!).Where(name => char.IsDigit(name[0])).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Reads a case by name.</summary>
    public static FixtureCase Read(string name)
    {
        var folder = Path.Combine(Shared.Find("fixtures"), name);
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
        return new FixtureCase(folder, document.RootElement.Clone());
    }

    /// <summary>Folder with what is expected of a repository: <c>expected</c> for the main one.</summary>
    public string ExpectedFolder(string repository) =>
        repository == Repositories[0] ? "expected" : "expected-" + repository.Replace('/', '_');

    private static IReadOnlyList<string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : [];
}

/// <summary>One step of a case: a command line, or a change that the harness makes itself.</summary>
/// <param name="Index">Number of the step; its date is so many minutes after 2024-01-01.</param>
/// <param name="Json">The step as recorded.</param>
internal sealed record FixtureStep(int Index, JsonElement Json)
{
    /// <summary>The command line; empty for a step of another kind.</summary>
    public IReadOnlyList<string> Arguments { get; } =
        Json.TryGetProperty("argv", out var argv) ? [.. argv.EnumerateArray().Select(word => word.GetString()!)] : [];

    /// <summary>True for <c>dvc ...</c>.</summary>
    public bool IsDvc => Arguments is ["dvc", ..];

    /// <summary>True for <c>git ...</c>.</summary>
    public bool IsGit => Arguments is ["git", ..];

    /// <summary>Folder of the command, relative to the root.</summary>
    public string Folder => Text("cwd");

    /// <summary>Date of Git's commits.</summary>
    public string Date => Text("date");

    /// <summary>Recorded exit status.</summary>
    public int Exit => Json.TryGetProperty("exit", out var exit) ? exit.GetInt32() : 0;

    /// <summary>Recorded standard output.</summary>
    public string Output => Text("stdout");

    /// <summary>Further environment variables.</summary>
    public IEnumerable<(string Name, string Value)> Environment =>
        Json.TryGetProperty("env", out var env) ? env.EnumerateObject().Select(item => (item.Name, item.Value.GetString()!)) : [];

    /// <inheritdoc/>
    public override string ToString() =>
        $"steps[{Index}] " + (Arguments.Count > 0 ? $"({Folder}) {string.Join(' ', Arguments)}" : Json.GetRawText());

    private string Text(string name) => Json.TryGetProperty(name, out var value) ? value.GetString()! : "";
}
