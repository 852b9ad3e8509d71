using System.Security.Cryptography;
using DataVersion.Engine;
using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing.Lanes;
using DataVersion.Engine.Objects;
using DataVersion.Tests.Hashing;

namespace DataVersion.Tests.Objects;

/// <summary>Storing and verifying when the files are hashed beside one another in lanes.</summary>
public sealed class ObjectStoreLaneTests : IDisposable
{
    private const int Mebi = 1 << 20;
    private static readonly string Width = Md5Lanes.Widest.ToString();
    private readonly ScratchFolder scratch = new();
    private readonly RecordedStats records = new();
    private readonly ObjectStores stores;

    public ObjectStoreLaneTests() => stores = new ObjectStores(scratch.PathOf("cache"), false, scratch.PathOf("quarantine"));

    public void Dispose() => scratch.Dispose();

    private StoreOutcome[] Store(OperationContext context, ObjectStores into, params StoreRequest[] requests)
    {
        var outcomes = new StoreOutcome[requests.Length];
        new ObjectStoreWriter(into, records).StoreAsPlanned(
            requests, 2, (index, outcome) => outcomes[index] = outcome, context, LaneSamples.Plan(Width));
        return outcomes;
    }

    private void AssertStored(ObjectStores into, StoreRequest[] requests, StoreOutcome[] outcomes, LinkKind method)
    {
        for (var i = 0; i < requests.Length; i++)
        {
            var content = File.ReadAllBytes(requests[i].SourcePath);
            Assert.Null(outcomes[i].Error);
            Assert.Equal(new ContentHash(MD5.HashData(content)), outcomes[i].Hash);
            Assert.Equal(content, File.ReadAllBytes(into.PathOf(outcomes[i].Hash)));
            Assert.Equal(0b100_100_100, into.Current.Stat(outcomes[i].Hash).Mode);
            if (outcomes[i].Status == StoreStatus.Stored && content.Length > 0)
                Assert.Equal(method, outcomes[i].Method);
            Assert.True(new ObjectVerifier(into, records).Verify(outcomes[i].Hash) is { Verdict: ObjectVerdict.Good, WasRead: false });
        }
        Assert.Empty(Directory.GetFiles(into.CacheFolder, ".*.tmp", SearchOption.AllDirectories));
    }

    // Lengths around the buffers of lanes, many short ones, some contents twice.
    private static StoreRequest[] Write(Func<string, byte[], string> write, LinkKind preferred)
    {
        int[] sizes = [0, 1, 100, LaneHasher.Capacity, LaneHasher.Capacity + 1, Mebi, (2 * Mebi) + 7];
        return [.. Enumerable.Range(0, 80).Select(i =>
            new StoreRequest(write($"f{i}", LaneSamples.Bytes(i < 14 ? sizes[i % 7] : 10 * i, i / 2)), Preferred: preferred))];
    }

    [Theory]
    [InlineData(LinkKind.Copy)]
    [InlineData(LinkKind.Hardlink)]
    public void Files_become_objects(LinkKind preferred)
    {
        var requests = Write((name, content) => scratch.Write(name, content), preferred);

        AssertStored(stores, requests, Store(OperationContext.Silent, stores, requests), preferred);
        Assert.All(Store(OperationContext.Silent, stores, requests), again => Assert.Equal(StoreStatus.AlreadyThere, again.Status));
    }

    [LoopFact("btrfs")]
    public void Files_become_clones()
    {
        using var disk = new LoopMount("btrfs");
        var onDisk = new ObjectStores(disk.PathOf("cache"), false, disk.PathOf("quarantine"));
        var requests = Write((name, content) =>
        {
            File.WriteAllBytes(disk.PathOf(name), content);
            return disk.PathOf(name);
        }, LinkKind.Reflink);

        AssertStored(onDisk, requests, Store(OperationContext.Silent, onDisk, requests), LinkKind.Reflink);
    }

