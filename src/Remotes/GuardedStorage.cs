using System.Net.Sockets;
using System.Runtime.CompilerServices;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Remotes;

/// <summary>
/// A storage behind a guard: no secret of the remote's configuration gets into a message, and what a service did not describe
/// itself (sockets, timeouts, TLS) becomes an error that the engine knows what to do with.
/// </summary>
internal sealed class GuardedStorage : IRemoteStorage, IPartUploads
{
    private readonly IRemoteStorage inner;
    private readonly RemoteSecrets secrets;

    public GuardedStorage(IRemoteStorage inner, RemoteConfiguration remote)
    {
        (this.inner, secrets) = (inner, new RemoteSecrets(remote));
        Place = secrets.Redact(inner.Place);
    }

    /// <summary>Opens a storage behind a guard: what is wrong with its options is told without their secrets too.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: options that cannot be.</exception>
    public static GuardedStorage Open(RemoteConfiguration remote, Func<RemoteConfiguration, IRemoteStorage> open)
    {
        var secrets = new RemoteSecrets(remote);
        try
        {
            return new GuardedStorage(open(remote), remote);
        }
        catch (DataVersionException error)
        {
            throw Cleared(error, secrets) ?? error;
        }
        catch (Exception error)
        {
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"The remote '{remote.Name}' cannot be opened: {secrets.Redact(error.Message)}", remote.Name,
                "Check its options with Get-DataRemote.");
        }
    }

    /// <summary>The storage behind the guard.</summary>
    internal IRemoteStorage Inner => inner;

    public string Place { get; }

    public StorageTraits Traits => inner.Traits;

    public IPartUploads? Parts => inner.Parts is null ? null : this;

    public PartRules Rules => inner.Parts!.Rules;

    public Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation) => GuardAsync(() => inner.FindAsync(key, cancellation), key, cancellation);

    public async IAsyncEnumerable<RemoteItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var items = inner.ListAsync(prefix, cancellation).GetAsyncEnumerator(cancellation);
        while (await GuardAsync(() => items.MoveNextAsync().AsTask(), prefix, cancellation).ConfigureAwait(false))
            yield return items.Current;
    }

    public Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation) =>
        GuardAsync(() => inner.GetAsync(key, target, range, cancellation), key, cancellation);

    public Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation) => GuardAsync(() => inner.PutAsync(key, content, cancellation), key, cancellation);

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) => GuardAsync(() => inner.DeleteAsync(key, cancellation), key, cancellation);

    public async Task<IReadOnlyDictionary<string, DataVersionException>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellation) =>
        (await GuardAsync(() => inner.DeleteManyAsync(keys, cancellation), $"{keys.Count} keys", cancellation).ConfigureAwait(false))
            .ToDictionary(failed => failed.Key, failed => Cleared(failed.Value, secrets) ?? failed.Value, StringComparer.Ordinal);

    public Task<bool?> KeepsVersionsAsync(CancellationToken cancellation) => GuardAsync(() => inner.KeepsVersionsAsync(cancellation), "", cancellation);

    public Task<StorageFacts> ExamineAsync(CancellationToken cancellation) => GuardAsync(() => inner.ExamineAsync(cancellation), "", cancellation);

    public Task RequireReadableAsync(CancellationToken cancellation) => GuardAsync(() => inner.RequireReadableAsync(cancellation), "", cancellation);

    public async Task<IPartUpload> BeginAsync(string key, PartLayout layout, CancellationToken cancellation) =>
        new GuardedUpload(this, await GuardAsync(() => inner.Parts!.BeginAsync(key, layout, cancellation), key, cancellation).ConfigureAwait(false), key);

    public async Task<IPartUpload?> ResumeAsync(string key, string token, PartLayout layout, CancellationToken cancellation) =>
        await GuardAsync(() => inner.Parts!.ResumeAsync(key, token, layout, cancellation), key, cancellation).ConfigureAwait(false) is { } upload
            ? new GuardedUpload(this, upload, key) : null;

    public async ValueTask DisposeAsync() => await GuardAsync(() => inner.DisposeAsync().AsTask(), "", CancellationToken.None).ConfigureAwait(false);

    private Task GuardAsync(Func<Task> call, string key, CancellationToken cancellation) => GuardAsync(async () =>
    {
        await call().ConfigureAwait(false);
        return true;
    }, key, cancellation);

    private async Task<T> GuardAsync<T>(Func<Task<T>> call, string key, CancellationToken cancellation)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        // A library that was cancelled may end with any error.
        catch (Exception error) when (cancellation.IsCancellationRequested && error is not OperationCanceledException)
        {
            throw new OperationCanceledException(secrets.Redact(error.Message), cancellation);
        }
        catch (DataVersionException error) when (Cleared(error, secrets) is { } cleared)
        {
            throw cleared;
        }
        catch (Exception error) when (RemoteErrors.Describe(error, secrets.Redact(error.Message), Place, key) is { } described)
        {
            throw described;
        }
        // Of this machine: a full disk must stay one.
        catch (IOException error) when (secrets.Occurs(error.ToString()))
        {
            throw new IOException(secrets.Redact(error.Message), error.HResult);
        }
        // Whatever a library makes of a value that it does not like.
        catch (Exception error) when (error is not (DataVersionException or OperationCanceledException) && secrets.Occurs(error.ToString()))
        {
            throw new DataVersionException(DataErrorKind.TransferFailed, $"'{Place}' cannot be used ('{key}'): {secrets.Redact(error.Message)}", key, "Check the options of the remote with Get-DataRemote.");
        }
    }

    private static DataVersionException? Cleared(DataVersionException error, RemoteSecrets secrets) =>
        secrets.Occurs($"{error}\n{error.Path}\n{error.RecommendedAction}") ? secrets.Redact(error) : null;

    private sealed class GuardedUpload(GuardedStorage storage, IPartUpload inner, string key) : IPartUpload
    {
        public string Token => inner.Token;

        public IReadOnlyCollection<int> Present => inner.Present;

        public Task PutAsync(int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
            storage.GuardAsync(() => inner.PutAsync(number, bytes, cancellation), key, cancellation);

        public Task CompleteAsync(CancellationToken cancellation) => storage.GuardAsync(() => inner.CompleteAsync(cancellation), key, cancellation);

        public RemoteItem? Stored => inner.Stored;

        public Task AbortAsync(CancellationToken cancellation) => storage.GuardAsync(() => inner.AbortAsync(cancellation), key, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
