using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>A service that holds everything in memory and can be told to misbehave.</summary>
internal sealed class MemoryStorage : IRemoteStorage
{
    /// <summary>What is stored.</summary>
    public ConcurrentDictionary<string, byte[]> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Called before each value travels, with its key; may throw or cancel.</summary>
    public Action<string> BeforeTransfer { get; set; } = static _ => { };

    /// <summary>Bytes that are written at a time.</summary>
    public int Piece { get; set; } = 1000;

    /// <summary>Called before each piece of a value is given, with its key and place; may throw.</summary>
    public Action<string, long> BeforePiece { get; set; } = static (_, _) => { };

    /// <summary>Called before a key is looked for; may throw.</summary>
    public Action<string> BeforeFind { get; set; } = static _ => { };

    /// <summary>Called before a key is deleted; may throw.</summary>
    public Action<string> BeforeDelete { get; set; } = static _ => { };

    /// <summary>Called before a prefix is listed; may throw.</summary>
    public Action<string> BeforeList { get; set; } = static _ => { };

    /// <summary>Called for each prefix that is listed.</summary>
    public Action<string> Listed { get; set; } = static _ => { };

    /// <summary>What the service says of itself; may throw.</summary>
    public Func<StorageFacts> Facts { get; set; } = static () => new StorageFacts { Credentials = "none" };

    /// <summary>What the service says of a value besides its length.</summary>
    public Func<RemoteItem, byte[], RemoteItem> Describe { get; set; } = static (item, _) => item;

    /// <summary>True for a piece of which a bit flips on its way; gets its place.</summary>
    public Func<long, bool> Flip { get; set; } = static _ => false;

    /// <summary>Called with each value that has arrived as a whole; may change it.</summary>
    public Action<byte[]> Received { get; set; } = static _ => { };

    /// <summary>Number of keys that were asked for.</summary>
    public int Asked { get; private set; }

    public string Place => "memory";

    public StorageTraits Traits { get; set; } = new() { Connections = 4 };

    public Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        BeforeFind(key);
        lock (Values)
            Asked++;
        return Task.FromResult(Values.TryGetValue(key, out var bytes) ? Describe(new RemoteItem(key, bytes.Length), bytes) : null);
    }

    public async IAsyncEnumerable<RemoteItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.Yield();
        Listed(prefix);
        BeforeList(prefix);
        foreach (var (key, bytes) in Values)
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                yield return Describe(new RemoteItem(key, bytes.Length), bytes);
    }

    public async Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation)
    {
        BeforeTransfer(key);
        Reads.Enqueue((key, range));
        if (!Values.TryGetValue(key, out var bytes))
            throw new DataVersionException(DataErrorKind.ObjectMissing, $"There is no '{key}'.", key);
        var end = range.Length is { } length ? range.Offset + length : bytes.Length;
        for (var at = range.Offset; at < end; at += Piece)
        {
            BeforePiece(key, at);
            var piece = bytes.AsSpan((int)at, (int)Math.Min(Piece, end - at)).ToArray();
            if (Flip(at))
                piece[0] ^= 1;
            await target.WriteAsync(piece, cancellation);
        }
    }

    public async Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation)
    {
        BeforeTransfer(key);
        var bytes = new MemoryStream();
        await using (var stream = content.OpenRead())
            await stream.CopyToAsync(bytes, 1000, cancellation);
        var value = bytes.ToArray();
        Received(value);
        Values[key] = value;
    }

    /// <summary>Uploads in parts that were begun, by token.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<int, byte[]>> Begun { get; } = new(StringComparer.Ordinal);

    /// <summary>Called before each part travels, with its number; may throw or cancel.</summary>
    public Action<int> BeforePart { get; set; } = static _ => { };

    /// <summary>Ranges that were read, whole values too.</summary>
    public ConcurrentQueue<(string Key, ByteRange Range)> Reads { get; } = new();

    public IPartUploads? Parts => HasParts ? new MemoryParts(this) : null;

    /// <summary>Takes large values in parts.</summary>
    public bool HasParts { get; set; }

    /// <summary>Parts go one after the other.</summary>
    public bool IsSequential { get; set; }

    public Task<StorageFacts> ExamineAsync(CancellationToken cancellation) => Task.FromResult(Facts());

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation)
    {
        BeforeDelete(key);
        return Task.FromResult(Values.TryRemove(key, out _));
    }

    /// <summary>Keys of each request that deleted several.</summary>
    public ConcurrentQueue<IReadOnlyList<string>> Deleted { get; } = new();

    public Task<IReadOnlyDictionary<string, DataVersionException>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        Deleted.Enqueue(keys);
        var failed = new Dictionary<string, DataVersionException>(StringComparer.Ordinal);
        foreach (var key in keys)
            try
            {
                BeforeDelete(key);
                Values.TryRemove(key, out _);
            }
            catch (DataVersionException error)
            {
                failed[key] = error;
            }
        return Task.FromResult<IReadOnlyDictionary<string, DataVersionException>>(failed);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Uploads in parts to the store in memory.</summary>
internal sealed class MemoryParts(MemoryStorage storage) : IPartUploads
{
    public PartRules Rules => new(1 << 20, 10_000, storage.IsSequential);

    public Task<IPartUpload> BeginAsync(string key, PartLayout layout, CancellationToken cancellation)
    {
        var token = Guid.NewGuid().ToString("N");
        storage.Begun[token] = new();
        return Task.FromResult<IPartUpload>(new Upload(storage, key, token));
    }

    public Task<IPartUpload?> ResumeAsync(string key, string token, PartLayout layout, CancellationToken cancellation) =>
        Task.FromResult<IPartUpload?>(storage.Begun.ContainsKey(token) ? new Upload(storage, key, token) : null);

    private sealed class Upload(MemoryStorage storage, string key, string token) : IPartUpload
    {
        public string Token => token;

        public IReadOnlyCollection<int> Present => [.. storage.Begun[token].Keys.Order()];

        public async Task PutAsync(int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            storage.BeforePart(number);
            storage.Begun[token][number] = bytes.ToArray();
        }

        public Task CompleteAsync(CancellationToken cancellation)
        {
            storage.Begun.TryRemove(token, out var parts);
            byte[] value = [.. parts!.OrderBy(p => p.Key).SelectMany(p => p.Value)];
            storage.Received(value);
            storage.Values[key] = value;
            return Task.CompletedTask;
        }

        public Task AbortAsync(CancellationToken cancellation)
        {
            storage.Begun.TryRemove(token, out _);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
