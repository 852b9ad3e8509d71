using System.Security.Cryptography;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes;

/// <summary>
/// What the engine expects of every storage service. A class per service derives from it and is marked with the
/// <see cref="ServerAttribute"/> of its server; each test works below a prefix of its own.
/// </summary>
public abstract class StorageConformance : IDisposable
{
    private readonly ScratchFolder scratch = new();

    /// <summary>Opens the service at a prefix of its own, which is empty at first.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="port">Connect to this port of loopback instead of the server's (a <see cref="FaultProxy"/>); null for the server's.</param>
    private protected abstract IRemoteStorage Open(string prefix, int? port = null);

    /// <summary>Host and port of the server, for a <see cref="FaultProxy"/>; null for services without a server.</summary>
    private protected virtual (string Host, int Port)? Server => null;

    /// <summary>The same with wrong credentials; null for services without any.</summary>
    private protected virtual IRemoteStorage? OpenWithWrongCredentials(string prefix) => null;

    /// <summary>A bucket, container, share or host path that does not exist; null when there is no such thing.</summary>
    private protected virtual IRemoteStorage? OpenUnknownBucket() => null;

    /// <summary>Names that the service cannot hold, out of <see cref="OddNames"/>.</summary>
    private protected virtual IReadOnlyCollection<string> ImpossibleNames => [];

    /// <summary>Number of keys for the test of long listings.</summary>
    private protected virtual int ManyKeys => 1300;

    private protected static readonly string[] OddNames =
    [
        "plain", "with space", "plus+and&amp;", "per%20cent", "umlaut-\u00e4\u00f6\u00fc", "\u65e5\u672c\u8a9e", "quote'double\"", "hash#question?", "semi;colon:", "[brackets]", "tilde~", "a=b,c@d!$()*",
        "deep/er/still/leaf", "dot.", ".hidden", "-dash",
    ];

    private readonly string root = "conformance-" + Guid.NewGuid().ToString("N")[..12];

    private protected OperationContext Context { get; } = OperationContext.Silent;

    private protected IRemoteStorage Storage => storage ??= Open(root);

    private IRemoteStorage? storage;

    public void Dispose()
    {
        storage?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    [ServerFact]
    public async Task What_is_put_is_found_and_comes_back()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        await PutAsync("files/md5/ab/cdef", bytes);

        var item = await Storage.FindAsync("files/md5/ab/cdef", default);

        Assert.NotNull(item);
        Assert.Equal("files/md5/ab/cdef", item.Key);
        Assert.True(item.Size == bytes.Length || item.Size == -1, $"size {item.Size}");
        if (item.Md5 is not null)
            Assert.Equal(Convert.ToHexStringLower(MD5.HashData(bytes)), item.Md5);
        Assert.Equal(bytes, await GetAsync("files/md5/ab/cdef"));
    }

    [ServerFact]
    public async Task Nothing_is_found_where_nothing_is()
    {
        Assert.Null(await Storage.FindAsync("files/md5/no/thing", default));
        var error = await Assert.ThrowsAsync<DataVersionException>(() => GetAsync("files/md5/no/thing"));
        Assert.Equal(DataErrorKind.ObjectMissing, error.Kind);
        if (Storage.Traits.CanList)
            Assert.Empty(await ListAsync("files/md5/no/"));
        if (Storage.Traits.CanDelete)
            await Storage.DeleteAsync("files/md5/no/thing", default);
    }

    [ServerFact]
    public async Task A_folder_is_no_value()
    {
        await PutAsync("files/md5/ab/cdef", [1]);

        Assert.Null(await Storage.FindAsync("files/md5/ab", default));
    }

    [ServerTheory]
    [InlineData(0, 1)]
    [InlineData(1000, 5000)]
    [InlineData(199_999, null)]
    [InlineData(0, 200_000)]
    public async Task A_range_comes_back(long offset, int? length)
    {
        if (!Storage.Traits.CanReadRanges)
            return;
        var bytes = RandomNumberGenerator.GetBytes(200_000);
        await PutAsync("range", bytes);
        var target = new MemoryStream();

        await Storage.GetAsync("range", target, new ByteRange(offset, length), default);

        Assert.Equal(bytes.AsSpan((int)offset, length ?? bytes.Length - (int)offset).ToArray(), target.ToArray());
    }

    [ServerFact]
    public async Task A_value_without_bytes_is_a_value()
    {
        await PutAsync("empty", []);

        Assert.Equal(0, Math.Max(0, (await Storage.FindAsync("empty", default))!.Size));
        Assert.Empty(await GetAsync("empty"));
    }

