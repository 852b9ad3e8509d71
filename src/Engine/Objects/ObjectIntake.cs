using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;
using DataVersion.Engine.Linking;

namespace DataVersion.Engine.Objects;

public sealed partial class ObjectStoreWriter
{
    /// <summary>
    /// One file on its way into the store: first a private copy of its bytes is made in the way that is possible, unless the file
    /// itself is to become the object, then that is hashed, perhaps in a lane beside others, then it becomes an object. Leaves
    /// either a whole object or nothing, also when it is given up in between.
    /// </summary>
    private sealed class Intake(ObjectStoreWriter writer, StoreRequest request, HashWorker worker, Action<Intake, StoreOutcome> ended) : IDisposable
    {
        private readonly ObjectStore store = writer.store;
        private readonly string path = request.SourcePath;
        private SourceFile source;
        private FileStat before;
        private FileStamp? stamp;
        private string? temporary;
        private LinkKind? link;
        private NewFile? made;

        private delegate StoreOutcome? Step(ContentHash? hash, ReadOnlySpan<byte> content);

        /// <summary>Begins; the end is told sooner or later.</summary>
        public void Begin()
        {
            if (Take(Prepare) is { } outcome)
                ended(this, outcome);
            else if (link == LinkKind.Hardlink) // the open file is the one that has a second name, or gets it
                worker.HashContent(source, before.Size, null, (hash, _) => End(EndLinked, hash), Fail);
            else if (link is not null)
                worker.HashClone(stamp is null ? made!.Content : source, before.Size, (hash, _) => End(EndLinked, hash), Fail);
            else if (made is not null)
                worker.HashContent(source, before.Size, made.Target, (hash, _) => End(EndLargeCopy, hash), Fail);
            else
                worker.HashContent(source, before.Size, null, (hash, content) => End(EndSmallCopy, hash, content), Fail);
        }

        public void Dispose()
        {
            source.Dispose();
            made?.Dispose();
            if (temporary is not null)
                FileRemoval.Try(temporary);
        }

        // Errors become outcomes; those of the receiver are not ours.
        private StoreOutcome? Take(Step step, ContentHash? hash = null, ReadOnlySpan<byte> content = default)
        {
            try
            {
                return step(hash, content);
            }
            catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException && !File.Exists(path))
            {
                return new StoreOutcome(StoreStatus.Missing, default, default, null, FileErrors.Describe(error, path, "read"));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or DataVersionException)
            {
                var described = FileErrors.Describe(error, path, "store", $" in the cache '{store.Folder}'");
                return FindStored(described) ?? new StoreOutcome(StoreStatus.Failed, default, default, null, described);
            }
        }

        private void End(Step step, ContentHash? hash, ReadOnlySpan<byte> content = default) => ended(this, Take(step, hash, content)!.Value);

        private void Fail(Exception error) => End((_, _) => throw error, null);

        // Gives the outcome when there is nothing to hash.
        private StoreOutcome? Prepare(ContentHash? none, ReadOnlySpan<byte> nothing)
        {
            if (Unchanged() is { } nothingToDo)
                return nothingToDo;
            source = OpenSource(path);
            var found = source.Stamp();
            before = found.Stat;
            if (before.Kind != FileKind.File)
                throw new DataVersionException(DataErrorKind.PathUnsupported, $"Cannot store '{path}': it is no file.",
                    path, "Track files and folders only; add pipes and devices to .dvcignore.");
            // Asked before the file is cloned: what is written from now on changes its time.
            var isSettled = found.IsSettled;
            // A stat record speaks for the file only as long as it has that stat; of a symbolic link it never does.
            var known = request.KnownHash is { } hash && request.Known.SameContentAs(before) ? hash : (ContentHash?)null;
            if (before.Size > 0 && (Link() || Clone()))
            {
                if (temporary is not null && !FileStat.Read(temporary).SameContentAs(before))
                    return Changed(path, before);
                stamp = link == LinkKind.Reflink && isSettled && writer.keepsTimes.Value ? found : null;
                return known is not null ? EndLinked(known, []) : null;
            }
            if (before.Size > HashWorker.MostContent)
                made = CreateNew(null);
            return null;
        }

