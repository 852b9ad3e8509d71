using System.Collections.Concurrent;
using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;
using DataVersion.Engine.Linking;

namespace DataVersion.Engine.Remotes;

/// <summary>An object that is copied between two folders of this machine.</summary>
/// <param name="Hash">What the bytes of the copy must have; not of a legacy text.</param>
/// <param name="Source">Absolute path; links are followed.</param>
/// <param name="EnsureFolder">Makes the folder that the copy will be in and gives its path.</param>
/// <param name="Publish">Gives the copy its name; called only when its bytes are right.</param>
/// <param name="Wrong">The error for a copy whose bytes have another hash.</param>
/// <param name="Done">Receives the error, or null when the copy is published.</param>
/// <param name="IsVerified">True for a stat of the source with which its bytes have been found right before.</param>
internal sealed record CopyRequest(ContentHash Hash, string Source, Func<string> EnsureFolder, Action<NewFile> Publish,
    Func<ContentHash, DataVersionException> Wrong, Action<Exception?> Done, Func<FileStat, bool> IsVerified);

/// <summary>
/// Copies many objects, each as a clone where the file systems can clone, and hashes the copies, several at a time in the
/// lanes of a vector. Small ones are read once, hashed in memory, and written from there when they are right. A clone of a
/// verified object is not read: it is the same blocks on the disk, as in a checkout.
/// </summary>
internal sealed class CopyBatch(OperationContext context, Action<long> passed)
{
    private readonly ConcurrentDictionary<ulong, bool> cannotClone = new();

    /// <summary>Carries out all requests.</summary>
    /// <param name="count">How many.</param>
    /// <param name="sizeOf">The length of one if known, else -1.</param>
    /// <param name="describe">Makes a request when its turn has come.</param>
    /// <param name="workers">Most threads.</param>
    /// <param name="isOfOne">True for errors that end one request only.</param>
    public void Run(int count, Func<int, long> sizeOf, Func<int, CopyRequest> describe, int workers, Func<Exception, bool> isOfOne)
    {
        var plan = HashPlan.Of(count, workers, sizeOf);
        WorkQueue.Run(count, workers, context.Cancellation, queue =>
        {
            var open = new HashSet<Copy>();
            try
            {
                using var worker = new HashWorker(plan, context.Cancellation, passed);
                while (queue.TryTake(out var index))
                {
                    var copy = new Copy(this, describe(index), worker, open, isOfOne);
                    open.Add(copy);
                    copy.Begin();
                }
                worker.Finish();
            }
            finally
            {
                // Those that a cancellation cut off.
                foreach (var copy in open)
                    copy.Dispose();
            }
        }, plan.Order);
    }

    private void Passed(long bytes) => passed(bytes);

    private sealed class Copy(CopyBatch batch, CopyRequest request, HashWorker worker, HashSet<Copy> open, Func<Exception, bool> isOfOne) : IDisposable
    {
        private static readonly int Mode = FileModes.Private(sharedGroup: false);

        private SourceFile source;
        private NewFile? made;

        public void Begin()
        {
            long size = 0;
            var (isClone, isVerified) = (false, false);
            if (!Try(() =>
            {
                source = SourceFile.Open(request.Source);
                var stat = source.Stat();
                size = stat.Size;
                isClone = size > 0 && Clone(stat.Device);
                // Still what it was after it was cloned, so that is what was cloned.
                isVerified = isClone && request.IsVerified(stat) && source.Stat().SameContentAs(stat);
                if (!isClone && size > HashWorker.MostContent)
                    made = NewFile.Create(request.EnsureFolder(), Mode);
            }))
                return;
            if (isVerified)
            {
                batch.Passed(size);
                End(request.Hash, []);
            }
            else if (isClone)
                worker.HashClone(made!.Content, size, (hash, _) => End(hash, []), Fail);
            else
                worker.HashContent(source, size, made?.Target, End, Fail);
        }

        public void Dispose()
        {
            source.Dispose();
            made?.Dispose();
        }

        private bool Clone(ulong device)
        {
            if (batch.cannotClone.ContainsKey(device))
                return false;
            var error = NewFile.Clone(source, request.Source, request.EnsureFolder(), Mode, out made);
            if (error == 0)
                return true;
            if (!LinkCalls.MeansUnsupported(error))
                throw NativeError.ToException(error, request.Source);
            batch.cannotClone[device] = true;
            return false;
        }

        // The bytes that were hashed are those of the copy, or they are in memory and will be.
        private void End(ContentHash? hash, ReadOnlySpan<byte> content)
        {
            try
            {
                if (hash is not { } found)
                    throw FileHasher.Changed(request.Source);
                if (found.Hex != request.Hash.Hex)
                    throw request.Wrong(found);
                if (made is null)
                {
                    made = NewFile.Create(request.EnsureFolder(), Mode);
                    made.Target.Write(content, 0);
                }
                request.Publish(made);
            }
            catch (Exception error) when (isOfOne(error))
            {
                Fail(error);
                return;
            }
            Close();
            request.Done(null);
        }

        private void Fail(Exception error)
        {
            Close();
            request.Done(error);
        }

        private bool Try(Action action)
        {
            try
            {
                action();
                return true;
            }
            catch (Exception error) when (isOfOne(error))
            {
                Fail(error);
                return false;
            }
        }

        private void Close()
        {
            open.Remove(this);
            Dispose();
        }
    }
}
