using DataVersion.Engine.Repositories;

namespace DataVersion.Tests.Repositories;

/// <summary>A folder with an empty <c>.dvc</c>, deleted afterwards.</summary>
internal sealed class ScratchRepository : IDisposable
{
    public ScratchRepository()
    {
        Layout = new RepositoryLayout(Directory.CreateTempSubdirectory("dv-repo-").FullName);
        Directory.CreateDirectory(Layout.DvcFolder);
    }

    public RepositoryLayout Layout { get; }

    public string Root => Layout.Root;

    public string Write(string path, string text = "")
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    public string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public bool Has(string path) => Path.Exists(Path.Combine(Root, path));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
