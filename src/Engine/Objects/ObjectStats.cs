using Microsoft.Win32.SafeHandles;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Objects;

/// <summary>
/// The stats of many objects: on Linux relative to the open folders of the store, which spares the search of the whole path for
/// each. Thread-safe.
/// </summary>
/// <param name="stores">The stores.</param>
/// <param name="wanted">How many will be asked for; few are not worth the opening of folders.</param>
internal sealed class ObjectStats(ObjectStores stores, int wanted) : IDisposable
{
    private const int Folders = 256;

    // Those of the current store, then those of the older one.
    private readonly SafeFileHandle?[]? folders = wanted > 2 * Folders && OperatingSystem.IsLinux() ? new SafeFileHandle?[2 * Folders] : null;

    /// <summary>As <see cref="ObjectStore.Stat"/>.</summary>
    /// <exception cref="IOException">The operating system refuses; also <see cref="UnauthorizedAccessException"/>.</exception>
    public FileStat Read(ContentHash hash)
    {
        if (folders is not null && !hash.IsDirectory)
        {
            Span<byte> bytes = stackalloc byte[16];
            hash.CopyTo(bytes);
            // 30 digits, and the zero that ends a name.
            Span<byte> name = stackalloc byte[31];
            Convert.TryToHexStringLower(bytes[1..], name, out _);
            name[^1] = 0;
            // A folder that was replaced since it was opened does not show what is in the new one, so only what is there is believed.
            if (Open(hash, bytes[0]) is { } folder && LinuxFiles.TryStat(folder, name, followLinks: true) is { Exists: true } stat)
                return stat;
        }
        return stores.For(hash.Algorithm).Stat(hash);
    }

    public void Dispose()
    {
        foreach (var folder in folders ?? [])
            folder?.Dispose();
    }

    private SafeFileHandle? Open(ContentHash hash, byte number)
    {
        ref var place = ref folders![(hash.Algorithm == ContentHashAlgorithm.Md5 ? 0 : Folders) + number];
        if (Volatile.Read(ref place) is { } known)
            return known.IsInvalid ? null : known;
        SafeFileHandle opened;
        try
        {
            opened = LinuxDescriptors.OpenFolder(Path.GetDirectoryName(stores.PathOf(hash))!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The way by the path tells what is the matter.
            opened = new SafeFileHandle();
        }
        if (Interlocked.CompareExchange(ref place, opened, null) is not { } faster)
            return opened.IsInvalid ? null : opened;
        opened.Dispose();
        return faster.IsInvalid ? null : faster;
    }
}
