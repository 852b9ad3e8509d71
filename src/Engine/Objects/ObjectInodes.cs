using System.Globalization;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Objects;

/// <summary>
/// Which inodes the names of a store stand for, found by listing its folders instead of a call for each object: a workspace file that
/// is linked to its object has the same inode, and so the same stat. Linux only. Thread-safe.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="wanted">How many objects will be asked for; where the store has many more, listing it would cost more than asking.</param>
internal sealed class ObjectInodes(ObjectStore store, int wanted)
{
    private const int WorthListing = 1024;
    private const int Folders = 256;
    // What was listed is believed as long as a check and what follows it may lie apart anyway.
    private const long FreshMilliseconds = 1000;

    private readonly Listing?[] listings = new Listing?[Folders];
    private volatile bool isTooLarge = wanted < WorthListing || !OperatingSystem.IsLinux() || !Environment.Is64BitProcess;

    private sealed record Listing(Dictionary<UInt128, ulong> Inodes, long Time);

    /// <summary>True when the object's name stood for this inode a moment ago; false also when that is not known.</summary>
    /// <param name="hash">Name of an object of this store.</param>
    /// <param name="inode">The number on the store's device.</param>
    public bool IsInode(ContentHash hash, ulong inode)
    {
        if (isTooLarge || hash.IsDirectory)
            return false;
        var key = KeyOf(hash);
        ref var place = ref listings[(int)(key >> 120)];
        // Two threads may both list a folder; one of the lists stays.
        var listing = Volatile.Read(ref place);
        if (listing is null)
            Volatile.Write(ref place, listing = List((int)(key >> 120)));
        return Environment.TickCount64 - listing.Time < FreshMilliseconds && listing.Inodes.TryGetValue(key, out var found) && found == inode;
    }

    private Listing List(int number)
    {
        var inodes = new Dictionary<UInt128, ulong>();
        var prefix = number.ToString("x2", CultureInfo.InvariantCulture);
        var time = Environment.TickCount64;
        var whole = LinuxFolders.TryList(Path.Join(store.Folder, prefix), (name, inode) =>
        {
            if (name.Length == 30 && UInt128.TryParse(name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rest))
                inodes[((UInt128)(uint)number << 120) | rest] = inode;
        });
        if (!whole)
            inodes.Clear();
        if (inodes.Count > 64 + (4 * wanted / Folders))
            isTooLarge = true;
        return new Listing(inodes, time);
    }

    private static UInt128 KeyOf(ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        hash.CopyTo(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
