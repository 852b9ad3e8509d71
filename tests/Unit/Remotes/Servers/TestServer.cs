using System.Collections.Concurrent;
using System.Diagnostics;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Remotes.Servers;

/// <summary>
/// A real server of a storage protocol on this machine, installed and started by a script of <c>tests/servers</c>. Most tests
/// share one for the whole process (<see cref="Get"/>) and keep apart by prefixes; a test that breaks its server has its own
/// (<see cref="StartPrivate"/>). Servers end within seconds after the process, however that ends: a watcher of their own sees
/// to it. Use <see cref="ServerFactAttribute"/> or <see cref="ServerTheoryAttribute"/>.
/// </summary>
internal sealed class TestServer : IDisposable
{
    /// <summary>The servers that cost too much for every run: they are used when DATAVERSION_HEAVY_SERVERS is 1.</summary>
    private static readonly string[] Heavy = ["swift"];

    private static readonly ConcurrentDictionary<string, Lazy<TestServer>> SharedServers = new();
    private static readonly ConcurrentDictionary<string, Lazy<string?>> Reasons = new();
    private readonly string folder;
    private readonly Dictionary<string, string> values;
    private bool isStopped;

    private TestServer(string name)
    {
        Name = name;
        folder = Directory.CreateTempSubdirectory("dv-server-").FullName;
        try
        {
            var ready = Run(name, "start", folder, Environment.ProcessId.ToString())
                .Split('\n').FirstOrDefault(line => line.StartsWith("READY ", StringComparison.Ordinal))
                ?? throw new InvalidOperationException($"The server {name} did not say that it is ready.");
            values = ready.Split(' ').Skip(1).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The name of its script.</summary>
    public string Name { get; }

    /// <summary>A value that the server was started with (endpoint, user, password, ca …); each script lists its own after READY.</summary>
    public string this[string key] => values.TryGetValue(key, out var value) ? value
        : throw new KeyNotFoundException($"The server {Name} has no '{key}', but {string.Join(", ", values.Keys)}.");

    /// <summary>Where clients connect to (the port without TLS, where there are two).</summary>
    public (string Host, int Port) Address => values.TryGetValue("endpoint", out var endpoint) && new Uri(endpoint) is var address
        ? (address.Host, address.Port) : (this["host"], int.Parse(this["port"], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The server that all tests of this process share; installed and started on first use.</summary>
    public static TestServer Get(string name) => SharedServers.GetOrAdd(name, static name => new Lazy<TestServer>(() => new TestServer(name))).Value;

    /// <summary>A server of the caller's own, which it may kill; dispose it.</summary>
    public static TestServer StartPrivate(string name) => new(name);

    /// <summary>Why this server cannot be used here; null when it can. It is installed for the answer, once per process (quick
    /// when it is there already). <c>dvc</c> is the real DVC, which is no server, but needed as one, <c>dvc s3</c> DVC with what it needs for a scheme, <c>pwsh</c>
    /// the real PowerShell.</summary>
    public static string? WhyNot(string name) => Reasons.GetOrAdd(name, static name => new Lazy<string?>(() => Install(name))).Value;

    /// <summary>Ends the process that clients talk to at once, as if its machine lost power; what it stored on disk stays.</summary>
    public void Kill() => Run(Name, "kill", folder);

    /// <summary>Starts it again after <see cref="Kill"/>: same ports, and what it stored (gcs: nothing; azure: what it had written).</summary>
    public void Revive() => Run(Name, "revive", folder);

    public void Dispose()
    {
        if (isStopped)
            return;
        isStopped = true;
        Run(Name, "stop", folder);
        for (var tries = 0; Directory.Exists(folder) && tries < 20; tries++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                Thread.Sleep(50); // a process that just ended may still have written
            }
        }
    }

    private static string? Install(string name)
    {
        if (name == "dvc")
            return DvcFactAttribute.WhyNot;
        if (name.StartsWith("dvc ", StringComparison.Ordinal))
            return DvcFactAttribute.WhyNot ?? DvcProcess.WhyNot(name[4..]);
        if (name == "pwsh")
            return RealPowerShell.Path is null ? "pwsh is not on the PATH." : null;
        if (!OperatingSystem.IsLinux())
            return $"The server {name} needs Linux.";
        if (Heavy.Contains(name) && Environment.GetEnvironmentVariable("DATAVERSION_HEAVY_SERVERS") != "1")
            return $"The server {name} is used only when DATAVERSION_HEAVY_SERVERS is 1.";
        try
        {
            Run(name, "install");
            return null;
        }
        catch (InvalidOperationException error)
        {
            return error.Message;
        }
    }

    private static string Run(string name, params string[] arguments)
    {
        var script = Path.Combine(ModuleSession.RepositoryRoot, "tests", "servers", name + ".sh");
        using var process = Process.Start(new ProcessStartInfo("bash", [script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"The server {name} could not be used ({arguments[0]}): {error.Result.Trim()}");
    }
}
