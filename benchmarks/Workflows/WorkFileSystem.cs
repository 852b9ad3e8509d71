namespace DataVersion.Benchmarks.Workflows;

/// <summary>The file system that is measured on: a folder of one that is there, or one in a file that is mounted for the run.</summary>
internal sealed class WorkFileSystem : IDisposable
{
    private const long ImageBytes = 48L << 30;
    private readonly string? mounted;

    private WorkFileSystem(string folder, string? mounted)
    {
        (Folder, this.mounted) = (folder, mounted);
        Directory.CreateDirectory(folder);
        Type = Shell.FirstLine($"stat -f -c %T '{folder}'").Replace("ext2/ext3", "ext4");
    }

    /// <summary>Where to work.</summary>
    public string Folder { get; }

    /// <summary>ext4, btrfs, ...</summary>
    public string Type { get; }

    /// <summary>For reports.</summary>
    public string Description => mounted is null ? Type : Type + " in a file";

    /// <summary>Bytes that can be written.</summary>
    public long Free => new DriveInfo(Folder).AvailableFreeSpace;

    /// <summary>Makes what was asked for.</summary>
    /// <param name="name">ext4, btrfs, xfs or a folder.</param>
    /// <param name="work">Folder of the benchmark.</param>
    public static WorkFileSystem Open(string name, string work)
    {
        Directory.CreateDirectory(work);
        if (name is not ("ext4" or "btrfs" or "xfs"))
            return new(Path.Combine(Path.GetFullPath(name), "dataversion-benchmark"), null);
        if (Shell.FirstLine($"stat -f -c %T '{work}'").Replace("ext2/ext3", "ext4") == name)
            return new(Path.Combine(work, "files"), null);
        var (image, mount) = (Path.Combine(work, name + ".image"), Path.Combine(work, name));
        Shell.Run($"mkdir -p '{mount}'; mountpoint -q '{mount}' && umount '{mount}'; rm -f '{image}'; truncate -s {ImageBytes} '{image}' "
            + $"&& mkfs.{name} -q '{image}' && mount -o loop '{image}' '{mount}'", work);
        return new(Path.Combine(mount, "files"), mount);
    }

    /// <summary>Waits until everything is written, and empties the page cache if wanted.</summary>
    public void Settle(bool cold) => Shell.Run($"sync -f '{Folder}'" + (cold ? "; sync; echo 3 > /proc/sys/vm/drop_caches" : ""), Folder);

    /// <summary>Takes the file system in a file away.</summary>
    public void Dispose()
    {
        if (mounted is not null)
            Shell.Run($"umount '{mounted}' && rm -f '{mounted}.image'", Path.GetDirectoryName(mounted)!);
    }
}