    [ServerFact]
    public async Task A_value_takes_the_place_of_another()
    {
        await PutAsync("twice", [1, 2, 3, 4]);
        await PutAsync("twice", [5, 6]);

        Assert.Equal([5, 6], await GetAsync("twice"));
    }

    [ServerFact]
    public async Task Odd_names_are_names()
    {
        foreach (var name in OddNames.Except(ImpossibleNames))
            await PutAsync("odd/" + name, System.Text.Encoding.UTF8.GetBytes(name));

        foreach (var name in OddNames.Except(ImpossibleNames))
        {
            Assert.Equal(name, System.Text.Encoding.UTF8.GetString(await GetAsync("odd/" + name)));
            Assert.NotNull(await Storage.FindAsync("odd/" + name, default));
        }
        if (Storage.Traits.CanList)
            Assert.Equal(OddNames.Except(ImpossibleNames).Select(n => "odd/" + n).Order(StringComparer.Ordinal), (await ListAsync("odd/")).Select(i => i.Key).Order(StringComparer.Ordinal));
    }

    [ServerFact]
    public async Task Everything_below_a_prefix_is_listed_once()
    {
        if (!Storage.Traits.CanList)
            return;
        var keys = Enumerable.Range(0, ManyKeys).Select(i => $"list/{i % 3:x2}/{i:x8}").ToList();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = Storage.Traits.Connections }, async (key, _) => await PutAsync(key, [7]));
        await PutAsync("listed-not/x", [7]);

        var listed = await ListAsync("list/");

        Assert.Equal(keys.Order(StringComparer.Ordinal), listed.Select(i => i.Key).Order(StringComparer.Ordinal));
        Assert.All(listed, i => Assert.True(i.Size is 1 or -1));
        Assert.Equal(keys.Count(k => k.StartsWith("list/01/", StringComparison.Ordinal)), (await ListAsync("list/01/")).Count);
    }

    [ServerFact]
    public async Task Many_keys_are_looked_for_at_once()
    {
        var keys = Enumerable.Range(0, 120).Select(i => $"files/md5/{i % 4:x2}/{i:x30}").ToList();
        await Parallel.ForEachAsync(keys.Where((_, i) => i % 2 == 0), new ParallelOptions { MaxDegreeOfParallelism = Storage.Traits.Connections }, async (key, _) => await PutAsync(key, [7]));

        var found = await new ExistenceCheck(Storage, Context).FindAsync(keys);

        Assert.Equal(keys.Select((_, i) => i % 2 == 0), found.Select(i => i is not null));
    }

    [ServerFact]
    public async Task What_is_deleted_is_gone()
    {
        if (!Storage.Traits.CanDelete)
            return;
        await PutAsync("gone/x", [1]);

        Assert.True(await Storage.DeleteAsync("gone/x", default));

        Assert.Null(await Storage.FindAsync("gone/x", default));
    }

    [ServerFact]
    public async Task Large_values_come_back_whole()
    {
        var (path, hash) = LargeFile(200);
        using var copies = new VerifiedCopies(Context, static _ => { });
        if (Storage.Parts is { } parts)
            await SendInPartsAsync(parts, "large", path, hash);
        else
            await Storage.PutAsync("large", new RemoteUpload(path, new FileInfo(path).Length, hash, copies), default);

        await using var received = new HashingStream(Stream.Null);
        await Storage.GetAsync("large", received, ByteRange.Whole, default);

        Assert.Equal(hash, received.CurrentHash());
    }

    [ServerFact]
    public async Task An_upload_in_parts_appears_when_it_is_complete_and_can_be_resumed()
    {
        if (Storage.Parts is not { } parts)
            return;
        var (path, hash) = LargeFile(3 * (int)Math.Max(5, parts.Rules.LeastPart >> 20));
        var layout = new PartLayout(new FileInfo(path).Length, Math.Max(5 << 20, parts.Rules.LeastPart), hash);
        var bytes = await File.ReadAllBytesAsync(path);
        string token;
        await using (var begun = await parts.BeginAsync("resumed", layout, default))
        {
            token = begun.Token;
            await begun.PutAsync(0, bytes.AsMemory(0, (int)layout.PartSize), default);
        }
        Assert.Null(await Storage.FindAsync("resumed", default));
        Assert.DoesNotContain(await ListAsync(""), i => i.Key.Contains("resumed", StringComparison.Ordinal));

        // Another session.
        await using var other = Open(root);
        await using var upload = await other.Parts!.ResumeAsync("resumed", token, layout, default);

        Assert.NotNull(upload);
        Assert.Equal([0], upload.Present);
        for (var i = 1; i < layout.Count; i++)
            await upload.PutAsync(i, bytes.AsMemory((int)(i * layout.PartSize), (int)layout.LengthOf(i)), default);
        await upload.CompleteAsync(default);
        Assert.Equal(bytes, await GetAsync("resumed"));
    }

    [ServerFact]
    public async Task An_upload_that_is_given_up_leaves_nothing()
    {
        if (Storage.Parts is not { } parts)
            return;
        var layout = new PartLayout(12 << 20, Math.Max(5 << 20, parts.Rules.LeastPart), new ContentHash(MD5.HashData([])));
        await using var upload = await parts.BeginAsync("given-up", layout, default);
        await upload.PutAsync(0, new byte[layout.PartSize], default);

        await upload.AbortAsync(default);

        Assert.Null(await Storage.FindAsync("given-up", default));
        Assert.Null(await parts.ResumeAsync("given-up", upload.Token, layout, default));
    }

    [ServerFact]
    public async Task Wrong_bytes_never_get_a_name()
    {
        var path = scratch.PathOf("wrong");
        await File.WriteAllBytesAsync(path, RandomNumberGenerator.GetBytes(3_000_000));
        using var copies = new VerifiedCopies(Context, static _ => { });

        var error = await Assert.ThrowsAsync<DataVersionException>(() => Storage.PutAsync("wrong",
            new RemoteUpload(path, 3_000_000, new ContentHash(MD5.HashData([1])), copies), default));

        Assert.Equal(DataErrorKind.ObjectCorrupt, error.Kind);
        Assert.Null(await Storage.FindAsync("wrong", default));
    }

    [ServerFact]
    public async Task What_is_cancelled_ends_and_leaves_no_value()
    {
        var (path, hash) = LargeFile(30);
        using var source = new CancellationTokenSource();
        using var copies = new VerifiedCopies(Context, static _ => { });
        await PutAsync("here", RandomNumberGenerator.GetBytes(5_000_000));
        // A folder makes a clone in one step.
        if (Storage.LocalPathOf("x") is not null)
            await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Storage.PutAsync("cancelled",
            new RemoteUpload(path, new FileInfo(path).Length, hash, copies, _ => source.Cancel()), source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Storage.GetAsync("here", new CancellingStream(source), ByteRange.Whole, source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Storage.FindAsync("here", source.Token));

        Assert.Null(await Storage.FindAsync("cancelled", default));
        Assert.Equal(5_000_000, (await GetAsync("here")).Length);
    }

    [ServerFact]
    public async Task Wrong_credentials_are_told_as_such()
    {
        if (OpenWithWrongCredentials(root) is not { } stranger)
            return;
        await using (stranger)
        {
            var error = await Assert.ThrowsAsync<DataVersionException>(() => stranger.FindAsync("x", default));
            Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
            Assert.NotNull(error.RecommendedAction);
            Assert.Equal(DataErrorKind.RemoteFailed, (await Assert.ThrowsAsync<DataVersionException>(() => stranger.RequireReadableAsync(default))).Kind);
        }
    }

    [ServerFact]
    public async Task An_unknown_bucket_is_told_as_such()
    {
        if (OpenUnknownBucket() is not { } nowhere)
            return;
        await using (nowhere)
            Assert.Equal(DataErrorKind.RemoteFailed, (await Assert.ThrowsAsync<DataVersionException>(() => nowhere.RequireReadableAsync(default))).Kind);
    }

    [ServerFact]
    public async Task A_cut_connection_is_an_error_that_may_pass()
    {
        if (Server is not { } server)
            return;
        await PutAsync("cut", RandomNumberGenerator.GetBytes(4_000_000));
        await using var proxy = new FaultProxy(server.Host, server.Port);
        await using var far = Open(root, proxy.Port);
        Assert.NotNull(await far.FindAsync("cut", default));
        proxy.Restart();
        proxy.CutDownAfter = 1_000_000;

        await Assert.ThrowsAsync<TransientRemoteException>(() => far.GetAsync("cut", new MemoryStream(), ByteRange.Whole, default));

        // The next call works: nothing of the cut connection is left.
        var target = new MemoryStream();
        await far.GetAsync("cut", target, ByteRange.Whole, default);
        Assert.Equal(4_000_000, target.Length);
    }

    [ServerFact]
    public async Task A_cut_upload_is_an_error_that_may_pass_and_leaves_no_value()
    {
        if (Server is not { } server)
            return;
        var (path, hash) = LargeFile(8);
        using var copies = new VerifiedCopies(Context, static _ => { });
        await using var proxy = new FaultProxy(server.Host, server.Port);
        await using var far = Open(root, proxy.Port);
        Assert.Null(await far.FindAsync("cut-up", default));
        proxy.Restart();
        proxy.CutUpAfter = 2_000_000;
        var upload = new RemoteUpload(path, 8 << 20, hash, copies);

        await Assert.ThrowsAsync<TransientRemoteException>(() => far.PutAsync("cut-up", upload, default));

        Assert.Null(await Storage.FindAsync("cut-up", default));
        await far.PutAsync("cut-up", upload, default);
        Assert.Equal(8 << 20, (await GetAsync("cut-up")).Length);
    }

    [ServerFact]
    public async Task A_server_that_is_gone_is_an_error_that_may_pass()
    {
        if (Server is null)
            return;
        using var closed = new ClosedPort();
        await using var far = Open(root, closed.Number);

        Assert.True((await Assert.ThrowsAsync<TransientRemoteException>(() => far.FindAsync("x", default))).IsUnreachable);
    }

    [ServerFact]
    public async Task A_slow_server_is_waited_for()
    {
        if (Server is not { } server)
            return;
        await PutAsync("slow", [1, 2, 3]);
        await using var proxy = new FaultProxy(server.Host, server.Port) { Delay = TimeSpan.FromMilliseconds(300) };
        await using var far = Open(root, proxy.Port);
        var target = new MemoryStream();

        await far.GetAsync("slow", target, ByteRange.Whole, default);

        Assert.Equal([1, 2, 3], target.ToArray());
    }

    [ServerFact]
    public async Task A_look_around_tells_who_we_are()
    {
        var facts = await Storage.ExamineAsync(default);

        Assert.NotEmpty(facts.Credentials);
        if (facts.Clock is { } clock)
            Assert.InRange(clock, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }

    private protected async Task PutAsync(string key, byte[] bytes)
    {
        var path = scratch.PathOf(Guid.NewGuid().ToString("N"));
        await File.WriteAllBytesAsync(path, bytes);
        using var copies = new VerifiedCopies(Context, static _ => { });
        var upload = new RemoteUpload(path, bytes.Length, new ContentHash(MD5.HashData(bytes)), copies);
        // As the engine does it: small values are read and checked before, large ones pass as a stream.
        if (bytes.Length < 1 << 20)
            upload.Load(default);
        await Storage.PutAsync(key, upload, default);
        File.Delete(path);
    }

    private protected async Task<byte[]> GetAsync(string key)
    {
        var target = new MemoryStream();
        await Storage.GetAsync(key, target, ByteRange.Whole, default);
        return target.ToArray();
    }

    private protected async Task<List<RemoteItem>> ListAsync(string prefix)
    {
        var items = new List<RemoteItem>();
        if (Storage.Traits.CanList)
            await foreach (var item in Storage.ListAsync(prefix, default))
                items.Add(item);
        return items;
    }

    private static async Task SendInPartsAsync(IPartUploads parts, string key, string path, ContentHash hash)
    {
        var layout = new PartLayout(new FileInfo(path).Length, Math.Max(8 << 20, parts.Rules.LeastPart), hash);
        await using var upload = await parts.BeginAsync(key, layout, default);
        using var file = File.OpenHandle(path);
        await Parallel.ForAsync(0, layout.Count, new ParallelOptions { MaxDegreeOfParallelism = parts.Rules.IsSequential ? 1 : 4 }, async (number, token) =>
        {
            var part = new byte[layout.LengthOf(number)];
            RandomAccess.Read(file, part, number * layout.PartSize);
            await upload.PutAsync(number, part, token);
        });
        await upload.CompleteAsync(default);
    }

    private (string Path, ContentHash Hash) LargeFile(int megabytes)
    {
        var path = scratch.PathOf("large-" + megabytes);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var file = File.Create(path);
        var piece = new byte[1 << 20];
        for (var i = 0; i < megabytes; i++)
        {
            Random.Shared.NextBytes(piece);
            md5.AppendData(piece);
            file.Write(piece);
        }
        return (path, new ContentHash(md5.GetCurrentHash()));
    }

    private sealed class CancellingStream(CancellationTokenSource source) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await source.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
