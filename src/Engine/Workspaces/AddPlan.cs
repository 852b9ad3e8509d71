using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;

namespace DataVersion.Engine.Workspaces;

/// <summary>What the user asked of an add.</summary>
public sealed record AddOptions
{
    /// <summary>Record hashes only; nothing is stored in the cache.</summary>
    public bool NoCommit { get; init; }
    /// <summary>Record plain MD5 hashes also for unchanged data that DVC 2 recorded with its own.</summary>
    public bool UpgradeLegacy { get; init; }
    /// <summary>Leave the workspace files as they are, whatever link kind is wanted.</summary>
    public bool NoRelink { get; init; }
    /// <summary>Send the content to a remote instead of storing it in the cache; null for the cache.</summary>
    public AddUpload? Upload { get; init; }
    /// <summary>Put the metadata into Git's index when <c>core.autostage</c> says so; DVC does it for an add and not for a commit.</summary>
    public bool Autostage { get; init; } = true;
    /// <summary>Absolute path the data is tracked at; the source is copied into the cache and placed there.</summary>
    public string? OutFile { get; init; }
    /// <summary>Overwrite what is at <see cref="OutFile"/>.</summary>
    public bool Force { get; init; }
    /// <summary>Description to record; null keeps what is there.</summary>
    public string? Description { get; init; }
    /// <summary>Type to record; null keeps what is there.</summary>
    public string? Type { get; init; }
    /// <summary>Labels to record; null keeps what is there.</summary>
    public IReadOnlyList<string>? Labels { get; init; }
    /// <summary>Anything else to record; null keeps what is there.</summary>
    public YamlNode? Meta { get; init; }
}

/// <summary>What adding a path means.</summary>
public enum AddAction
{
    /// <summary>It is tracked from now on.</summary>
    Track,
    /// <summary>It is tracked already: its content is recorded anew.</summary>
    Update,
    /// <summary>It lies inside a tracked folder: only this part is recorded anew.</summary>
    UpdatePart,
}

/// <summary>One path to add.</summary>
/// <param name="Action">What it means.</param>
/// <param name="Source">Absolute path of the data.</param>
/// <param name="Path">The tracked path, relative to the root.</param>
/// <param name="Inner">For a part: path inside the tracked folder; else empty.</param>
/// <param name="MetadataPath">The <c>.dvc</c> file, relative to the root.</param>
/// <param name="Output">What is recorded now; null for a new path.</param>
public sealed record AddItem(AddAction Action, string Source, string Path, string Inner, string MetadataPath, TrackedOutput? Output)
{
    /// <summary>The path the user named, relative to the root.</summary>
    public string Target => Inner.Length == 0 ? Path : Path + "/" + Inner;
}

/// <summary>A path that could not be worked on, and why.</summary>
public sealed record PathFailure(string Path, DataVersionException Error);

/// <summary>What an add would do.</summary>
/// <param name="Items">What is added.</param>
/// <param name="Failures">What cannot be added.</param>
public sealed record AddPlan(IReadOnlyList<AddItem> Items, IReadOnlyList<PathFailure> Failures);
