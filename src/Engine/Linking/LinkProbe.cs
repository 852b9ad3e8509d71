using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Linking;

/// <summary>Which kinds of links work from a cache to a workspace folder.</summary>
public sealed class LinkSupport
{
    private readonly string?[] failures;

    internal LinkSupport(string?[] failures, string? unknown)
    {
        this.failures = failures;
        Unknown = unknown;
    }

    /// <summary>
    /// Why nothing could be tried (a cache that cannot be written, say); null when the answers are real. Every kind
    /// counts as possible then, and each file finds out by itself.
    /// </summary>
    public string? Unknown { get; }

    /// <summary>True when the kind works.</summary>
    public bool Supports(LinkKind kind) => failures[(int)kind] is null;

    /// <summary>Why a kind does not work, in the operating system's words; null when it does.</summary>
    public string? WhyNot(LinkKind kind) => failures[(int)kind];

    /// <summary>The kinds of this order that work. Hard-linked empty files are no exception to it: they need none.</summary>
    public IReadOnlyList<LinkKind> Usable(IReadOnlyList<LinkKind> order) => Array.FindAll([.. order], Supports);
}

/// <summary>
/// Finds out by trying, with a 4-byte file, which kinds of links work; once for each pair of cache device and workspace
/// device. Thread-safe.
/// </summary>
public sealed class LinkProbe
{
    private readonly ConcurrentDictionary<(ulong Cache, ulong Workspace, string CacheFolder), LinkSupport> known = new();

    /// <summary>Tries all kinds from one folder to another. Both must exist; what is made is removed again.</summary>
    /// <exception cref="IOException">One of the folders cannot be read.</exception>
    public LinkSupport Probe(string cacheFolder, string workspaceFolder)
    {
        var key = (FileStat.Read(cacheFolder, followLinks: true).Device,
            FileStat.Read(workspaceFolder, followLinks: true).Device, cacheFolder);
        return known.GetOrAdd(key, _ => Try(cacheFolder, workspaceFolder));
    }

    private static LinkSupport Try(string cacheFolder, string workspaceFolder)
    {
        var failures = new string?[4];
        var source = AtomicFile.TemporaryName(cacheFolder);
        try
        {
            File.WriteAllBytes(source, "test"u8);
            foreach (var kind in Enum.GetValues<LinkKind>())
            {
                var destination = AtomicFile.TemporaryName(workspaceFolder);
                var error = LinkCalls.Make(kind, source, destination, FileModes.Private(sharedGroup: false));
                if (error != 0)
                    failures[(int)kind] = Marshal.GetPInvokeErrorMessage(error);
                else
                    FileRemoval.Try(destination);
            }
            return new LinkSupport(failures, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new LinkSupport(new string?[4], error.Message);
        }
        finally
        {
            FileRemoval.Try(source);
        }
    }
}
