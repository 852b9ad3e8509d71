namespace DataVersion.Tests;

/// <summary>A folder of its own for one test, deleted afterwards.</summary>
internal sealed class ScratchFolder : IDisposable
{
    /// <summary>Makes it.</summary>
    /// <param name="below">A folder on another file system; null for that of temporary files.</param>
    public ScratchFolder(string? below = null) => Root = below is null ? Directory.CreateTempSubdirectory("dv-test-").FullName
        : Directory.CreateDirectory(Path.Combine(below, "dv-test-" + Guid.NewGuid().ToString("N")[..8])).FullName;

    public string Root { get; }

    /// <summary>Absolute path of a name in the folder.</summary>
    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>Writes a file, parents too.</summary>
    public string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <inheritdoc cref="Write(string, ReadOnlySpan{byte})"/>
    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
            foreach (var file in new DirectoryInfo(Root).EnumerateFiles("*", SearchOption.AllDirectories))
                file.IsReadOnly = false;
        Directory.Delete(Root, recursive: true);
    }
}
