using System.Globalization;
using DataVersion.Engine.Remotes;

namespace DataVersion.Engine.Repositories;

/// <summary>A remote as configured, its <c>remote://</c> reference resolved.</summary>
/// <param name="Name">Its name, lower case.</param>
/// <param name="Url">An absolute folder or a URL.</param>
/// <param name="Options">All options but <c>url</c>, effective values; without defaults.</param>
/// <param name="Scopes">The levels that say something about it, in order.</param>
/// <param name="IsDefault">True when <c>core.remote</c> names it.</param>
public sealed record RemoteConfiguration(
    string Name, string Url, IReadOnlyDictionary<string, string> Options, IReadOnlyList<ConfigScope> Scopes, bool IsDefault)
{
    /// <summary>The scheme of the URL; "" for a folder.</summary>
    public string Scheme => RemoteSchema.SchemeOf(Url);

    /// <summary>An option or its default; null when there is neither.</summary>
    public string? Get(string option) => Options.GetValueOrDefault(option) ?? RemoteSchema.OptionsOf(Url).GetValueOrDefault(option)?.Default;

    /// <summary>It keeps plain files under their own names, and relies on the service's versions (<c>version_aware</c>).</summary>
    /// <exception cref="DataVersionException">ConfigurationInvalid: a <c>worktree</c> without versions.</exception>
    public bool KeepsVersions => IsTrue("version_aware") || IsWorktree && (Options.ContainsKey("version_aware") ? throw new DataVersionException(DataErrorKind.ConfigurationInvalid,
        $"The remote '{Name}' has worktree = true and version_aware = false; a worktree needs versions.", Name, "Take one of the two options out with Set-DataRemote.") : true);

    /// <summary>It keeps versions, and what somebody changes there may be taken over (<c>worktree</c>).</summary>
    public bool IsWorktree => IsTrue("worktree");

    /// <summary>Most calls at a time, as its option <c>jobs</c> says; null when it does not.</summary>
    public int? Jobs => int.TryParse(Get("jobs"), NumberStyles.None, CultureInfo.InvariantCulture, out var jobs) && jobs > 0 ? jobs : null;

    /// <summary>The same with another number of calls at a time; 0 leaves it as it is.</summary>
    public RemoteConfiguration WithJobs(int jobs) => jobs <= 0 ? this
        : this with { Options = new Dictionary<string, string>(Options, StringComparer.OrdinalIgnoreCase) { ["jobs"] = jobs.ToString(CultureInfo.InvariantCulture) } };

    /// <summary>The public description: secrets are not in it.</summary>
    public DataRemote ToModel() => new(Name, RemoteSecrets.Hide(Url), Scopes[^1], IsDefault,
        Options.ToDictionary(o => o.Key, o => RemoteSecrets.Mask(o.Key, o.Value), StringComparer.OrdinalIgnoreCase));

    private bool IsTrue(string option) => string.Equals(Options.GetValueOrDefault(option), "true", StringComparison.OrdinalIgnoreCase);
}
