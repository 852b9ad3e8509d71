namespace DataVersion.Tests.Cmdlets;

/// <summary>An empty folder with a <c>.dvc</c> folder in it, and system and global configuration folders of its own; gone afterwards.</summary>
internal sealed class TemporaryRepository : IDisposable
{
    public TemporaryRepository()
    {
        Folder = Directory.CreateTempSubdirectory("dv-house-").FullName;
        Root = Path.Combine(Folder, "repo");
        Directory.CreateDirectory(Path.Combine(Root, ".dvc", "tmp"));
        File.WriteAllText(Path.Combine(Root, ".dvc", "config"), "");
    }

    /// <summary>Folder around the repository.</summary>
    public string Folder { get; }

    /// <summary>Root of the repository.</summary>
    public string Root { get; }

    public string Config => Path.Combine(Root, ".dvc", "config");

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
