using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Sends a large value in parts. The file is read once, in order, and hashed as it is read; parts go out several at a time
/// where the service takes them so; the value gets its name only when all its bytes were right. What an earlier attempt or
/// session has sent is compared with the file by a mark of its bytes (XXH128: the file as a whole is proven by its MD5), and not sent again.
/// </summary>
internal sealed class PartSender(RemoteCalls calls, MemoryBudget budget, UploadRecords records, IPartUploads uploads)
{
    private const long LeastPart = 8 << 20;

    /// <summary>Sizes of parts are multiples of this (Google's rule; harmless to the others).</summary>
    private const long Step = 256 << 10;

    // Arrays of the usual length, to be used again, by the next command too: the collector would let many of them lie about. Not
    // more than the budget allows, and gone when it clears up.
    private static readonly WeakReference<ConcurrentBag<byte[]>> Kept = new([]);

    private readonly ConcurrentBag<byte[]> idle = Share();

    /// <summary>Sends a value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="upload">The value.</param>
    /// <param name="passed">Receives the number of bytes that are there, also those of earlier sessions.</param>
    /// <param name="cancellation">Ends the sending; what was sent stays for the next time.</param>
    /// <exception cref="DataVersionException">ObjectCorrupt, FileChangedDuringRead, or what the service says.</exception>
    public async Task SendAsync(string key, RemoteUpload upload, Action<long> passed, CancellationToken cancellation)
    {
        var layout = LayoutOf(upload);
        var (service, sent) = await OpenAsync(key, layout, cancellation).ConfigureAwait(false);
        await using (service.ConfigureAwait(false))
            try
            {
                await SendPartsAsync(key, upload, layout, service, sent, passed, cancellation).ConfigureAwait(false);
                await calls.RunAsync(async watch =>
                {
                    await service.CompleteAsync(watch.Token).ConfigureAwait(false);
                    upload.Stored = service.Stored;
                    return 0;
                }, key, 0, cancellation).ConfigureAwait(false);
            }
            catch (DataVersionException error) when (error.Kind is DataErrorKind.ObjectCorrupt or DataErrorKind.FileChangedDuringRead or DataErrorKind.ObjectMissing)
            {
                // Wrong bytes, or an upload that the service has forgotten: nothing of it is of use.
                records.Remove(key, layout);
                await TryAbortAsync(service).ConfigureAwait(false);
                throw;
            }
        records.Remove(key, layout);
    }

    /// <summary>Gives up uploads that were last gone on with before a time. The caller holds the repository's lock, so nobody goes on with
    /// one now. What cannot be reached stays recorded.</summary>
    public async Task ForgetAbandonedAsync(DateTime before, CancellationToken cancellation)
    {
        foreach (var (file, key, token, layout) in records.Abandoned(before))
            try
            {
                await calls.RunAsync(async watch =>
                {
                    if (await uploads.ResumeAsync(key, token, layout, watch.Token).ConfigureAwait(false) is { } service)
                        await using (service.ConfigureAwait(false))
                            await service.AbortAsync(watch.Token).ConfigureAwait(false);
                    return 0;
                }, key, 0, cancellation).ConfigureAwait(false);
                Files.FileRemoval.Try(file);
            }
            catch (DataVersionException)
            {
                // What was asked for has been pushed; this can wait.
            }
    }

    private PartLayout LayoutOf(RemoteUpload upload)
    {
        var least = Math.Max(Math.Max(LeastPart, uploads.Rules.LeastPart), (upload.Size + uploads.Rules.MostParts - 1) / uploads.Rules.MostParts);
        return new PartLayout(upload.Size, (least + Step - 1) / Step * Step, upload.Hash ?? default);
    }