    [Theory]
    [InlineData(LinkKind.Copy)]
    [InlineData(LinkKind.Hardlink)]
    public void Only_the_file_that_never_holds_still_is_not_stored(LinkKind preferred)
    {
        // It is the longest, so that the others in its worker's lanes end before it; after that it is tried alone, where each
        // chunk of 1 MiB is a sample.
        var requests = Enumerable.Range(0, 30).Select(i =>
            new StoreRequest(scratch.Write($"f{i}", LaneSamples.Bytes((i == 0 ? 4 : 1) * Mebi, i)), Preferred: preferred)).ToArray();
        var context = new OperationContext { Progress = _ => File.AppendAllText(requests[0].SourcePath, "x") };
        var outcomes = new StoreOutcome[requests.Length];

        new ObjectStoreWriter(stores, records).StoreAsPlanned(
            requests, 1, (index, outcome) => outcomes[index] = outcome, context, LaneSamples.Plan(Width));

        Assert.Equal((StoreStatus.ChangedDuringRead, DataErrorKind.FileChangedDuringRead), (outcomes[0].Status, outcomes[0].Error!.Kind));
        AssertStored(stores, requests[1..], outcomes[1..], preferred);
        Assert.Equal(29, stores.Current.Enumerate().Count());
    }

    [Theory]
    [InlineData(LinkKind.Copy, 100)]
    [InlineData(LinkKind.Copy, 2 * Mebi)]
    [InlineData(LinkKind.Hardlink, 100)]
    public void Cancelling_or_a_receiver_that_throws_leaves_no_part_of_the_others(LinkKind preferred, int size)
    {
        var requests = Enumerable.Range(0, 40).Select(i => new StoreRequest(scratch.Write($"f{i}", LaneSamples.Bytes(size, i)), Preferred: preferred)).ToArray();
        using var source = new CancellationTokenSource();
        var context = new OperationContext { Cancellation = source.Token, Progress = _ => source.Cancel() };

        Assert.ThrowsAny<OperationCanceledException>(() => Store(context, stores, requests));
        Assert.Throws<InvalidOperationException>(() => new ObjectStoreWriter(stores, records).StoreAsPlanned(requests, 1,
            (_, _) => throw new InvalidOperationException("receiver"), OperationContext.Silent, LaneSamples.Plan(Width)));

        Assert.Empty(Directory.GetFiles(stores.CacheFolder, ".*.tmp", SearchOption.AllDirectories));
        AssertStored(stores, requests, Store(OperationContext.Silent, stores, requests), preferred);
    }

    [Fact]
    public void A_damaged_object_is_replaced_by_the_content_in_the_lane()
    {
        var requests = Enumerable.Range(0, 40).Select(i => new StoreRequest(scratch.Write($"f{i}", $"content {i}"))).ToArray();
        var first = Store(OperationContext.Silent, stores, requests);
        foreach (var outcome in first.Where((_, i) => i % 4 == 0))
        {
            FileModes.Set(stores.PathOf(outcome.Hash), 0b110_100_100);
            File.WriteAllText(stores.PathOf(outcome.Hash), "damaged by a program");
        }

        var again = Store(OperationContext.Silent, stores, requests);

        for (var i = 0; i < again.Length; i++)
            Assert.Equal(i % 4 == 0 ? StoreStatus.Stored : StoreStatus.AlreadyThere, again[i].Status);
        AssertStored(stores, requests, again, LinkKind.Copy);
    }

    [Fact]
    public void Many_objects_after_a_large_one_get_a_verdict_each()
    {
        // Lanes are worth while once some megabytes were hashed.
        var requests = Enumerable.Range(0, 80).Select(i => new StoreRequest(scratch.Write($"f{i}", LaneSamples.Bytes(i == 0 ? 9 * Mebi : 1000 + i, i)))).ToArray();
        var hashes = Store(OperationContext.Silent, stores, requests).Select(o => o.Hash).ToArray();
        for (var i = 1; i < hashes.Length; i += 5)
        {
            FileModes.Set(stores.PathOf(hashes[i]), 0b110_100_100);
            File.WriteAllText(stores.PathOf(hashes[i]), "damaged");
        }
        for (var i = 2; i < hashes.Length; i += 5)
            stores.Current.Remove(hashes[i]);
        var verdicts = new ObjectVerdict[hashes.Length];

        new ObjectVerifier(stores, records).Verify(hashes, 1, (index, check) => verdicts[index] = check.Verdict, OperationContext.Silent, always: true);

        for (var i = 0; i < verdicts.Length; i++)
            Assert.Equal((i % 5) switch { 1 => ObjectVerdict.Corrupt, 2 => ObjectVerdict.Missing, _ => ObjectVerdict.Good }, verdicts[i]);
    }
}
