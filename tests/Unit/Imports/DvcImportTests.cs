using System.Diagnostics;
using DataVersion.Tests.Cmdlets;
using DataVersion.Tests.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Imports;

/// <summary>The real DVC and ours import the same: the same bytes of metadata, and each brings and updates what the other recorded.</summary>
[Collection(Fixtures.FixtureCollection.Name)]
public sealed class DvcImportTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    private string Theirs => scratch.PathOf("theirs");

    private string Ours => scratch.PathOf("ours");

    public void Dispose() => scratch.Dispose();

    [DvcFact]
    public void Data_of_repositories_of_every_kind_is_recorded_alike()
    {
        MakeSources();
        var local = "../A";
        var address = "file://" + scratch.PathOf("A");
        (string Url, string Path, string Name, string? Revision)[] imports =
        [
            (local, "data", "data", null), (local, "data/k", "k", "feat"), (local, "mixed", "mixed", null), (local, "sub", "subrepo", null), (local, "sub/inner", "subinner", "v1"),
            (local, "stage.out", "stage.out", null), (local, "run.sh", "run.sh", null), (local, "empty", "empty", null), ("../B/proj", "p.bin", "p.bin", null), ("../G", "dir", "dir", null),
            ("file://" + scratch.PathOf("G"), "dir/g.txt", "g.txt", null),
        ];
        foreach (var (url, path, name, revision) in imports)
            Dvc(Theirs, ["import", "-q", url, path, "-o", name, .. revision is null ? Array.Empty<string>() : ["--rev", revision]]);
        Dvc(Theirs, "import", "-q", address, "data", "-o", "far", "--remote-config", "url=" + scratch.PathOf("store"));
        using var session = new ModuleSession(Ours);
        foreach (var (url, path, name, revision) in imports)
            Invoke(session, $"Import-DataFile '{url}' '{path}' -Destination '{name}'" + (revision is null ? "" : $" -Revision {revision}"));
        Invoke(session, $"Import-DataFile '{address}' data -Destination far -RemoteConfig @{{ url = '{scratch.PathOf("store")}' }}");

        AssertSame();

        // Each pulls what the other recorded, and follows its sources.
        Commit(Theirs);
        Commit(Ours);
        Git(scratch.PathOf(""), "clone", "-q", Ours, scratch.PathOf("theirs2"));
        Git(scratch.PathOf(""), "clone", "-q", Theirs, scratch.PathOf("ours2"));
        // DVC 3 finds no data of a repository below the root of its Git repository without a remote.
        foreach (var clone in (string[])["theirs2", "ours2"])
            File.Delete(scratch.PathOf($"{clone}/p.bin.dvc"));
        Dvc(scratch.PathOf("theirs2"), "pull", "-q");
        using var other = new ModuleSession(scratch.PathOf("ours2"));
        Invoke(other, "Sync-DataRemote -Direction Pull");
        AssertSame("theirs2", "ours2");
        scratch.Write("A/data/new", "9");
        Dvc(scratch.PathOf("A"), "add", "-q", "data");
        Dvc(scratch.PathOf("A"), "push", "-q");
        Commit(scratch.PathOf("A"));
        Dvc(scratch.PathOf("theirs2"), "update", "-q", "data.dvc", "mixed.dvc", "subinner.dvc");
        Invoke(other, "Update-DataFile data, mixed, subinner");
        AssertSame("theirs2", "ours2");
    }

    [DvcFact]
    public void Data_behind_a_web_server_is_recorded_alike()
    {
        if (TestServer.WhyNot("http") is not null)
            return;
        var server = TestServer.Get("http");
        // Not so long that the releases of ruamel.yaml break its line at different places.
        var folder = Directory.CreateDirectory(Path.Combine(server["files"], "free", $"imports-{Guid.NewGuid().ToString("N")[..8]}")).FullName;
        File.WriteAllText(Path.Combine(folder, "one file.csv"), "one\n");
        var url = $"{server["endpoint"]}/free/{Path.GetFileName(folder)}/one%20file.csv";
        MakeRepositories();
        Dvc(Theirs, "import-url", "-q", url, "f.csv");
        Dvc(Theirs, "import-url", "-q", "--no-download", url, "lazy.csv");
        using var session = new ModuleSession(Ours);
        Invoke(session, $"Import-DataFile {url} -Destination f.csv; Import-DataFile {url} -Destination lazy.csv -NoDownload");
        AssertSame();

        // Each goes on with what the other recorded.
        foreach (var name in (string[])["f.csv.dvc", "lazy.csv.dvc"])
        {
            var (theirs, ours) = (File.ReadAllText(Path.Combine(Theirs, name)), File.ReadAllText(Path.Combine(Ours, name)));
            File.WriteAllText(Path.Combine(Theirs, name), ours);
            File.WriteAllText(Path.Combine(Ours, name), theirs);
        }
        Dvc(Theirs, "pull", "-q", "lazy.csv.dvc");
        Invoke(session, "Sync-DataRemote -Direction Pull -Path lazy.csv");
        AssertSame();
        File.WriteAllText(Path.Combine(folder, "one file.csv"), "second\n");
        Dvc(Theirs, "update", "-q", "f.csv.dvc");
        Invoke(session, "Update-DataFile f.csv");
        AssertSame();
        Assert.Equal("second\n", File.ReadAllText(Path.Combine(Ours, "f.csv")));
    }

    private void MakeRepositories()
    {
        foreach (var folder in (string[])[Theirs, Ours])
        {
            Make(folder);
            Dvc(folder, "init", "-q");
            Commit(folder);
        }
    }

    // A: DVC with a repository inside, a pipeline, a default remote, two branches; B: DVC below the root of Git; G: Git alone.
    private void MakeSources()
    {
        MakeRepositories();
        var a = scratch.PathOf("A");
        Make(a);
        Dvc(a, "init", "-q");
        foreach (var (path, text) in ((string, string)[])[("data/a", "1"), ("data/k/b", "2"), ("mixed/plain.txt", "plain"), ("mixed/m.bin", "m"), ("mixed/x.log", "log"), ("empty", ""), ("run.sh", "run"), (".dvcignore", "*.log\n"),
            ("sub/inner/f", "sub1"), ("dvc.yaml", "stages:\n  s:\n    cmd: echo out > stage.out\n    outs: [stage.out]\n")])
            scratch.Write("A/" + path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(a, "run.sh"), (UnixFileMode)0b111_101_101);
        Dvc(a, "add", "-q", "data", "mixed/m.bin", "empty", "run.sh");
        Dvc(a, "repro", "-q");
        Dvc(a, "remote", "add", "-q", "-d", "st", "../store");
        Dvc(Path.Combine(a, "sub"), "init", "-q", "--subdir");
        Dvc(Path.Combine(a, "sub"), "add", "-q", "inner");
        Commit(a);
        Git(a, "tag", "v1");
        Dvc(a, "push", "-q");
        Git(a, "checkout", "-q", "-b", "feat");
        scratch.Write("A/data/k/c", "3");
        Dvc(a, "add", "-q", "data");
        Commit(a);
        Dvc(a, "push", "-q");
        Git(a, "checkout", "-q", "main");
        Dvc(a, "checkout", "-q");

        Make(scratch.PathOf("B"));
        scratch.Write("B/proj/p.bin", "p");
        Dvc(scratch.PathOf("B/proj"), "init", "-q", "--subdir");
        Dvc(scratch.PathOf("B/proj"), "add", "-q", "p.bin");
        Commit(scratch.PathOf("B"));
        Make(scratch.PathOf("G"));
        scratch.Write("G/dir/g.txt", "g");
        Commit(scratch.PathOf("G"));
    }

    private static void Make(string folder)
    {
        Directory.CreateDirectory(folder);
        Git(folder, "init", "-q", "-b", "main");
        Git(folder, "config", "user.name", "n");
        Git(folder, "config", "user.email", "n@example.org");
    }

    private static void Commit(string folder)
    {
        Git(folder, "add", "-A");
        Git(folder, "commit", "-q", "-m", "m");
    }

    private void AssertSame(string theirs = "theirs", string ours = "ours") => Assert.Equal(StateOf(scratch.PathOf(theirs)), StateOf(scratch.PathOf(ours)));

    // Names, content and modes of everything that is not the tool's own.
    private static string StateOf(string folder) => string.Join('\n', Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder, path)).Where(path => !path.StartsWith(".git/", StringComparison.Ordinal) && !path.StartsWith(".dvc/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).Select(path => $"{path} {(OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(Path.Combine(folder, path)))}: "
            + (path == ".gitignore" ? string.Join(' ', File.ReadLines(Path.Combine(folder, path)).Order(StringComparer.Ordinal)) : File.ReadAllText(Path.Combine(folder, path)))));

    private static void Invoke(ModuleSession session, string script)
    {
        var result = session.Invoke(script);
        Assert.True(result.Errors.Count == 0, $"{script}: {string.Join('\n', result.Errors)}");
    }

    private string Dvc(string folder, params string[] arguments) => DvcProcess.Run(folder, scratch.PathOf("site"), arguments);

    private static void Git(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"git {string.Join(' ', arguments)}: {error}");
    }
}
