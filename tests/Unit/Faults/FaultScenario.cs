using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace DataVersion.Tests.Faults;

/// <summary>A repository with two versions of a folder and a file, and changes on top, in which an operation is interrupted.</summary>
internal sealed class FaultScenario : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("dv-fault-").FullName;

    public string Root => Path.Combine(folder, "repo");

    /// <summary>A scenario made once by commands; others are copies of it.</summary>
    public static FaultScenario Make(string commands)
    {
        var scenario = new FaultScenario();
        Directory.CreateDirectory(scenario.Root);
        var made = HostProcess.Run(scenario.Root, "$ErrorActionPreference = 'Stop'\n" + Setup + commands);
        Assert.True(made.ExitCode == 0, made.Output + made.Errors);
        return scenario;
    }

    public FaultScenario Copy()
    {
        var copy = new FaultScenario();
        // cp keeps links, modes and times, which .NET has no call for.
        using var process = Process.Start("cp", ["-a", folder + "/.", copy.folder])!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return copy;
    }

    /// <summary>MD5 of all data in the workspace and of all objects: what must never get lost. Metadata is in Git.</summary>
    public HashSet<string> Contents() => [.. Files().Where(path => !path.EndsWith(".dvc", StringComparison.Ordinal)
        && Path.GetFileName(path) is not (".gitignore" or "config")).Select(Md5)];

    /// <summary>Path and content of every workspace file, with the metadata, and Git's HEAD: what the operation is to arrive at.</summary>
    public string State()
    {
        var text = new StringBuilder();
        foreach (var path in Files().Where(p => !p.StartsWith(Path.Combine(Root, ".dvc"), StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            text.Append(Path.GetRelativePath(Root, path)).Append(' ').AppendLine(Md5(path));
        return text.Append(File.ReadAllText(Path.Combine(Root, ".git", "HEAD"))).ToString();
    }

    /// <summary>Objects whose bytes do not match their name.</summary>
    public IReadOnlyList<string> BadObjects()
    {
        var store = Path.Combine(Root, ".dvc", "cache", "files", "md5");
        return !Directory.Exists(store) ? []
            : [.. Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories)
                .Where(p => !p.EndsWith(".tmp", StringComparison.Ordinal))
                .Where(p => Md5(p) != (Path.GetFileName(Path.GetDirectoryName(p)) + Path.GetFileName(p)).Replace(".dir", ""))];
    }

    public void Dispose()
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            if (new FileInfo(path).LinkTarget is null)
                File.SetAttributes(path, FileAttributes.Normal);
        Directory.Delete(folder, recursive: true);
    }

    private IEnumerable<string> Files() => Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Where(path =>
        !path.StartsWith(Path.Combine(Root, ".git") + "/", StringComparison.Ordinal)
        && !path.StartsWith(Path.Combine(Root, ".dvc", "tmp") + "/", StringComparison.Ordinal) && File.Exists(path));

    private static string Md5(string path) => Convert.ToHexStringLower(MD5.HashData(File.ReadAllBytes(path)));

    private const string Setup = """
        git init -q -b main . ; git config user.name n ; git config user.email n@example.invalid
        $null = Initialize-DataRepository
        $null = [IO.Directory]::CreateDirectory("$PWD/data/inner")
        foreach ($n in 1..4) { [IO.File]::WriteAllText("$PWD/data/$n.txt", "first $n") }
        [IO.File]::WriteAllText("$PWD/data/inner/deep.txt", 'deep')
        [IO.File]::WriteAllText("$PWD/model.bin", 'model one')

        """;
}