        /// <summary>
        /// An unchanged file whose object is good costs nothing more: the stat that the caller just took tells its content. A
        /// change made since then is one made after the add.
        /// </summary>
        private StoreOutcome? Unchanged()
        {
            if (request.KnownHash is not { } hash || request.Known.Kind != FileKind.File)
                return null;
            var check = (request.Known.LinkCount > 1 && writer.inodes!.IsInode(hash, request.Known.Inode) ? writer.verifier.VerifyAs(hash, request.Known) : null)
                ?? writer.verifier.Verify(hash, worker.Alone, always: false, writer.stats);
            return check.Verdict == ObjectVerdict.Good
                ? new StoreOutcome(StoreStatus.AlreadyThere, hash, request.Known, null, null) { Object = check.Stat } : null;
        }

        /// <summary>
        /// A second name of the workspace file in the store: no byte is written, and the file never leaves its place. Object
        /// and file share the inode from then on, which is what a hard link means and what a symbolic link becomes when the
        /// workspace file is replaced. False when the file system or the source does not allow it.
        /// On Linux the open file gets that name last, where this is possible: one change of a folder instead of two.
        /// </summary>
        private bool Link()
        {
            if (request.Preferred is not (LinkKind.Hardlink or LinkKind.Symlink)
                || (request.Known.Exists ? request.Known : FileStat.Read(path)).Kind == FileKind.Symlink)
                return false;
            if (!writer.linksByName && before.Device == writer.device.Value)
            {
                link = LinkKind.Hardlink;
                return true;
            }
            temporary = store.TemporaryName();
            var error = LinkCalls.Make(LinkKind.Hardlink, path, temporary, FileModes.Object);
            if (IsMade(error, LinkKind.Hardlink))
            {
                FaultPoint.Reach("store.linked");
                return true;
            }
            temporary = null;
            return false;
        }

        /// <summary>
        /// A clone of the file; false when the file system cannot clone. Its blocks are not in memory, those of the file often are. So
        /// the file is hashed, if its <see cref="FileStamp"/> proves that it still has the bytes which were cloned: cloning writes
        /// what is mapped into programs to the disk first, and what is written later changes the time of the inode.
        /// </summary>
        private bool Clone()
        {
            if (writer.cannotClone.ContainsKey(before.Device))
                return false;
            store.EnsureRoot();
            if (IsMade(NewFile.Clone(source, path, store.Folder, FileModes.Private(sharedGroup: false), out made), LinkKind.Reflink))
            {
                made!.Settle();
                FaultPoint.Reach("store.cloned");
                return true;
            }
            writer.cannotClone[before.Device] = true;
            return false;
        }

        private bool IsMade(int error, LinkKind kind)
        {
            if (error != 0)
                return LinkCalls.MeansUnsupported(error) ? false : throw NativeError.ToException(error, path);
            link = kind;
            return true;
        }

        private StoreOutcome? EndLinked(ContentHash? hash, ReadOnlySpan<byte> nothing)
        {
            // The inode was not written to, and, of a hard link, the path still means this inode.
            var now = source.Stamp();
            var still = hash is not null && now.Stat.SameContentAs(before) && (stamp is not { ChangedNs: var changed } || now.ChangedNs == changed)
                && (link != LinkKind.Hardlink || FileStat.Read(path).SameContentAs(before));
            return still ? Finish(hash!.Value, link!.Value) : Changed(path, before);
        }

