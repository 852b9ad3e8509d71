using System.IO.Enumeration;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Caching;

/// <summary>
/// Finds files of a workspace that are symbolic links to given objects: such an object is the file's only content,
/// whatever the metadata says (after a plain <c>git switch</c>, for example).
/// </summary>
internal static class SymlinkedObjects
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0, IgnoreInaccessible = true, RecurseSubdirectories = true, ReturnSpecialDirectories = false,
    };

    /// <summary>Walks a workspace; links to folders are not followed, <c>.git</c> and <c>.dvc</c> are left out.</summary>
    /// <param name="root">Root of the repository.</param>
    /// <param name="identities">Device and inode of the objects.</param>
    /// <param name="cancellation">Ends the walk.</param>
    /// <returns>Absolute path of each such link, with the identity of its object.</returns>
    public static IEnumerable<(string Link, (ulong Device, ulong Inode) Object)> Find(
        string root, IReadOnlySet<(ulong Device, ulong Inode)> identities, CancellationToken cancellation)
    {
        var links = new FileSystemEnumerable<string>(root, static (ref FileSystemEntry entry) => entry.ToFullPath(), Everything)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0,
            ShouldRecursePredicate = static (ref FileSystemEntry entry) =>
                (entry.Attributes & FileAttributes.ReparsePoint) == 0 && entry.FileName is not (".git" or ".dvc"),
        };
        foreach (var link in links)
        {
            cancellation.ThrowIfCancellationRequested();
            var target = FileStat.Read(link, followLinks: true);
            if (target.Kind == FileKind.File && identities.Contains((target.Device, target.Inode)))
                yield return (link, (target.Device, target.Inode));
        }
    }
}
