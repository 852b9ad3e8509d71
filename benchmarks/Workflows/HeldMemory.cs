using System.Globalization;

namespace DataVersion.Benchmarks.Workflows;

/// <summary>
/// Memory that the machine below has not given yet, or has taken back, costs more than most of what is measured here when the machine
/// is a virtual one (4 ms for each MB, measured on 2026-11-29). So what is free is filled with pages of files without blocks before
/// each measurement: the kernel then takes memory from its own page cache, as on every machine that has been on for a while.
/// </summary>
internal static class HeldMemory
{
    private const long Kept = 600L << 20;
    private const int Piece = 1 << 20;

    /// <summary>Fills what is free but for 600 MB.</summary>
    /// <param name="folder">Gets files without blocks, which <see cref="Release"/> removes.</param>
    public static void Fill(string folder)
    {
        var free = Free();
        if (free <= Kept + (64 << 20))
            return;
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "held")).FullName, Guid.NewGuid().ToString("N"));
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 0);
        file.SetLength(free - Kept);
        var piece = new byte[Piece];
        while (file.Read(piece) > 0)
        {
        }
    }

    /// <summary>Gives it back.</summary>
    public static void Release(string folder)
    {
        if (Directory.Exists(Path.Combine(folder, "held")))
            Directory.Delete(Path.Combine(folder, "held"), recursive: true);
    }

    private static long Free()
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        var line = File.ReadLines("/proc/meminfo").First(l => l.StartsWith("MemFree:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
