using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Azure;

/// <summary>
/// Large values in blocks. The name of a block is its number and the MD5 of its bytes, so that the service can be asked which
/// ones it has, and two pushes of the same value at once share them. Blocks that nobody commits are forgotten by the service
/// after a week; there is no way to remove them.
/// </summary>
internal sealed class AzureParts(AzureStorage storage, AzureErrors errors) : IPartUploads
{
    private const int NameLength = 18;

    private readonly AzureStorage storage = storage;
    private readonly AzureErrors errors = errors;
    private readonly ConcurrentDictionary<string, bool> givenUp = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public PartRules Rules { get; } = new(1 << 20, 50_000, false);

    /// <inheritdoc/>
    public Task<IPartUpload> BeginAsync(string key, PartLayout layout, CancellationToken cancellation) => BeginAsync(key, layout, Md5Of(layout.Hash), cancellation);

    /// <summary>Begins an upload.</summary>
    /// <param name="key">The key.</param>
    /// <param name="layout">How it is cut.</param>
    /// <param name="md5">The MD5 of the whole; null when it is not known.</param>
    /// <param name="cancellation">Ends the asking.</param>
    public async Task<IPartUpload> BeginAsync(string key, PartLayout layout, byte[]? md5, CancellationToken cancellation)
    {
        // All names of a blob must have one length, also those that another program has left.
        var others = await BlocksAsync(key, cancellation).ConfigureAwait(false);
        var length = others.Count > 0 ? Convert.FromBase64String(others[0].Name).Length : NameLength;
        return new Upload(this, key, layout, md5, Math.Max(3, length), $"{Math.Max(3, length)} {layout.PartSize} {Guid.NewGuid():N}", []);
    }

    /// <inheritdoc/>
    public async Task<IPartUpload?> ResumeAsync(string key, string token, PartLayout layout, CancellationToken cancellation)
    {
        var words = token.Split(' ');
        if (givenUp.ContainsKey(token) || words.Length != 3 || !int.TryParse(words[0], CultureInfo.InvariantCulture, out var length)
            || words[1] != layout.PartSize.ToString(CultureInfo.InvariantCulture))
            return null;
        var names = new Dictionary<int, string>();
        foreach (var block in (await BlocksAsync(key, cancellation).ConfigureAwait(false)).Where(b => NumberOf(b, length, layout) >= 0).GroupBy(b => NumberOf(b, length, layout)))
            // Of two with one number nobody knows which is right: it is sent again.
            if (block.Count() == 1)
                names[block.Key] = block.First().Name;
        return names.Count == 0 ? null : new Upload(this, key, layout, Md5Of(layout.Hash), length, token, names);
    }

    private static byte[]? Md5Of(ContentHash hash) =>
        hash == default || hash is { IsDirectory: false, Algorithm: ContentHashAlgorithm.Md5Dos2Unix } ? null : Convert.FromHexString(hash.Hex);

    private static int NumberOf(BlobBlock block, int length, PartLayout layout)
    {
        var name = Convert.FromBase64String(block.Name);
        var number = name.Length == length ? BinaryPrimitives.ReadUInt16BigEndian(name) : -1;
        return number >= 0 && number < layout.Count && block.SizeLong == layout.LengthOf(number) ? number : -1;
    }

    private Task<IReadOnlyList<BlobBlock>> BlocksAsync(string key, CancellationToken cancellation) => errors.CallAsync<IReadOnlyList<BlobBlock>>(async () =>
    {
        try
        {
            return [.. (await storage.BlobOf(key).GetBlockListAsync(BlockListTypes.Uncommitted, cancellationToken: cancellation).ConfigureAwait(false)).Value.UncommittedBlocks];
        }
        // A signature may allow to write only.
        catch (RequestFailedException error) when (errors.IsMissing(error) || error.Status == 403)
        {
            return [];
        }
    }, $"look for parts of '{key}'", key, cancellation);

    private sealed class Upload(AzureParts parts, string key, PartLayout layout, byte[]? md5, int nameLength, string token, Dictionary<int, string> present) : IPartUpload
    {
        private readonly ConcurrentDictionary<int, string> names = new(present);

        public string Token => token;

        public IReadOnlyCollection<int> Present { get; } = [.. present.Keys];

        public async Task PutAsync(int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            var hash = MD5.HashData(bytes.Span);
            var name = NameOf(number, hash);
            await using var source = MemoryMarshal.TryGetArray(bytes, out var array) ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(bytes.ToArray());
            await parts.errors.CallAsync(() => parts.storage.BlobOf(key).StageBlockAsync(name, source, new BlockBlobStageBlockOptions { TransferValidation = AzureStorage.Validation(hash) }, cancellation),
                $"store a part of '{key}'", key, cancellation).ConfigureAwait(false);
            names[number] = name;
        }

        public RemoteItem? Stored { get; private set; }

        public async Task CompleteAsync(CancellationToken cancellation)
        {
            var answer = await parts.errors.CallAsync(() => parts.storage.BlobOf(key).CommitBlockListAsync(Enumerable.Range(0, layout.Count).Select(n => names[n]),
                new CommitBlockListOptions { HttpHeaders = new BlobHttpHeaders { ContentHash = md5, ContentType = "application/octet-stream" } }, cancellation), $"store '{key}'", key, cancellation).ConfigureAwait(false);
            Stored = AzureStorage.StoredAs(key, layout.Size, answer.Value);
        }

        public Task AbortAsync(CancellationToken cancellation)
        {
            parts.givenUp[token] = true;
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private string NameOf(int number, byte[] hash)
        {
            var name = new byte[nameLength];
            BinaryPrimitives.WriteUInt16BigEndian(name, (ushort)number);
            hash.AsSpan(0, Math.Min(hash.Length, nameLength - 2)).CopyTo(name.AsSpan(2));
            return Convert.ToBase64String(name);
        }
    }
}
