using System.Diagnostics;
using System.Text;

namespace DataVersion.Tests.Fixtures;

/// <summary>
/// A root folder in a temporary place with the environment of the recordings: no configuration of user or system,
/// umask 022, UTC, and Git's dates set by the step. The process environment is changed, so one world lives at a time.
/// </summary>
internal sealed class FixtureWorld : IDisposable
{
    private readonly Dictionary<string, string?> former = [];
    private readonly uint formerMask;

    public FixtureWorld(FixtureCase fixture)
    {
        Place = Directory.CreateTempSubdirectory("dv-fixture-").FullName;
        Root = Path.Combine(Place, Path.GetFileName(fixture.RecordedRoot));
        Home = Path.Combine(Place, "home");
        var template = Path.Combine(Place, "template");
        formerMask = PosixCalls.SetUmask(0b000_010_010);
        foreach (var folder in (string[])[Root, Home, Path.Combine(template, "info")])
            Directory.CreateDirectory(folder);
        foreach (var (name, value) in ((string, string)[])[
            ("HOME", Home), ("SHELL", "/bin/sh"), ("LC_ALL", "C.UTF-8"), ("TZ", "UTC"), ("CI", "true"),
            ("DVC_NO_ANALYTICS", "1"), ("DVC_SITE_CACHE_DIR", Path.Combine(Place, "site")),
            ("DVC_GLOBAL_CONFIG_DIR", Path.Combine(Home, "none")), ("DVC_SYSTEM_CONFIG_DIR", Path.Combine(Home, "none")),
            ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_TEMPLATE_DIR", template), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_MERGE_AUTOEDIT", "no"), ("GIT_EDITOR", "true")])
            Set(name, value);
        // The steps configure who commits; variables that other tests of this process have set would go before that.
        foreach (var name in (string[])["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"])
            Set(name, null);
        SetDate("2024-01-01T00:00:00+00:00");
    }

    /// <summary>The temporary folder around the root.</summary>
    public string Place { get; }

    /// <summary>The empty home folder.</summary>
    public string Home { get; }

    /// <summary>The root; its last segment is that of the recording.</summary>
    public string Root { get; }

    /// <summary>Absolute path of something below the root.</summary>
    public string At(string relative) => relative is "." or "" ? Root : Path.Combine(Root, relative);

    /// <summary>Sets the date of Git's commits.</summary>
    public void SetDate(string date)
    {
        Set("GIT_AUTHOR_DATE", date);
        Set("GIT_COMMITTER_DATE", date);
    }

    /// <summary>Sets an environment variable until the world ends.</summary>
    public void Set(string name, string? value)
    {
        former.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>Runs a program with the environment of this world, nothing to read, and collects what it prints.</summary>
    public (int Exit, string Output, string Error) Run(string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(arguments.First(), arguments.Skip(1))
        {
            WorkingDirectory = At(folder),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (name, value) in former)
            Environment.SetEnvironmentVariable(name, value);
        PosixCalls.SetUmask(formerMask);
        StepActions.Remove(Place);
    }
}
