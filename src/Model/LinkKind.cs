namespace DataVersion;

/// <summary>How the content of the cache is placed in the workspace. Spelled in lower case in <c>cache.type</c>.</summary>
public enum LinkKind
{
    /// <summary>A copy-on-write clone: shares the blocks of the object until one of the two is changed; safe to edit.</summary>
    Reflink,
    /// <summary>A second name of the object itself: takes no space and must not be edited in place, so it is read-only.</summary>
    Hardlink,
    /// <summary>A symbolic link to the object: works across file systems and must not be edited in place.</summary>
    Symlink,
    /// <summary>A full private copy: takes space twice; safe to edit.</summary>
    Copy,
}
