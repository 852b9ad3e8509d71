using System.Diagnostics;

namespace DataVersion.Tests;

/// <summary>
/// A file system of its own in a file, mounted for one test: reflinks (btrfs, xfs), other devices, full and read-only disks.
/// Needs Linux, root and the mkfs program; use <see cref="LoopFactAttribute"/> or <see cref="LoopTheoryAttribute"/>.
/// </summary>
internal sealed class LoopMount : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("dv-loop-").FullName;
    private readonly List<string> mounted = [];

    /// <summary>Makes and mounts a file system.</summary>
    /// <param name="kind">btrfs, xfs or ext4.</param>
    /// <param name="megabytes">Its size; 0 for the smallest that suits every test (btrfs 256, xfs 320, ext4 64). The image is sparse.</param>
    public LoopMount(string kind, int megabytes = 0)
    {
        Root = Path.Combine(folder, "mnt");
        var image = Path.Combine(folder, "image");
        Directory.CreateDirectory(Root);
        try
        {
            using (var file = File.Create(image))
                file.SetLength((megabytes > 0 ? megabytes : kind switch { "btrfs" => 256, "xfs" => 320, _ => 64 }) * 1048576L);
            Run("mkfs." + kind, kind == "ext4" ? ["-q", "-m", "0", "-O", "^has_journal", image] : ["-q", image]);
            Run("mount", ["-o", "loop", image, Root]);
            mounted.Add(Root);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where it is mounted.</summary>
    public string Root { get; }

    /// <summary>Absolute path of a name on it.</summary>
    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>Lets nothing be written any more.</summary>
    public void MakeReadOnly() => Run("mount", ["-o", "remount,ro", Root]);

    /// <summary>Mounts it at a second place, with the same device; between both nothing can be linked.</summary>
    /// <returns>The place.</returns>
    public string MountAgain()
    {
        var again = Path.Combine(folder, "again");
        Directory.CreateDirectory(again);
        Run("mount", ["--bind", Root, again]);
        mounted.Add(again);
        return again;
    }

    /// <summary>Why no loop mounts are possible on this machine; null when they are. Tried once.</summary>
    public static string? WhyNot(string kind) => Reasons.GetOrAdd(kind, static kind => new Lazy<string?>(() => Try(kind))).Value;

    public void Dispose()
    {
        for (; mounted.Count > 0; mounted.RemoveAt(mounted.Count - 1))
            try
            {
                Run("umount", [mounted[^1]]);
            }
            catch (InvalidOperationException)
            {
                // Something still looks at it (a watcher of the machine): let it go as soon as that ends.
                Run("umount", ["-l", mounted[^1]]);
            }
        Directory.Delete(folder, recursive: true);
    }

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Lazy<string?>> Reasons = new();

    private static string? Try(string kind)
    {
        if (!OperatingSystem.IsLinux())
            return "Loop mounts need Linux.";
        if (Environment.UserName != "root")
            return "Loop mounts need root.";
        try
        {
            new LoopMount(kind).Dispose();
            return null;
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return $"A loop-mounted {kind} is not possible here: {error.Message}";
        }
    }

    private static void Run(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program}: {error.Trim()} {output.Result.Trim()}");
    }
}

/// <summary>A test that needs loop-mounted file systems of this kind; skipped with the reason where they are impossible.</summary>
internal sealed class LoopFactAttribute : FactAttribute
{
    public LoopFactAttribute(string kind) => Skip = LoopMount.WhyNot(kind);
}

/// <summary>A theory that needs loop-mounted file systems of all these kinds; skipped with the reason where they are impossible.</summary>
internal sealed class LoopTheoryAttribute : TheoryAttribute
{
    public LoopTheoryAttribute(params string[] kinds) =>
        Skip = kinds.Select(LoopMount.WhyNot).FirstOrDefault(reason => reason is not null);
}
