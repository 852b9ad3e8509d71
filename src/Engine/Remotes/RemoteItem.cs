namespace DataVersion.Engine.Remotes;

/// <summary>Something a remote holds, with what the service says of it.</summary>
/// <param name="Key">Its name: parts with <c>/</c> between them, relative to the remote; never escaped.</param>
/// <param name="Size">Length in bytes; -1 when the service does not tell.</param>
public sealed record RemoteItem(string Key, long Size)
{
    /// <summary>False when the storage sees that it may have been altered or cut short since it was stored; its bytes are read
    /// before it is trusted. (A folder: the mode is not the 0444 of a finished object.)</summary>
    public bool IsSettled { get; init; } = true;

    /// <summary>MD5 of the bytes as 32 lower-case hexadecimal digits, when the service gives it; else null.</summary>
    public string? Md5 { get; init; }

    /// <summary>True when <see cref="Md5"/> is what the sender stated and the service only keeps (Azure's Content-MD5), so that
    /// it proves less than a checksum that the service computed.</summary>
    public bool IsMd5Stated { get; init; }

    /// <summary>The service's entity tag, without quotes; null when there is none.</summary>
    public string? ETag { get; init; }

    /// <summary>The service's id of this version (S3 version id, Google generation, Azure version id); null when there is none.</summary>
    public string? Version { get; init; }

    /// <summary>When it was stored; null when the service does not tell.</summary>
    public DateTimeOffset? Modified { get; init; }
}

/// <summary>A part of a value.</summary>
/// <param name="Offset">First byte, from 0.</param>
/// <param name="Length">Number of bytes; null for all that follow.</param>
public readonly record struct ByteRange(long Offset, long? Length = null)
{
    /// <summary>Everything.</summary>
    public static ByteRange Whole => default;

    /// <summary>True for everything.</summary>
    public bool IsWhole => Offset == 0 && Length is null;
}
