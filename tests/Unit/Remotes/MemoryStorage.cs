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

    /// <summary>Number of keys that were asked for.</summary>
    public int Asked { get; private set; }

    public string Place => "memory";

    public StorageTraits Traits { get; set; } = new() { Connections = 4 };

    public Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (Values)
            Asked++;
        return Task.FromResult(Values.TryGetValue(key, out var bytes) ? new RemoteItem(key, bytes.Length) : null);
    }

    public async IAsyncEnumerable<RemoteItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.Yield();
        foreach (var (key, bytes) in Values)
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                yield return new RemoteItem(key, bytes.Length);
    }

    public async Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation)
    {
        BeforeTransfer(key);
        if (!Values.TryGetValue(key, out var bytes))
            throw new DataVersionException(DataErrorKind.ObjectMissing, $"There is no '{key}'.", key);
        foreach (var chunk in bytes.Skip((int)range.Offset).Take((int)(range.Length ?? bytes.Length)).Chunk(1000))
            await target.WriteAsync(chunk, cancellation);
    }

    public async Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation)
    {
        BeforeTransfer(key);
        var bytes = new MemoryStream();
        await using (var stream = content.OpenRead())
            await stream.CopyToAsync(bytes, 1000, cancellation);
        Values[key] = bytes.ToArray();
    }

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) => Task.FromResult(Values.TryRemove(key, out _));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