    private async Task<(IPartUpload Service, IReadOnlyDictionary<int, string> Sent)> OpenAsync(string key, PartLayout layout, CancellationToken cancellation)
    {
        IPartUpload? service = null;
        if (records.Find(key, layout) is { } record && record.PartSize == layout.PartSize)
        {
            await calls.RunAsync(async watch =>
            {
                service = await uploads.ResumeAsync(key, record.Token, layout, watch.Token).ConfigureAwait(false);
                return 0;
            }, key, 0, cancellation).ConfigureAwait(false);
            if (service is not null)
                return (service, service.Present.Where(record.Parts.ContainsKey).ToDictionary(number => number, number => record.Parts[number]));
        }
        await calls.RunAsync(async watch =>
        {
            service = await uploads.BeginAsync(key, layout, watch.Token).ConfigureAwait(false);
            return 0;
        }, key, 0, cancellation).ConfigureAwait(false);
        records.Begin(key, layout, service!.Token);
        FaultPoint.Reach("push.begun");
        return (service, new Dictionary<int, string>());
    }

    private async Task SendPartsAsync(string key, RemoteUpload upload, PartLayout layout, IPartUpload service, IReadOnlyDictionary<int, string> sent,
        Action<long> passed, CancellationToken cancellation)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new List<Task>();
        await using var file = upload.OpenFile();
        upload.CheckLegacyText();
        try
        {
            for (var number = 0; number < layout.Count; number++)
            {
                var share = await budget.TakeAsync(layout.LengthOf(number), failure.Token).ConfigureAwait(false);
                try
                {
                    var part = await ReadAsync(file, upload, (int)layout.LengthOf(number), failure.Token).ConfigureAwait(false);
                    whole.AppendData(part.Span);
                    // A service may take the last part for the end of the value.
                    if (number == layout.Count - 1 && !upload.IsLegacyText)
                        upload.Check(new ContentHash(whole.GetCurrentHash()));
                    var mark = Convert.ToHexStringLower(XxHash128.Hash(part.Span));
                    if (sent.TryGetValue(number, out var known) && known == mark)
                    {
                        passed(part.Length);
                        Return(part);
                        continue;
                    }
                    var sending = SendPartAsync(key, layout, service, number, part, mark, share, passed, failure);
                    share = null;
                    if (uploads.Rules.IsSequential)
                        await sending.ConfigureAwait(false);
                    else
                        running.Add(sending);
                }
                finally
                {
                    share?.Dispose();
                }
            }
        }
        // The part that failed tells why.
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
        }
        catch
        {
            // Nothing of it may still be on its way when it is given up.
            await failure.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(Task.WhenAll(running)).ConfigureAwait(false);
            throw;
        }
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private async Task SendPartAsync(string key, PartLayout layout, IPartUpload service, int number, ReadOnlyMemory<byte> part, string mark, IDisposable share,
        Action<long> passed, CancellationTokenSource failure)
    {
        using (share)
            try
            {
                var attempts = 0;
                await calls.RunAsync(async watch =>
                {
                    attempts++;
                    await service.PutAsync(number, part, watch.Token).ConfigureAwait(false);
                    return part.Length;
                }, key, part.Length, failure.Token).ConfigureAwait(false);
                // A call that failed may still be about to send of it.
                if (attempts == 1)
                    Return(part);
                records.Add(key, layout, number, mark);
                FaultPoint.Reach("push.part");
                passed(part.Length);
            }
            catch
            {
                await failure.CancelAsync().ConfigureAwait(false);
                throw;
            }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(FileStream file, RemoteUpload upload, int length, CancellationToken cancellation)
    {
        var part = length > LeastPart || !idle.TryTake(out var used) ? GC.AllocateUninitializedArray<byte>(Math.Max(length, (int)LeastPart)) : used;
        if (await file.ReadAtLeastAsync(part.AsMemory(0, length), length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) < length)
            throw Hashing.FileHasher.Changed(upload.Path);
        return part.AsMemory(0, length);
    }

    private static ConcurrentBag<byte[]> Share()
    {
        lock (Kept)
        {
            if (!Kept.TryGetTarget(out var kept))
                Kept.SetTarget(kept = []);
            return kept;
        }
    }

    private void Return(ReadOnlyMemory<byte> part)
    {
        if (MemoryMarshal.TryGetArray(part, out var array) && array.Array is { Length: (int)LeastPart } whole)
            idle.Add(whole);
    }

    private static async Task TryAbortAsync(IPartUpload service)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await service.AbortAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DataVersionException or OperationCanceledException)
        {
            // Nothing under the key; the service forgets the parts by its own rules.
        }
    }
}
