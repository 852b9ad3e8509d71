namespace DataVersion.Engine.Objects;

/// <summary>Makes the folders of a store, each once, with the mode that <c>cache.shared</c> asks for.</summary>
internal sealed class ObjectFolders(string root, bool sharedGroup)
{
    private const UnixFileMode Group = (UnixFileMode)0b010_111_111_101; // 02775

    private readonly bool[] known = new bool[256];
    private volatile bool rootKnown;

    /// <summary>Makes the store's folder and those above it.</summary>
    public void EnsureRoot()
    {
        if (rootKnown && Directory.Exists(root))
            return;
        Create(root);
        rootKnown = true;
    }

    /// <summary>Makes the folder of an object and gives its path.</summary>
    public string Ensure(ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        hash.CopyTo(bytes);
        var folder = Path.Join(root, hash.Hex.AsSpan(0, 2));
        if (known[bytes[0]])
            return folder;
        EnsureRoot();
        Create(folder);
        known[bytes[0]] = true;
        return folder;
    }

    /// <summary>Forgets what is known, for the case that another process removed empty folders meanwhile.</summary>
    public void Forget()
    {
        Array.Clear(known);
        rootKnown = false;
    }

    // chmod on each folder that is new, as DVC does: mkdir would take the umask off.
    private void Create(string folder)
    {
        if (Directory.Exists(folder))
            return;
        if (Path.GetDirectoryName(folder) is { } parent)
            Create(parent);
        Directory.CreateDirectory(folder);
        if (sharedGroup && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, Group);
    }
}
