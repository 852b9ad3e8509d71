using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Git;

/// <summary>
/// Our hooks in the configuration of the tool pre-commit, <c>.pre-commit-config.yaml</c> at the root of the work tree: one
/// entry <c>repo: local</c> of the list <c>repos</c> (format: that of the tool; DVC's entry: dvc-compat 12.3). The file is
/// committed and belongs to people, so everything else in it stays, and no path of this machine goes into it.
/// </summary>
/// <param name="path">The absolute path of the file.</param>
/// <param name="folder">The folder of the data repository as a Git path.</param>
internal sealed class PreCommitConfig(string path, string folder)
{
    public const string FileName = ".pre-commit-config.yaml";
    private const string Repositories = "repos";
    private const string OurId = "dataversion-";
    private const string DvcId = "dvc-";

    private sealed record Hook(YamlSequence Owner, int OwnerIndex, YamlSequence List, int Index, string Name, DataHookState State, string? Command);

    /// <summary>The three hooks and what they are in the file.</summary>
    public IReadOnlyList<DataHook> List()
    {
        var text = Read();
        // What cannot be ours need not be understood.
        var known = text.Contains(OurId, StringComparison.Ordinal) || text.Contains(DvcId, StringComparison.Ordinal)
            ? Hooks(Parse(text)).ToList() : [];
        return [.. HookScript.Names.Select(name =>
        {
            var all = known.FindAll(hook => hook.Name == name);
            var found = all.Find(static hook => hook.State == DataHookState.Dvc) ?? all.FirstOrDefault();
            return new DataHook(name, path, found?.State ?? DataHookState.NotInstalled, found?.Command);
        })];
    }

    /// <summary>Adds hooks that are not there; ours with another command are made anew, those of DVC go.</summary>
    public void Install(IReadOnlyCollection<string> names)
    {
        var old = Read();
        var text = YamlLines.Remove(old, path, root => Place(root, hook => names.Contains(hook.Name)
            && (hook.State == DataHookState.Dvc || hook.Command != HookScript.ToolCommand(hook.Name, folder))));
        foreach (var name in names)
        {
            var root = Parse(text);
            if (Hooks(root).Any(hook => hook.Name == name))
                continue;
            var hook = YamlNode.From(new Dictionary<string, object?>
            {
                ["id"] = OurId + name,
                ["name"] = "DataVersion " + name,
                ["entry"] = HookScript.ToolCommand(name, folder),
                ["language"] = "system",
                ["stages"] = new[] { name },
                ["always_run"] = true,
                ["pass_filenames"] = false,
                // What the hooks say is for people; the tool shows it for failures only, unless told.
                ["verbose"] = true,
            });
            if (OurList(root) is not null)
                text = YamlLines.Append(text, path, changed => OurList(changed)!, hook);
            else
            {
                var entry = YamlNode.From(new Dictionary<string, object?> { ["repo"] = "local", ["hooks"] = new YamlSequence([hook]) });
                text = root[Repositories] switch
                {
                    YamlSequence => YamlLines.Append(text, path, changed => (YamlSequence)changed[Repositories]!, entry),
                    null or YamlScalar { Kind: YamlScalarKind.Null } => YamlLines.AddList(text, path, Repositories, entry),
                    var other => throw new MetadataFormatException(DataErrorKind.MetadataInvalid, path, other.Line, other.Column,
                        $"'{Repositories}' must be a list."),
                };
            }
        }
        if (text != old)
            Change("write", () => AtomicFile.Write(path, text));
    }

    /// <summary>Removes our hooks of these names; the file goes when nothing else is in it.</summary>
    public void Uninstall(IReadOnlyCollection<string> names)
    {
        var text = YamlLines.Remove(Read(), path, root => Place(root, hook => hook.State == DataHookState.Installed && names.Contains(hook.Name)));
        var isEmpty = !text.Contains('#') && Parse(text) is { Count: 1 } root && root[Repositories] is YamlSequence { Items.Count: 0 };
        if (isEmpty)
            Change("remove", () => File.Delete(path));
        else
            Change("write", () => AtomicFile.Write(path, text));
    }

    // An entry without hooks is none, so it goes with its last one.
    private (YamlSequence, int)? Place(YamlMap root, Func<Hook, bool> isMeant) => Hooks(root).FirstOrDefault(isMeant) switch
    {
        null => null,
        { List.Items.Count: 1 } only => (only.Owner, only.OwnerIndex),
        var one => (one.List, one.Index),
    };

    private YamlSequence? OurList(YamlMap root) => Hooks(root).FirstOrDefault(static hook => hook.State == DataHookState.Installed)?.List;

    // Ours for this data repository, and DVC's.
    private IEnumerable<Hook> Hooks(YamlMap root)
    {
        if (root[Repositories] is not YamlSequence repositories)
            yield break;
        for (var i = 0; i < repositories.Items.Count; i++)
        {
            if (repositories.Items[i] is not YamlMap entry || entry["repo"] is not YamlScalar { AsText: { } source }
                || entry["hooks"] is not YamlSequence hooks)
                continue;
            for (var j = 0; j < hooks.Items.Count; j++)
            {
                if (hooks.Items[j] is not YamlMap hook || hook["id"] is not YamlScalar { AsText: { } id })
                    continue;
                var command = (hook["entry"] as YamlScalar)?.AsText;
                foreach (var name in HookScript.Names)
                    if (source == "local" && id == OurId + name && command is not null && HookScript.IsToolCommand(command, name, folder))
                        yield return new Hook(repositories, i, hooks, j, name, DataHookState.Installed, command);
                    else if (id == DvcId + name && source.TrimEnd('/').EndsWith("/dvc", StringComparison.Ordinal))
                        yield return new Hook(repositories, i, hooks, j, name, DataHookState.Dvc, command);
            }
        }
    }

    private YamlMap Parse(string text) => YamlReader.Parse(text, path) as YamlMap
        ?? throw new MetadataFormatException(DataErrorKind.MetadataInvalid, path, 1, 1, "the file must be a map.");

    private string Read()
    {
        var text = "";
        Change("read", () => text = File.Exists(path) ? File.ReadAllText(path) : "");
        return text;
    }

    private void Change(string doing, Action action)
    {
        try
        {
            action();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(cause, path, doing);
        }
    }
}
