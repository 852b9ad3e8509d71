using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;
using DataVersion.Engine.Linking;

namespace DataVersion.Engine.Objects;

// The ways to get the bytes of a file into the store. Each leaves either a whole object or nothing.
public sealed partial class ObjectStoreWriter
{
    /// <summary>
    /// A second name of the workspace file in the store: no byte is written, and the file never leaves its place. Object
    /// and file share the inode from then on, which is what a hard link means and what a symbolic link becomes when the
    /// workspace file is replaced. Null when the file system or the source does not allow it.
    /// </summary>
    private StoreOutcome? StoreByLink(string path, in FileStat before, ContentHash? known, FileHasher hasher)
    {
        if (FileStat.Read(path).Kind == FileKind.Symlink)
            return null;
        var temporary = store.TemporaryName();
        try
        {
            var error = LinkCalls.Make(LinkKind.Hardlink, path, temporary, FileModes.Object);
            if (error != 0)
                return LinkCalls.MeansUnsupported(error) ? null : throw NativeError.ToException(error, path);
            FaultPoint.Reach("store.linked");
            var linked = FileStat.Read(temporary);
            if (!linked.SameContentAs(before) || HashOf(temporary, known, hasher) is not { } hash)
                return Drop(temporary, path, linked);
            // By both names: the inode was not written to, and the path still means this inode.
            if (!FileStat.Read(temporary).SameContentAs(before) || !FileStat.Read(path).SameContentAs(before))
                return Drop(temporary, path, linked);
            return Finish(temporary, hash, before, LinkKind.Hardlink, hasher);
        }
        catch
        {
            FileRemoval.Try(temporary);
            throw;
        }
    }

    /// <summary>A clone of the file, then hashed; null when the file system cannot clone.</summary>
    private StoreOutcome? StoreByClone(string path, SourceFile source, in FileStat before, ContentHash? known, FileHasher hasher)
    {
        var temporary = store.TemporaryName();
        try
        {
            var error = LinkCalls.Make(LinkKind.Reflink, path, temporary, FileModes.Private(sharedGroup: false));
            if (error != 0)
            {
                if (!LinkCalls.MeansUnsupported(error))
                    throw NativeError.ToException(error, path);
                cannotClone[before.Device] = true;
                return null;
            }
            FaultPoint.Reach("store.cloned");
            if (HashOf(temporary, known, hasher) is not { } hash || !source.Stat().SameContentAs(before))
                return Drop(temporary, path, before);
            return Finish(temporary, hash, before, LinkKind.Reflink, hasher);
        }
        catch
        {
            FileRemoval.Try(temporary);
            throw;
        }
    }

    /// <summary>The private copy is in memory: nothing is written when the object is there already.</summary>
    private StoreOutcome StoreSmallCopy(string path, SourceFile source, in FileStat before, FileHasher hasher)
    {
        var content = hasher.ReadSmall(source, (int)before.Size);
        if (content.Length != before.Size || !source.Stat().SameContentAs(before))
            return Changed(path, before);
        var hash = hasher.HashSmall(content, ContentHashAlgorithm.Md5);
        var file = store.PathOf(hash);
        if (FileStat.Read(file, followLinks: true).Exists)
        {
            // Verifying may use the hasher's buffer, so a bad object means reading the source again.
            var check = verifier.Verify(hash, hasher, always: false);
            if (check.Verdict == ObjectVerdict.Good)
                return new StoreOutcome(StoreStatus.AlreadyThere, hash, before, null, null);
            if (check.Verdict == ObjectVerdict.Unreadable)
                throw check.Error!;
            content = hasher.ReadSmall(source, (int)before.Size);
            if (content.Length != before.Size || hasher.HashSmall(content, ContentHashAlgorithm.Md5) != hash)
                return Changed(path, before);
        }
        var temporary = AtomicFile.TemporaryName(store.EnsureFolder(hash));
        try
        {
            using (var target = CreateNew(ref temporary, hash))
            {
                new CopyTarget(target, temporary).Write(content, 0);
                FileTimes.Settle(target, temporary);
            }
            FaultPoint.Reach("store.copied");
            return Finish(temporary, hash, before, LinkKind.Copy, hasher);
        }
        catch
        {
            FileRemoval.Try(temporary);
            throw;
        }
    }

    /// <summary>Copied in chunks and hashed on the way.</summary>
    private StoreOutcome StoreLargeCopy(string path, SourceFile source, in FileStat before, FileHasher hasher)
    {
        var temporary = store.TemporaryName();
        try
        {
            ContentHash? hash;
            using (var target = CreateNew(ref temporary, null))
            {
                hash = hasher.Read(source, before.Size, ContentHashAlgorithm.Md5, new CopyTarget(target, temporary));
                FileTimes.Settle(target, temporary);
            }
            FaultPoint.Reach("store.copied");
            if (hash is not { } found || !source.Stat().SameContentAs(before))
                return Drop(temporary, path, before);
            return Finish(temporary, found, before, LinkKind.Copy, hasher);
        }
        catch
        {
            FileRemoval.Try(temporary);
            throw;
        }
    }

    // Another process may have removed an empty folder since we made it (gc): make it again, once.
    private Microsoft.Win32.SafeHandles.SafeFileHandle CreateNew(ref string temporary, ContentHash? hash)
    {
        try
        {
            return Create(temporary);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            store.ForgetFolders();
            temporary = hash is { } name ? AtomicFile.TemporaryName(store.EnsureFolder(name)) : store.TemporaryName();
            return Create(temporary);
        }

        static Microsoft.Win32.SafeHandles.SafeFileHandle Create(string path) => OperatingSystem.IsLinux()
            ? LinuxDescriptors.CreateNew(path, FileModes.Private(sharedGroup: false))
            : File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
    }

    private static ContentHash? HashOf(string temporary, ContentHash? known, FileHasher hasher)
    {
        if (known is not null)
            return known;
        var outcome = hasher.Hash(temporary, ContentHashAlgorithm.Md5);
        return outcome.Status switch
        {
            HashStatus.Hashed => outcome.Hash,
            HashStatus.ChangedDuringRead => null,
            _ => throw outcome.Error!,
        };
    }

    private static StoreOutcome Drop(string temporary, string path, in FileStat stat)
    {
        FileRemoval.Try(temporary);
        return Changed(path, stat);
    }
}
