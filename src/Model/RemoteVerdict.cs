namespace DataVersion;

/// <summary>What was looked at.</summary>
public enum RemoteCheck
{
    /// <summary>Whether the service answers.</summary>
    Reachable,
    /// <summary>Whether it takes the credentials; which, and where they came from.</summary>
    Credentials,
    /// <summary>Whether it lets us read.</summary>
    Readable,
    /// <summary>Whether it lets us write: a small value was stored, read back and deleted.</summary>
    Writable,
    /// <summary>How far its clock is from ours: signatures of requests are valid for minutes.</summary>
    Clock,
    /// <summary>One object that the metadata needs.</summary>
    Object,
    /// <summary>All objects that the metadata needs, summed up.</summary>
    Objects,
    /// <summary>Whether it keeps what a value replaces, as an old version: asked of remotes that keep plain files and their versions.</summary>
    Versions,
}

/// <summary>What was found.</summary>
public enum RemoteVerdictKind
{
    /// <summary>As it should be.</summary>
    Good,
    /// <summary>It is not there.</summary>
    Missing,
    /// <summary>Its bytes do not match its name.</summary>
    Corrupt,
    /// <summary>It does not work.</summary>
    Failed,
    /// <summary>It could not be found out.</summary>
    Unknown,
}

/// <summary>What a verdict rests on.</summary>
public enum RemoteEvidence
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>What the service answered.</summary>
    Answer,
    /// <summary>A checksum that the service computed from the bytes it has.</summary>
    ServiceChecksum,
    /// <summary>A checksum that the sender stated and the service keeps: it proves that the right object was sent, less that its bytes are still right.</summary>
    StatedChecksum,
    /// <summary>The bytes themselves: they were read and hashed here.</summary>
    Download,
}

/// <summary>A verdict about a remote, or about one object of it.</summary>
public sealed record RemoteVerdict
{
    /// <summary>Name of the remote.</summary>
    public required string Remote { get; init; }
    /// <summary>What was looked at.</summary>
    public RemoteCheck Check { get; init; }
    /// <summary>What was found.</summary>
    public RemoteVerdictKind Verdict { get; init; }
    /// <summary>What the verdict rests on.</summary>
    public RemoteEvidence Evidence { get; init; }
    /// <summary>The finding in words.</summary>
    public string? Detail { get; init; }
    /// <summary>The object.</summary>
    public ContentHash? Hash { get; init; }
    /// <summary>A tracked path that needs it.</summary>
    public string? Path { get; init; }
    /// <summary>Bytes there; null when unknown.</summary>
    public long? Size { get; init; }
    /// <summary>True when nothing is wrong.</summary>
    public bool IsGood => Verdict == RemoteVerdictKind.Good;

    /// <summary>What, and the verdict.</summary>
    public override string ToString() => $"{(Hash is { } hash ? hash.ToString() : Check.ToString())}: {Verdict}";
}
