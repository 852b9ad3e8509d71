using System.Globalization;
using System.Text;
using DataVersion.Benchmarks.Workflows;

namespace DataVersion.Benchmarks.Remotes;

/// <summary>
/// Pushes and fetches through real servers on this machine, beside the tools that people use for them, and DVC where it can:
/// first push, push with nothing to do, fetch into an empty cache, fetch of four files. Same server, same files, in turn.
/// </summary>
internal static class RemoteBenchmark
{
    /// <summary>What a person may type.</summary>
    public const string Usage = """
        remotes [options]      push and fetch beside aws s3 sync, rclone, sftp, cp, DVC
          --service names      folder,s3,ssh,http,webdav
          --set names          many (20,000 x 100 KB), large (4 x 1 GiB), huge-count (100,000 x 1 KB; only the fetch of four)
          --scale factor       of the number of files (1); large: of their size
          --no-dvc --no-peers  leave out others
          --rounds n           of all participants in turn (3)
          --work folder        where repositories and servers keep their files: as root in a file system of their own
          --output file        the report; else only the screen
        """;

    private static readonly string[] Steps = ["push", "push, nothing to do", "fetch", "fetch 4 files"];

    /// <summary>Measures and prints.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        var (services, sets, scale, rounds, work, output, dvc, peers) = ("folder,s3,ssh,http,webdav", "many,large", 1.0, 3, Path.Combine(Path.GetTempPath(), "dataversion-remotes"), "", true, true);
        for (var i = 0; i < arguments.Length; i++)
            switch (arguments[i])
            {
                case "--no-dvc": dvc = false; break;
                case "--no-peers": peers = false; break;
                case "--service" when i + 1 < arguments.Length: services = arguments[++i]; break;
                case "--set" when i + 1 < arguments.Length: sets = arguments[++i]; break;
                case "--scale" when i + 1 < arguments.Length: scale = double.Parse(arguments[++i], CultureInfo.InvariantCulture); break;
                case "--rounds" when i + 1 < arguments.Length: rounds = int.Parse(arguments[++i], CultureInfo.InvariantCulture); break;
                case "--work" when i + 1 < arguments.Length: work = Path.GetFullPath(arguments[++i]); break;
                case "--output" when i + 1 < arguments.Length: output = Path.GetFullPath(arguments[++i]); break;
                default: Console.Error.WriteLine(Usage); return 2;
            }
        var module = BuiltModule.Build(Path.Combine(work, "build"));
        // What ssh knows of hosts is looked for there.
        var home = Directory.CreateDirectory(Path.Combine(work, "home")).FullName;
        var report = new StringBuilder("| service | set | step | DataVersion s (min-max) | peak MB | others: median s (DataVersion takes x of it) | disturbed % |\n|---|---|---|---|---|---|---|\n");
        // Repositories and the files of servers on a new file system for each service.
        using (var fileSystem = WorkFileSystem.Open("ext4", work))
            foreach (var service in services.Split(','))
                foreach (var set in sets.Split(','))
                {
                    fileSystem.Renew();
                    Measure(module, service, SetOf(set, scale), rounds, fileSystem, home, dvc, peers, report);
                }
        Console.Write(report);
        if (output.Length > 0)
            File.WriteAllText(output, report.ToString());
        return 0;
    }

    private static Dataset SetOf(string name, double scale) => name switch
    {
        "many" => new Dataset("remote-many", (int)(20_000 * scale), 100_000),
        "large" => new Dataset("remote-large", 4, (long)((1 << 30) * scale)),
        "huge-count" => new Dataset("remote-count", (int)(100_000 * scale), 1_000),
        _ => throw new BenchmarkException($"There is no set '{name}'."),
    };

    private static void Measure(BuiltModule module, string name, Dataset set, int rounds, WorkFileSystem fileSystem, string home, bool dvc, bool peers, StringBuilder report)
    {
        var work = fileSystem.Folder;
        var data = DatasetFolder.Ensure(Path.Combine(work, "data"), set);
        var series = new Dictionary<(string Who, string Step), Series>();
        var list = Path.Combine(work, "list");
        var few = Enumerable.Range(0, 4).Select(i => set.PathOf(i * set.Files / 4)).ToArray();
        File.WriteAllLines(list, few);
        for (var round = 0; round < rounds; round++)
        {
            // A server of its own for each round, so that nobody meets what others have left.
            using var service = RemoteService.Start(name, work);
            if (service.KnownHosts is { } known)
            {
                Directory.CreateDirectory(Path.Combine(home, ".ssh"));
                File.Copy(known, Path.Combine(home, ".ssh", "known_hosts"), overwrite: true);
            }
            Ours(module, service, set, data, work, home, few, (step, timed) => Note("DataVersion", step, round, timed));
            if (dvc && service.HasDvc)
                Dvc(service, set, data, work, few, (step, timed) => Note("DVC", step, round, timed));
            foreach (var peer in peers ? service.Peers() : [])
                Other(peer, set, data, work, list, (step, timed) => Note(peer.Name, step, round, timed));
        }
        foreach (var step in Steps)
        {
            var ours = series[("DataVersion", step)];
            var others = series.Where(s => s.Key.Step == step && s.Key.Who != "DataVersion")
                .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key.Who}: {s.Value.Median:0.00} ({Quantity.Ratio(ours.RatioTo(s.Value) ?? 0)})"));
            report.Append(CultureInfo.InvariantCulture, $"| {name} | {set} | {step} | {ours.Median:0.00} ({ours.Min:0.00}-{ours.Max:0.00}) | {ours.Peak >> 20} | {string.Join("; ", others)} | {ours.Disturbance * 100:0} |\n");
        }

        void Note(string who, string step, int round, Func<Measurement> timed)
        {
            fileSystem.Settle(cold: false);
            var measurement = timed();
            if (!series.TryGetValue((who, step), out var known))
                series[(who, step)] = known = new Series();
            known.Add(round, measurement);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {set} {who} {step}: {measurement.Seconds:0.00} s"));
        }
    }

    private static void Ours(BuiltModule module, RemoteService service, Dataset set, string data, string work, string home, string[] few, Action<string, Func<Measurement>> note)
    {
        var (one, two, three) = (Path.Combine(work, "one"), Path.Combine(work, "two"), Path.Combine(work, "three"));
        Repository(one, service.Configuration("ours"));
        Shell.Run($"cp -al '{data}' '{one}/data'", work);
        using (var session = Session(module, home))
            session.Run($"Set-Location '{one}'; $null = Add-DataFile data");
        // A session of its own, so that its memory is that of the transfers.
        using (var session = Session(module, home))
        {
            session.Run($"Set-Location '{one}'; $null = Get-DataFile");
            note(Steps[0], () => session.Run("$null = Sync-DataRemote -Direction Push"));
            note(Steps[1], () => session.Run("$null = Sync-DataRemote -Direction Push"));
        }
        foreach (var (folder, step, path) in new[] { (two, Steps[2], ""), (three, Steps[3], " -Path " + string.Join(", ", few.Select(f => $"'data/{f}'"))) })
        {
            Repository(folder, service.Configuration("ours"));
            File.Copy(Path.Combine(one, "data.dvc"), Path.Combine(folder, "data.dvc"));
            using var session = Session(module, home);
            session.Run($"Set-Location '{folder}'; $null = Get-DataFile");
            note(step, () => session.Run($"$null = Sync-DataRemote -Direction Fetch{path}"));
            var there = Directory.EnumerateFiles(Path.Combine(folder, ".dvc", "cache", "files"), "*", SearchOption.AllDirectories).Count();
            if (there != (path.Length == 0 ? set.Files : few.Length) + 1)
                throw new BenchmarkException($"{there} objects were fetched.");
        }
    }

    private static void Dvc(RemoteService service, Dataset set, string data, string work, string[] few, Action<string, Func<Measurement>> note)
    {
        service.PrepareForDvc("dvc");
        var (one, two) = (Path.Combine(work, "dvc-one"), Path.Combine(work, "dvc-two"));
        var site = new Dictionary<string, string> { ["DVC_SITE_CACHE_DIR"] = Path.Combine(work, "dvc-site") };
        Repository(one, service.Configuration("dvc"));
        Remove(set, work, "dvc-site");
        Shell.Run($"cp -al '{data}' '{one}/data' && cd '{one}' && dvc add -q data", work, site);
        note(Steps[0], () => Shell.Run("dvc push -q", one, site));
        note(Steps[1], () => Shell.Run("dvc push -q", one, site));
        Repository(two, service.Configuration("dvc"));
        File.Copy(Path.Combine(one, "data.dvc"), Path.Combine(two, "data.dvc"));
        var other = new Dictionary<string, string> { ["DVC_SITE_CACHE_DIR"] = Path.Combine(work, "dvc-site-two") };
        note(Steps[2], () => Shell.Run("dvc fetch -q", two, other));
        Remove(set, work, "dvc-two/.dvc/cache", "dvc-two/.dvc/tmp", "dvc-site-two");
        note(Steps[3], () => Shell.Run("dvc fetch -q " + string.Join(' ', few.Select(f => $"'data/{f}'")), two, other));
        Remove(set, work, "dvc-site-two", "dvc-one", "dvc-two");
    }

    private static void Other(Peer peer, Dataset set, string data, string work, string list, Action<string, Func<Measurement>> note)
    {
        var to = Path.Combine(work, "to");
        var variables = new Dictionary<string, string> { ["DATA"] = data, ["TO"] = to, ["LIST"] = list };
        note(Steps[0], () => Shell.Run(peer.Push, work, variables));
        // sftp has no way to see that there is nothing to do.
        if (peer.Name != "sftp")
            note(Steps[1], () => Shell.Run(peer.Push, work, variables));
        Remove(set, work, "to");
        Directory.CreateDirectory(to);
        note(Steps[2], () => Shell.Run(peer.Pull, work, variables));
        Remove(set, work, "to");
        Directory.CreateDirectory(to);
        if (peer.Few is not null)
            note(Steps[3], () => Shell.Run(peer.Few, work, variables));
        Remove(set, work, "to");
    }

    // Many files are put aside, for the same reason as in the other benchmark: whoever comes next would pay for their deletion.
    private static void Remove(Dataset set, string work, params string[] names)
    {
        foreach (var path in names.Select(name => Path.Combine(work, name)).Where(path => Directory.Exists(path)))
            Shell.Run(set.IsLarge ? $"rm -rf '{path}'" : $"mkdir -p aside && mv '{path}' aside/{Guid.NewGuid():N}", work);
    }

    private static PowerShellSession Session(BuiltModule module, string home)
    {
        var before = Environment.GetEnvironmentVariable("HOME");
        Environment.SetEnvironmentVariable("HOME", home);
        try
        {
            return new PowerShellSession(module, "host");
        }
        finally
        {
            Environment.SetEnvironmentVariable("HOME", before);
        }
    }

    private static void Repository(string folder, string remote)
    {
        Shell.Run($"rm -rf '{folder}' && mkdir -p '{folder}/.dvc' && cd '{folder}' && git init -q", Path.GetTempPath());
        File.WriteAllText(Path.Combine(folder, ".dvc", "config"), $"[core]\n    analytics = false\n    remote = far\n[cache]\n    type = hardlink\n['remote \"far\"']\n    {remote}\n");
    }
}
