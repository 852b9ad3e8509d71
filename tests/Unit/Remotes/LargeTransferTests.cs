using System.Security.Cryptography;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>Large objects: parts, ranges, and what a break leaves for the next session.</summary>
public sealed class LargeTransferTests : IDisposable
{
    private const int Size = 40 << 20;

    private readonly MemoryStorage service = new() { HasParts = true, Piece = 1 << 16 };
    private readonly SyncSandbox sandbox = new();
    private readonly byte[] bytes = RandomNumberGenerator.GetBytes(Size);

    public LargeTransferTests()
    {
        File.WriteAllBytes(Path.Combine(sandbox.Root, "large.bin"), bytes);
        sandbox.Add("large.bin");
    }

    public void Dispose() => sandbox.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_broken_push_is_gone_on_with_by_the_next(bool sequential)
    {
        service.IsSequential = sequential;
        service.BeforePart = number =>
        {
            if (number >= 3)
                throw new DataVersionException(DataErrorKind.TransferFailed, "No room.");
        };
        Assert.Equal(TransferOutcome.Failed, Assert.Single(await PushAsync()).Outcome);
        Assert.Empty(service.Values);
        var sent = new List<int>();
        service.BeforePart = number =>
        {
            lock (sent)
                sent.Add(number);
        };

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await PushAsync()).Outcome);

        Assert.Equal([3, 4], sent.Order());
        Assert.Equal(bytes, Assert.Single(service.Values).Value);
        Assert.Empty(service.Begun);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(sandbox.Root, ".dvc", "tmp"), "*", SearchOption.AllDirectories), f => f.Contains("uploads", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Parts_of_other_bytes_are_sent_again()
    {
        service.BeforePart = number =>
        {
            if (number >= 3)
                throw new DataVersionException(DataErrorKind.TransferFailed, "No room.");
        };
        await PushAsync();
        // What was sent then is not what the object holds now.
        var record = Directory.EnumerateFiles(Path.Combine(sandbox.Root, ".dvc", "tmp"), "*", SearchOption.AllDirectories).Single(f => f.Contains("uploads", StringComparison.Ordinal));
        File.WriteAllLines(record, File.ReadAllLines(record).Select(l => l.StartsWith("0 ", StringComparison.Ordinal) ? "0 " + new string('0', 32) : l));
        var sent = new List<int>();
        service.BeforePart = number =>
        {
            lock (sent)
                sent.Add(number);
        };

        await PushAsync();

        Assert.Equal([0, 3, 4], sent.Order());
        Assert.Equal(bytes, Assert.Single(service.Values).Value);
    }

    [Fact]
    public async Task A_forgotten_upload_is_begun_anew()
    {
        service.BeforePart = number =>
        {
            if (number >= 3)
                throw new DataVersionException(DataErrorKind.TransferFailed, "No room.");
        };
        await PushAsync();
        service.Begun.Clear();
        service.BeforePart = _ => { };

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await PushAsync()).Outcome);

        Assert.Equal(bytes, Assert.Single(service.Values).Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wrong_bytes_are_given_up_before_the_last_part(bool sequential)
    {
        service.IsSequential = sequential;
        var damaged = bytes.ToArray();
        damaged[^1] ^= 1;
        var path = SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), Convert.ToHexStringLower(MD5.HashData(bytes)), isHash: true);
        var time = File.GetLastWriteTimeUtc(path);
        File.SetAttributes(path, FileAttributes.Normal);
        File.WriteAllBytes(path, damaged);
        File.SetLastWriteTimeUtc(path, time);
        var last = false;
        service.BeforePart = number => last |= number == 4;

        Assert.Equal(TransferOutcome.Corrupt, Assert.Single(await PushAsync()).Outcome);

        Assert.False(last);
        Assert.Empty(service.Values);
        Assert.Empty(service.Begun);
    }

    [Fact]
    public async Task What_fails_for_now_is_tried_again()
    {
        var failures = 0;
        service.BeforePart = _ =>
        {
            if (Interlocked.Increment(ref failures) % 2 == 1 && failures < 6)
                throw new TransientRemoteException("Slow down.") { IsThrottling = true };
        };

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await PushAsync()).Outcome);

        Assert.Equal(bytes, Assert.Single(service.Values).Value);
    }

    [Fact]
    public async Task A_fetch_goes_on_where_its_connection_broke()
    {
        await PushAsync();
        var clone = sandbox.Clone();
        var breaks = 0;
        service.BeforePiece = (_, at) =>
        {
            if (at == 20 << 20 && Interlocked.Increment(ref breaks) <= 2)
                throw new TransientRemoteException("The connection broke.");
        };

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await FetchAsync(clone)).Outcome);

        Assert.Equal(bytes, File.ReadAllBytes(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(clone), Convert.ToHexStringLower(MD5.HashData(bytes)), isHash: true)));
        Assert.Contains(service.Reads, r => r.Range.Offset == 20 << 20);
        Assert.All(service.Reads, r => Assert.True(r.Range.Length <= 8 << 20));
    }

    [Fact]
    public async Task A_broken_fetch_is_gone_on_with_by_the_next()
    {
        await PushAsync();
        var clone = sandbox.Clone();
        service.BeforePiece = (_, at) =>
        {
            if (at >= 32 << 20)
                throw new DataVersionException(DataErrorKind.TransferFailed, "No.");
        };
        Assert.Equal(TransferOutcome.Failed, Assert.Single(await FetchAsync(clone, throttle: 1)).Outcome);
        Assert.DoesNotContain(SyncSandbox.Objects(SyncSandbox.CacheOf(clone)), o => !o.EndsWith(".tmp", StringComparison.Ordinal));
        service.BeforePiece = (_, _) => { };
        service.Reads.Clear();

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await FetchAsync(clone)).Outcome);

        Assert.Equal(32 << 20, Assert.Single(service.Reads).Range.Offset);
        Assert.Equal(bytes, File.ReadAllBytes(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(clone), Convert.ToHexStringLower(MD5.HashData(bytes)), isHash: true)));
        Assert.DoesNotContain(SyncSandbox.Objects(SyncSandbox.CacheOf(clone)), o => o.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Services_that_read_ahead_are_asked_for_ranges_in_a_row()
    {
        await PushAsync();
        service.Traits = new StorageTraits { Connections = 4, ReadAhead = 6 << 20 };
        var clone = sandbox.Clone();
        service.BeforePiece = (_, at) =>
        {
            if (at == 20 << 20)
                throw new DataVersionException(DataErrorKind.TransferFailed, "No.");
        };
        Assert.Equal(TransferOutcome.Failed, Assert.Single(await FetchAsync(clone, throttle: 1)).Outcome);
        Assert.Equal(new ByteRange(0, 24 << 20), Assert.Single(service.Reads).Range);
        service.BeforePiece = (_, _) => { };
        service.Reads.Clear();

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await FetchAsync(clone)).Outcome);

        // The whole ranges of the row that broke are not asked for again.
        Assert.Equal([new ByteRange(16 << 20, 24 << 20)], service.Reads.Select(r => r.Range));
        Assert.Equal(bytes, File.ReadAllBytes(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(clone), Convert.ToHexStringLower(MD5.HashData(bytes)), isHash: true)));
    }

    [Fact]
    public async Task What_is_not_there_when_it_is_read_back_was_not_pushed()
    {
        service.Traits = new StorageTraits { Connections = 4, ChecksArrival = false };
        File.WriteAllBytes(Path.Combine(sandbox.Root, "small.bin"), [1, 2, 3]);
        sandbox.Add("small.bin");
        service.BeforeTransfer = _ => service.Values.Clear();

        var results = await PushAsync();

        Assert.Contains(results, r => r.Path == "small.bin" && r.Outcome == TransferOutcome.Failed && r.Reason!.Contains("has nothing there", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_another_push_takes_away_for_a_moment_is_looked_for_again()
    {
        service.Traits = new StorageTraits { Connections = 4, ChecksArrival = false };
        File.WriteAllBytes(Path.Combine(sandbox.Root, "small.bin"), [1, 2, 3]);
        sandbox.Add("small.bin");
        var key = RemoteKeys.Of(new ContentHash(MD5.HashData([1, 2, 3])));
        byte[]? taken = null;
        var looks = 0;
        service.BeforeTransfer = transferred =>
        {
            if (transferred != key)
                return;
            if (++looks == 2)
                Assert.True(service.Values.TryRemove(key, out taken));
            else if (looks == 3)
                service.Values[key] = taken!;
        };

        var results = await PushAsync();

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(results, r => r.Path == "small.bin").Outcome);
        Assert.Equal([1, 2, 3], service.Values[key]);
    }

    [Fact]
    public async Task Repositories_that_share_a_cache_do_not_receive_into_one_file()
    {
        await PushAsync();
        var (one, two) = (sandbox.Clone("one-of-two"), sandbox.Clone("two-of-two"));
        foreach (var clone in (string[])[one, two])
            File.AppendAllText(Path.Combine(clone, ".dvc", "config"), $"[cache]\n    dir = {sandbox.PathOf("shared")}\n");
        service.BeforePiece = (_, at) =>
        {
            if (at >= 32 << 20)
                throw new DataVersionException(DataErrorKind.TransferFailed, "No.");
        };
        await FetchAsync(one, throttle: 1);
        await FetchAsync(two, throttle: 1);
        Assert.Equal(2, SyncSandbox.Objects(sandbox.PathOf("shared")).Length);
        service.BeforePiece = (_, _) => { };
        service.Reads.Clear();

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await FetchAsync(one)).Outcome);

        // What the other began has not touched what had come.
        Assert.Equal(32 << 20, Assert.Single(service.Reads).Range.Offset);
        Assert.Equal(bytes, File.ReadAllBytes(SyncSandbox.ObjectOf(sandbox.PathOf("shared"), Convert.ToHexStringLower(MD5.HashData(bytes)), isHash: true)));
    }

    [Fact]
    public async Task Parts_over_a_way_that_checks_nothing_are_checked_by_reading()
    {
        service.Traits = new StorageTraits { Connections = 4, ChecksArrival = false };
        var arrivals = 0;
        service.Received = value => value[500] ^= Interlocked.Increment(ref arrivals) == 1 ? (byte)1 : (byte)0;

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await PushAsync()).Outcome);

        Assert.Equal(bytes, Assert.Single(service.Values).Value);
    }

    [Fact]
    public async Task A_large_old_text_over_a_way_that_checks_nothing_is_checked_by_reading_too()
    {
        // DVC 2 named texts by their bytes with the line ends of Unix.
        var text = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a line of a text\r\n", 1_000_000)));
        var name = Convert.ToHexStringLower(MD5.HashData(text.Where(b => b != '\r').ToArray()));
        var path = Path.Combine(SyncSandbox.CacheOf(sandbox.Root), name[..2], name[2..]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, text);
        File.Delete(Path.Combine(sandbox.Root, "large.bin.dvc"));
        File.WriteAllText(Path.Combine(sandbox.Root, "old.txt.dvc"), $"outs:\n- md5: {name}\n  size: {text.Length}\n  path: old.txt\n");
        service.Traits = new StorageTraits { Connections = 4, ChecksArrival = false };
        var arrivals = 0;
        service.Received = value => value[500] ^= Interlocked.Increment(ref arrivals) == 1 ? (byte)1 : (byte)0;

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await PushAsync()).Outcome);

        Assert.Equal(text, Assert.Single(service.Values).Value);
        Assert.Equal(2, arrivals);
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(6, 1)]
    public async Task An_upload_that_nobody_went_on_with_for_a_week_is_given_up_by_the_next_push(int days, int left)
    {
        service.BeforePart = _ => throw new DataVersionException(DataErrorKind.TransferFailed, "No room.");
        await PushAsync();
        Assert.Single(service.Begun);
        var record = Assert.Single(Directory.EnumerateFiles(Path.Combine(sandbox.Root, ".dvc", "tmp"), "*", SearchOption.AllDirectories), f => f.Contains("uploads", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(record, DateTime.UtcNow.AddDays(-days));
        File.Delete(Path.Combine(sandbox.Root, "large.bin.dvc"));
        File.WriteAllText(Path.Combine(sandbox.Root, "small.bin"), "small");
        sandbox.Add("small.bin");

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await PushAsync()).Outcome);

        Assert.Equal(left, service.Begun.Count);
        Assert.Equal(left == 1, File.Exists(record));
    }

    [Fact]
    public async Task Nothing_is_on_its_way_any_more_when_an_upload_is_given_up()
    {
        var path = SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), Convert.ToHexStringLower(MD5.HashData(bytes)), isHash: true);
        var time = File.GetLastWriteTimeUtc(path);
        File.SetAttributes(path, FileAttributes.Normal);
        File.WriteAllBytes(path, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        File.SetLastWriteTimeUtc(path, time);
        // The first part takes until the end of the file has been read, and found wrong.
        var underway = 0;
        service.BeforePart = number =>
        {
            Interlocked.Increment(ref underway);
            if (number == 0)
                Thread.Sleep(1000);
            Interlocked.Decrement(ref underway);
        };

        Assert.Equal(TransferOutcome.Corrupt, Assert.Single(await PushAsync()).Outcome);

        Assert.Equal(0, underway);
        Assert.Empty(service.Begun);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(sandbox.Root, ".dvc", "tmp"), "*", SearchOption.AllDirectories), f => f.Contains("uploads", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_byte_that_flips_on_the_way_comes_right_the_second_time()
    {
        await PushAsync();
        var clone = sandbox.Clone();
        var wrong = true;
        service.Flip = at => wrong && at == 9 << 20 && !(wrong = false);

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await FetchAsync(clone)).Outcome);

        Assert.Equal(bytes, File.ReadAllBytes(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(clone), Convert.ToHexStringLower(MD5.HashData(bytes)), isHash: true)));
    }

    [Fact]
    public async Task A_way_that_checks_nothing_is_checked_by_reading()
    {
        service.Traits = new StorageTraits { Connections = 4, ChecksArrival = false };
        var small = RandomNumberGenerator.GetBytes(1000);
        File.WriteAllBytes(Path.Combine(sandbox.Root, "small.bin"), small);
        sandbox.Add("small.bin");
        var flipped = 0;
        service.Received = value =>
        {
            if (value.Length == 1000 && Interlocked.Increment(ref flipped) == 1)
                value[500] ^= 1;
        };

        Assert.All(await PushAsync(), r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));

        Assert.Contains(service.Values.Values, v => v.AsSpan().SequenceEqual(small));
    }

    [Fact]
    public async Task What_was_sent_and_never_read_back_is_sent_anew()
    {
        service.Traits = new StorageTraits { Connections = 4, ChecksArrival = false };
        var small = RandomNumberGenerator.GetBytes(1000);
        File.WriteAllBytes(Path.Combine(sandbox.Root, "small.bin"), small);
        sandbox.Add("small.bin");
        var stopped = false;
        service.Received = value =>
        {
            if (value.Length == 1000)
                (value[500], stopped) = ((byte)(value[500] ^ 1), true);
        };
        // The push is stopped between sending and reading back.
        service.BeforePiece = (_, _) =>
        {
            if (stopped)
                throw new DataVersionException(DataErrorKind.TransferFailed, "Stopped.");
        };
        await PushAsync();
        Assert.DoesNotContain(service.Values.Values, v => v.AsSpan().SequenceEqual(small));
        service.Received = _ => { };
        service.BeforePiece = (_, _) => { };

        await PushAsync();

        Assert.Contains(service.Values.Values, v => v.AsSpan().SequenceEqual(small));
        Assert.Empty(await PushAsync());
    }

    [Fact]
    public async Task A_service_that_is_gone_ends_the_push_and_every_outcome_is_told()
    {
        for (var i = 0; i < 40; i++)
            File.WriteAllText(Path.Combine(sandbox.Root, $"f{i}"), $"{i}");
        sandbox.Add([.. Enumerable.Range(0, 40).Select(i => $"f{i}")]);
        service.Traits = new StorageTraits { Connections = 32, MostConnections = 32 };
        service.BeforeTransfer = _ => throw new TransientRemoteException("No connection.") { IsUnreachable = true };
        service.BeforePart = _ => throw new TransientRemoteException("No connection.") { IsUnreachable = true };
        var results = new List<TransferResult>();

        var error = await Record.ExceptionAsync(async () => results = await SyncSandbox.SyncAsync(sandbox.Root, TransferDirection.Push, open: _ => service, results: results));

        Assert.Equal(41, results.Count);
        Assert.All(results, r => Assert.Equal(TransferOutcome.Failed, r.Outcome));
        Assert.True(error is null or DataVersionException { Kind: DataErrorKind.RemoteFailed }, $"{error}");
    }

    private Task<List<TransferResult>> PushAsync() => SyncSandbox.SyncAsync(sandbox.Root, TransferDirection.Push, open: _ => service);

    private Task<List<TransferResult>> FetchAsync(string root, int throttle = 0) => SyncSandbox.SyncAsync(root, TransferDirection.Fetch, open: _ => service, throttle: throttle);
}