        /// <summary>The private copy is in memory: nothing is written when the object is there already.</summary>
        private StoreOutcome? EndSmallCopy(ContentHash? found, ReadOnlySpan<byte> content)
        {
            if (found is not { } hash || !source.Stat().SameContentAs(before))
                return Changed(path, before);
            if (FileStat.Read(store.PathOf(hash), followLinks: true).Exists)
            {
                // Verifying may use the memory the content is in, so a bad object means reading the source again.
                var check = writer.verifier.Verify(hash, worker.Alone, always: false);
                if (check.Verdict == ObjectVerdict.Good)
                    return new StoreOutcome(StoreStatus.AlreadyThere, hash, before, null, null) { Object = check.Stat };
                if (check.Verdict == ObjectVerdict.Unreadable)
                    throw check.Error!;
                var again = worker.Alone.ReadSmall(source, (int)before.Size);
                if (again.Length != before.Size || worker.Alone.HashSmall(again, ContentHashAlgorithm.Md5) != hash)
                    return Changed(path, before);
                content = again;
            }
            made = CreateNew(hash);
            made.Target.Write(content, 0);
            return EndCopy(hash);
        }

        /// <summary>Copied in chunks and hashed on the way.</summary>
        private StoreOutcome? EndLargeCopy(ContentHash? hash, ReadOnlySpan<byte> nothing) =>
            hash is { } found && source.Stat().SameContentAs(before) ? EndCopy(found) : Changed(path, before);

        private StoreOutcome EndCopy(ContentHash hash)
        {
            made!.Settle();
            FaultPoint.Reach("store.copied");
            return Finish(hash, LinkKind.Copy);
        }

        // Another process may have removed an empty folder since we made it (gc): make it again, once.
        private NewFile CreateNew(ContentHash? hash)
        {
            try
            {
                return Create();
            }
            catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
            {
                store.ForgetFolders();
                return Create();
            }

            NewFile Create()
            {
                store.EnsureRoot();
                return NewFile.Create(hash is { } folder ? store.EnsureFolder(folder) : store.Folder, FileModes.Private(sharedGroup: false));
            }
        }

        // Gives a verified temporary file its name, unless a good object has it already. Any file of that name was looked at.
        private StoreOutcome Finish(ContentHash hash, LinkKind method)
        {
            var place = store.PathOf(hash);
            // Publishing makes read-only first, which a workspace file that shares the inode must be spared without need.
            var free = method != LinkKind.Hardlink || !FileStat.Read(place).Exists;
            for (var attempt = 0; ; attempt++, free = true)
            {
                var published = free ? Publish(hash) : false;
                if (published is null)
                {
                    // The way by names tells what is possible here.
                    writer.linksByName = true;
                    return Changed(path, before);
                }
                if (published is true)
                {
                    temporary = null;
                    // A second name has the stat of the first.
                    var stored = method == LinkKind.Hardlink ? before with { Mode = FileModes.Object, LinkCount = before.LinkCount + 1 }
                        : made!.StatAs(place);
                    writer.records.Record(place, stored, hash);
                    return new StoreOutcome(StoreStatus.Stored, hash, before, method, null) { Object = stored };
                }
                var check = writer.verifier.Verify(hash, worker.Alone, always: false);
                if (check.Verdict == ObjectVerdict.Good)
                    return new StoreOutcome(StoreStatus.AlreadyThere, hash, before, null, null) { Object = check.Stat };
                // A bad object is in quarantine now, so the name is free.
                if (attempt == 3 || check.Verdict == ObjectVerdict.Unreadable || check is { Verdict: ObjectVerdict.Corrupt, QuarantinedTo: null })
                    throw check.Error!;
            }
        }

        private bool? Publish(ContentHash hash) => made is not null ? store.TryPublish(made, hash)
            : temporary is not null ? store.TryPublish(temporary, hash) : store.TryPublish(source, before.Mode, hash);

        // A cache that is full or read-only still serves what it has: then the file's hash, found by reading it in place, is enough.
        private StoreOutcome? FindStored(DataVersionException error)
        {
            if (error.Kind is not (DataErrorKind.AccessDenied or DataErrorKind.DiskFull))
                return null;
            var outcome = worker.Alone.Hash(path, ContentHashAlgorithm.Md5);
            return outcome.Status == HashStatus.Hashed
                && writer.verifier.Verify(outcome.Hash, worker.Alone, always: false).Verdict == ObjectVerdict.Good
                ? new StoreOutcome(StoreStatus.AlreadyThere, outcome.Hash, outcome.After, null, null)
                : null;
        }
    }
}
