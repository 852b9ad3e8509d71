using System.Security.Cryptography;
using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Remotes;

/// <summary>Brings an object from a remote into the cache: it gets its name there when its bytes have been found right.</summary>
internal sealed class ObjectReceiver(Repository repository, RemoteObjects remote, RemoteChannel channel, VerifiedCopies copies, Action<long> passed)
{
    /// <summary>Receives an object.</summary>
    /// <exception cref="DataVersionException">ObjectMissing, ObjectCorrupt, or what the service says.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public Task ReceiveAsync(TransferItem item, CancellationToken cancellation) => ReceiveAsync(item, RemoteKeys.Of(item.Hash), cancellation);

    /// <summary>Receives an object that has another name on the remote.</summary>
    public async Task ReceiveAsync(TransferItem item, string key, CancellationToken cancellation)
    {
        var hash = item.Hash;
        // A text hash is one of other bytes than those that travel.
        var isPlain = hash.IsDirectory || hash.Algorithm == ContentHashAlgorithm.Md5;
        if (channel.Storage.LocalPathOf(key) is { } local)
            await InFileAsync(item, temporary => Task.FromResult(copies.Copy(local, temporary, hash.Algorithm)), isStable: false, cancellation).ConfigureAwait(false);
        else if (isPlain && item.Size is >= 0 and <= RemoteChannel.MostInMemory)
            await InMemoryAsync(item, key, cancellation).ConfigureAwait(false);
        else
            await InFileAsync(item, async temporary =>
            {
                var found = await channel.ReceiveAsync(key, item.Size, temporary, isPlain ? hash.Hex : null, passed, cancellation).ConfigureAwait(false);
                return isPlain ? found : copies.Hash(temporary, hash.Algorithm);
            }, isStable: true, cancellation).ConfigureAwait(false);
    }

    private async Task InMemoryAsync(TransferItem item, string key, CancellationToken cancellation)
    {
        var found = default(ContentHash);
        var content = await channel.ReceiveAsync(key, item.Size, bytes => (found = new ContentHash(MD5.HashData(bytes.Span))).Hex == item.Hash.Hex, passed, cancellation).ConfigureAwait(false);
        if (found.Hex != item.Hash.Hex)
            throw remote.Corrupt(item.Hash, found);
        FaultPoint.Reach("fetch.received");
        using var made = NewFile.Create(repository.Stores.For(item.Hash.Algorithm).EnsureFolder(item.Hash), FileModes.Private(sharedGroup: false));
        made.Target.Write(content.Memory.Span, 0);
        content.Release();
        Publish(repository, made, item.Hash, cancellation);
    }

    // What has come of a large object stays under a name that the next session finds.
    private async Task InFileAsync(TransferItem item, Func<string, Task<ContentHash>> receive, bool isStable, CancellationToken cancellation)
    {
        var hash = item.Hash;
        var store = repository.Stores.For(hash.Algorithm);
        var folder = store.EnsureFolder(hash);
        var temporary = isStable ? channel.TemporaryName(folder, $"{hash.Algorithm}:{hash.Hex}") : AtomicFile.TemporaryName(folder);
        try
        {
            ContentHash found;
            try
            {
                found = await receive(temporary).ConfigureAwait(false);
            }
            catch (IOException error) when (FileErrors.IsDiskFull(error))
            {
                // A part of it would keep the room from everything else.
                isStable = false;
                throw;
            }
            catch (UnauthorizedAccessException) when (isStable && File.Exists(temporary))
            {
                // Complete and read-only already when a command was killed, just before it got its name.
                FileRemoval.Try(temporary);
                found = await receive(temporary).ConfigureAwait(false);
            }
            catch (IOException error) when (isStable && error is not EndOfStreamException && IsHeld(temporary))
            {
                // Another process receives the same object.
                (isStable, temporary) = (false, AtomicFile.TemporaryName(folder));
                found = await receive(temporary).ConfigureAwait(false);
            }
            isStable = false;
            if (found.Hex != item.Hash.Hex)
                throw remote.Corrupt(item.Hash, found);
            FaultPoint.Reach("fetch.received");
            var path = store.PathOf(item.Hash);
            if (TryPublish(repository, () => store.TryPublish(temporary, item.Hash), item.Hash, cancellation))
                repository.Stats.Record(path, FileStat.Read(path, followLinks: true), found);
        }
        finally
        {
            if (!isStable)
                FileRemoval.Try(temporary);
        }
    }

    private static bool IsHeld(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Gives a file that holds the right bytes the name of its object.</summary>
    internal static void Publish(Repository repository, NewFile made, ContentHash hash, CancellationToken cancellation)
    {
        var store = repository.Stores.For(hash.Algorithm);
        var path = store.PathOf(hash);
        made.Settle();
        if (TryPublish(repository, () => store.TryPublish(made, hash), hash, cancellation))
            repository.Stats.Record(path, made.StatAs(path), hash);
    }

    // Another process may have stored the object meanwhile: a good one stays (false), a bad one goes to quarantine.
    private static bool TryPublish(Repository repository, Func<bool> tryPublish, ContentHash hash, CancellationToken cancellation)
    {
        for (var attempt = 0; !tryPublish(); attempt++)
        {
            var check = repository.Verifier.Verify(hash, cancellation: cancellation);
            if (check.Verdict == ObjectVerdict.Good)
                return false;
            if (attempt == 3 || check.Verdict == ObjectVerdict.Unreadable)
                throw check.Error!;
        }
        return true;
    }
}
