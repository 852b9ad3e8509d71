using System.Security.Cryptography;
using System.Text;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Faults;

/// <summary>A repository with Git and a PowerShell session in it, and the questions that tests of faults ask.</summary>
internal sealed class FaultRepository : IDisposable
{
    private readonly string? ownFolder;

    /// <summary>Makes a repository in a folder of its own, or below a given one (a mount).</summary>
    public FaultRepository(string? parent = null, string? settings = null)
    {
        ownFolder = parent is null ? Directory.CreateTempSubdirectory("dv-fault-").FullName : null;
        Root = Path.Combine(parent ?? ownFolder!, "repo");
        Directory.CreateDirectory(Root);
        Session = new ModuleSession(Root);
        Session.Run("git init -q -b main . ; git config user.name n ; git config user.email n@example.invalid ; $null = Initialize-DataRepository");
        if (settings is not null)
            Session.Run(settings);
    }

    public string Root { get; }

    public ModuleSession Session { get; }

    public string Head => File.ReadAllText(PathOf(".git/HEAD"));

    /// <summary>Runs the real DVC here.</summary>
    public string Dvc(params string[] arguments) => DvcProcess.Run(Root, Path.Combine(Path.GetDirectoryName(Root)!, "site"), arguments);

    public string PathOf(string name) => Path.Combine(Root, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        // A new file in place of a link or of a protected one.
        File.Delete(PathOf(name));
        File.WriteAllText(PathOf(name), text);
    }

    public void WriteBytes(string name, long size)
    {
        var bytes = new byte[size];
        new Random(name.Length).NextBytes(bytes);
        File.WriteAllBytes(PathOf(name), bytes);
    }

    public string Read(string name) => File.ReadAllText(PathOf(name));

    /// <summary>Adds data and commits and tags everything.</summary>
    public void Record(string version, params string[] data)
    {
        Session.Run("$null = Add-DataFile -LiteralPath $data", ("data", data));
        Commit(version);
    }

    public void Commit(string version)
    {
        var text = Session.Run("git add -A . ; git commit -q -m $v ; git tag $v ; git rev-parse -q --verify \"refs/tags/$v\"", ("v", version));
        Assert.NotEmpty(text.Output);
    }

    /// <summary>Runs what must fail with one error of this kind, which names the file and says what to do.</summary>
    public SessionResult Fails(DataErrorKind kind, string named, string script, params (string Name, object? Value)[] variables)
    {
        var result = Session.Invoke(script, variables);
        var error = Assert.Single(result.Errors);
        Assert.Equal(kind.ToString(), error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrWhiteSpace(error.ErrorDetails?.RecommendedAction), $"No recommended action: {error}");
        return result;
    }

    /// <summary>Path and content of all files but those of Git, and of the state that may be lost at any time.</summary>
    public string Snapshot()
    {
        var text = new StringBuilder(Head);
        foreach (var path in Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var relative = Path.GetRelativePath(Root, path);
            if (relative == ".git" || relative.StartsWith(".git/", StringComparison.Ordinal) || relative.StartsWith(".dvc/tmp", StringComparison.Ordinal)
                || (relative.StartsWith(".dvc/cache", StringComparison.Ordinal) && Directory.Exists(path)))
                continue;
            text.Append(relative).Append(' ').AppendLine(Directory.Exists(path) ? "folder" : !File.Exists(path) ? "link" : Md5(File.ReadAllBytes(path)));
        }
        return text.ToString();
    }

    public string ObjectPath(string md5) => PathOf($".dvc/cache/files/md5/{md5[..2]}/{md5[2..]}");

    public string ObjectOf(string content) => ObjectPath(Md5(Encoding.UTF8.GetBytes(content)));

    /// <summary>Puts an object into the cache as somebody else's tool would.</summary>
    public string StoreObject(string content, string suffix = "")
    {
        var md5 = Md5(Encoding.UTF8.GetBytes(content)) + suffix;
        Directory.CreateDirectory(Path.GetDirectoryName(ObjectPath(md5))!);
        File.WriteAllText(ObjectPath(md5), content);
        return md5;
    }

    /// <summary>Nothing half-written is left anywhere below the workspace and the cache.</summary>
    public void AssertNoLeftovers(string? folder = null) =>
        Assert.DoesNotContain(Directory.EnumerateFiles(folder ?? Root, "*", SearchOption.AllDirectories), p =>
            !p.Contains("/.git/", StringComparison.Ordinal) && (p.EndsWith(".tmp", StringComparison.Ordinal) || p.EndsWith(".temp", StringComparison.Ordinal)));

    public static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    public void Dispose()
    {
        Session.Dispose();
        if (ownFolder is not null)
            Directory.Delete(ownFolder, recursive: true);
    }
}
