using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// A level of the configuration: the file that DVC reads, and a file of our own next to it (<c>config.dataversion</c>; of the
/// local level <c>config.dataversion.local</c>) with what DVC could not live with: it refuses every command when a remote has a
/// scheme that it does not know, fails on a default remote that it does not find, and would take the name of a secret for the
/// secret. What belongs where is decided anew with each change, so that nobody has to think of it.
/// </summary>
internal sealed class ConfigurationLevel
{
    /// <summary>What the names of our own files end with, before <c>.local</c>.</summary>
    public const string OwnSuffix = ".dataversion";

    private static readonly SectionKey Core = new("core");

    private readonly ConfigurationFile shared;
    private readonly ConfigurationFile own;

    private ConfigurationLevel(ConfigurationFile shared, ConfigurationFile own)
    {
        (this.shared, this.own) = (shared, own);
        Combined = shared.Clone();
        foreach (var (key, section) in own.Sections)
            foreach (var (option, value) in section.Options)
                Combined.Put(key, option, value, section.Name);
    }

    /// <summary>The level.</summary>
    public ConfigScope Scope => shared.Scope;

    /// <summary>Both files, in the order in which they are laid over each other.</summary>
    public IReadOnlyList<ConfigurationFile> Files => [shared, own];

    /// <summary>What both say, as one file.</summary>
    public ConfigurationFile Combined { get; }

    /// <summary>Reads both files.</summary>
    public static ConfigurationLevel Load(ConfigScope scope, string path) => new(ConfigurationFile.Load(scope, path), ConfigurationFile.Load(scope, OwnPath(path)));

    /// <summary>Our own file next to one of DVC's.</summary>
    public static string OwnPath(string path) => path.EndsWith(".local", StringComparison.Ordinal) ? path[..^".local".Length] + OwnSuffix + ".local" : path + OwnSuffix;

    /// <summary>Writes the level, each thing into the file it belongs to; a file that stays the same is not touched.</summary>
    /// <param name="edited">What the level shall say.</param>
    /// <param name="merged">This and the levels below.</param>
    /// <param name="keepFromGit">Called with our own file before it is written.</param>
    /// <returns>True when something was written.</returns>
    public bool Save(ConfigurationFile edited, ConfigurationMerge merged, Action<string> keepFromGit)
    {
        var (newShared, newOwn) = (shared.Empty(), own.Empty());
        foreach (var (key, section) in edited.Sections)
        {
            var isOurs = key.Kind == "remote" && IsOurs(merged, key, []);
            if (!isOurs && section.Options.Count == 0)
                newShared.Reset(key, section.Name);
            foreach (var (option, value) in section.Options)
                if (isOurs || key.Kind == "remote" && NamesSecret(option, value.Text) || key == Core && option == "remote" && IsOurs(merged, new("remote", value.Text.ToLowerInvariant()), []))
                    newOwn.Put(key, option, value, section.Name);
                else
                    newShared.Put(key, option, value, section.Name);
        }
        // DVC keeps the default that it knows behind ours, as long as there is such a remote.
        if (newShared.Find(Core)?["remote"] is null && (newOwn.Find(Core) ?? own.Find(Core))?["remote"] is not null && shared.Find(Core) is { } core && core["remote"] is { } before
            && new SectionKey("remote", before.Text.ToLowerInvariant()) is var known && merged.UrlOf(known) is not null && !IsOurs(merged, known, []))
            newShared.Put(Core, "remote", before, core.Name);
        var (sharedChanged, ownChanged) = (newShared.Format() != shared.Format(), newOwn.Format() != own.Format());
        // What goes from one file to the other is in both for a moment, not in none.
        var ownFirst = newOwn.Format().Length >= own.Format().Length;
        if (ownChanged && ownFirst)
            SaveOwn(newOwn, keepFromGit);
        if (sharedChanged)
            newShared.Save();
        if (ownChanged && !ownFirst)
            SaveOwn(newOwn, keepFromGit);
        return sharedChanged || ownChanged;
    }

    /// <summary>The remotes in DVC's file that make DVC refuse it.</summary>
    public IEnumerable<string> RefusedByDvc => shared.Sections.Where(s => s.Key.Kind == "remote" && s.Options["url"] is { } url && RemoteSchema.IsOurs(url.Text)).Select(s => s.Key.Name!);

    /// <summary>The file that DVC reads.</summary>
    public string SharedPath => shared.Path;

    private static void SaveOwn(ConfigurationFile file, Action<string> keepFromGit)
    {
        if (file.Sections.Any())
        {
            keepFromGit(file.Path);
            file.Save();
        }
        else
            FileRemoval.Try(file.Path);
    }

    // Also through the remotes that its URL refers to.
    private static bool IsOurs(ConfigurationMerge merged, SectionKey remote, HashSet<SectionKey> seen)
    {
        const string Reference = "remote://";
        if (merged.UrlOf(remote) is not { } url || !seen.Add(remote))
            return false;
        if (!url.StartsWith(Reference, StringComparison.OrdinalIgnoreCase))
            return RemoteSchema.IsOurs(url);
        var name = url[Reference.Length..];
        return IsOurs(merged, new("remote", (name.IndexOf('/') is >= 0 and var slash ? name[..slash] : name).ToLowerInvariant()), seen);
    }

    private static bool NamesSecret(string option, string value) => RemoteSchema.IsSecret(option) && value.StartsWith(RemoteCredentials.SecretMark, StringComparison.Ordinal);
}
