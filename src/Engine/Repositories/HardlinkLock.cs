using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine.Files;
using DataVersion.Engine.Linking;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// The lock for file systems without working <c>flock</c> (<c>core.hardlink_lock</c>; protocol of flufl.lock as DVC uses it):
/// a claim file that holds its own path is linked to the lock's name; whoever has the link holds the lock.
/// </summary>
internal sealed class HardlinkLock : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    private readonly string file;
    private readonly string claim;

    private HardlinkLock(string file, string claim) => (this.file, this.claim) = (file, claim);

    public static HardlinkLock? TryTake(string file)
    {
        BreakIfStale(file);
        var mark = OperatingSystem.IsWindows() ? '^' : '|';
        var identity = string.Join(mark, file, Environment.MachineName, Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        var name = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(identity))) + ".lock";
        var claim = Path.Combine(Path.GetDirectoryName(file)!, name);
        File.WriteAllText(claim, claim);
        File.SetLastWriteTimeUtc(claim, DateTime.UtcNow + Lifetime);
        if (LinkCalls.Make(LinkKind.Hardlink, claim, file, 0) == 0 && FileStat.Read(claim).LinkCount == 2)
            return new HardlinkLock(file, claim);
        File.Delete(claim);
        return null;
    }

    public void Dispose()
    {
        File.Delete(file);
        File.Delete(claim);
    }

    /// <summary>A lock whose time is over belongs to a process that ended without giving it back.</summary>
    private static void BreakIfStale(string file)
    {
        try
        {
            if (!File.Exists(file) || File.GetLastWriteTimeUtc(file) > DateTime.UtcNow)
                return;
            var claim = File.ReadAllText(file).Trim();
            File.Delete(file);
            if (Path.GetDirectoryName(claim) == Path.GetDirectoryName(file) && claim.EndsWith(".lock", StringComparison.Ordinal))
                File.Delete(claim);
        }
        catch (IOException)
        {
            // Its holder, or another waiter, was faster.
        }
    }
}
