using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine.Files;
using DataVersion.Engine.Linking;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// The lock of <c>core.hardlink_lock</c>, by the rules of flufl.lock: a claim file of our own becomes the lock by a hard link.
/// Source: dvc-compat §11.1.
/// </summary>
internal sealed class HardlinkLock : IDisposable
{
    // flufl.lock forgives clocks that differ by this much.
    private static readonly TimeSpan ClockSlop = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    private readonly string path;
    private readonly string claim;

    private HardlinkLock(string path, string claim) => (this.path, this.claim) = (path, claim);

    /// <summary>Takes the lock; null when someone holds it.</summary>
    /// <param name="path">Absolute path of the lock.</param>
    public static HardlinkLock? TryTake(string path)
    {
        BreakWhenStale(path);
        if (FileStat.Read(path).Exists)
            return null;
        var claim = ClaimName(path);
        File.WriteAllText(claim, claim, new UTF8Encoding(false));
        try
        {
            File.SetLastWriteTimeUtc(claim, DateTime.UtcNow + Lifetime);
            // The result says less than the link count: on NFS link(2) may report a failure after it worked.
            var error = LinkCalls.Make(LinkKind.Hardlink, claim, path, mode: 0);
            if (FileStat.Read(claim) is { LinkCount: 2 } mine && FileStat.Read(path) is var held && held.Inode == mine.Inode && held.Device == mine.Device)
                return new HardlinkLock(path, claim);
            if (error != 0 && !FileStat.Read(path).Exists)
                throw NativeError.ToException(error, path);
        }
        catch
        {
            FileRemoval.Try(claim);
            throw;
        }
        FileRemoval.Try(claim);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Only what is still ours: someone may have broken the lock.
        if (FileStat.Read(claim) is { Exists: true } mine && FileStat.Read(path).Inode == mine.Inode)
            FileRemoval.Try(path);
        FileRemoval.Try(claim);
    }

    private static void BreakWhenStale(string path)
    {
        try
        {
            var stat = FileStat.Read(path);
            if (!stat.Exists || stat.ModifiedNs / 1_000_000_000 + (long)ClockSlop.TotalSeconds >= DateTimeOffset.UtcNow.ToUnixTimeSeconds())
                return;
            var claim = File.ReadAllText(path);
            if (Path.GetDirectoryName(claim) != Path.GetDirectoryName(path))
                return; // the file of the other kind of lock: the two do not see each other, so a person must decide
            // Renewed first, so that another process that sees it now lets it be.
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow + Lifetime);
            FileRemoval.Try(path);
            FileRemoval.Try(claim);
        }
        catch (IOException)
        {
            // It is gone, or held open: the next attempt will see.
        }
    }

    private static string ClaimName(string path)
    {
        var separator = OperatingSystem.IsWindows() ? '^' : '|';
        var text = string.Join(separator, path, Environment.MachineName, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), RandomNumberGenerator.GetHexString(20));
        return Path.Combine(Path.GetDirectoryName(path)!, Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text))) + ".lock");
    }
}
