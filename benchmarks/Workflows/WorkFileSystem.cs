namespace DataVersion.Benchmarks.Workflows;

/// <summary>
/// The file system that is measured on: a folder of one that is there, or one in a file. That one is made anew for each
/// comparison: ext4 looks long for inodes where many files were just deleted (fs/ext4/ialloc.c, recently_deleted), which
/// would measure what ran before.
/// </summary>
internal sealed class WorkFileSystem : IDisposable
{
    private const long ImageBytes = 48L << 30;
    private readonly string type;
    private readonly string? mounted;

    private WorkFileSystem(string folder, string? type, string? mounted)
    {
        (Folder, this.mounted) = (folder, mounted);
        this.type = type ?? TypeOf(Directory.CreateDirectory(folder).FullName);
        Renew();
    }

    /// <summary>Where to work.</summary>
    public string Folder { get; }

    /// <summary>ext4, btrfs, ...</summary>
    public string Type => type;

    /// <summary>For reports.</summary>
    public string Description => mounted is null ? Type : Type + " in a file";

    /// <summary>Bytes that can be written, also on the disk that has the file.</summary>
    public long Free => Math.Min(new DriveInfo(Folder).AvailableFreeSpace, new DriveInfo(Path.GetDirectoryName(mounted) ?? Folder).AvailableFreeSpace);

    /// <summary>Makes what was asked for.</summary>
    /// <param name="name">ext4, btrfs, xfs or a folder.</param>
    /// <param name="work">Folder of the benchmark.</param>
    public static WorkFileSystem Open(string name, string work)
    {
        Directory.CreateDirectory(work);
        if (name is not ("ext4" or "btrfs" or "xfs"))
            return new(Path.Combine(Path.GetFullPath(name), "dataversion-benchmark"), null, null);
        // Without the rights to mount, the folder itself does if it is of that type.
        if (Environment.UserName != "root" && TypeOf(work) == name)
            return new(Path.Combine(work, "files"), name, null);
        var mount = Path.Combine(work, name);
        return new(Path.Combine(mount, "files"), name, mount);
    }

    /// <summary>Makes the one in a file anew and empty; a folder stays as it is.</summary>
    public void Renew()
    {
        if (mounted is null)
            return;
        Remove();
        // Direct: what is in the page cache is not there a second time for the file. ext4 is not to prepare its tables meanwhile.
        var options = type == "ext4" ? "-o noinit_itable" : "";
        Shell.Run($"""
            mkdir -p '{mounted}' && truncate -s {ImageBytes} '{mounted}.image' && mkfs.{type} -q '{mounted}.image'
            device=$(losetup --show --find --direct-io=on '{mounted}.image' 2> /dev/null || losetup --show --find '{mounted}.image') || exit
            mount {options} "$device" '{mounted}' && mkdir '{Folder}'
            """, Path.GetDirectoryName(mounted)!);
    }

    /// <summary>Waits until everything is written, and empties the page cache if wanted.</summary>
    public void Settle(bool cold) => Shell.Run($"sync -f '{Folder}'" + (cold ? "; sync; echo 3 > /proc/sys/vm/drop_caches" : ""), Folder);

    /// <summary>Takes the file system in a file away.</summary>
    public void Dispose()
    {
        if (mounted is not null)
            Remove();
    }

    // Also what a run before left. Servers take a moment to end.
    private void Remove() => Shell.Run($"""
        for try in 1 2 3 4 5 6 7 8 9 10; do
            if mountpoint -q '{mounted}'; then umount '{mounted}' 2> /dev/null || sleep 1; else break; fi
        done
        if mountpoint -q '{mounted}'; then umount '{mounted}' || exit; fi
        for device in $(losetup --noheadings --output NAME --associated '{mounted}.image' 2> /dev/null); do losetup -d "$device"; done
        rm -f '{mounted}.image'
        """, Path.GetDirectoryName(mounted)!);

    private static string TypeOf(string folder) => Shell.FirstLine($"stat -f -c %T '{folder}'").Replace("ext2/ext3", "ext4");
}
