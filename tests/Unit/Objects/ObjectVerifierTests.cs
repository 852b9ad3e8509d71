using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;

namespace DataVersion.Tests.Objects;

public sealed class ObjectVerifierTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly RecordedStats records = new();
    private readonly ObjectStores stores;
    private readonly ObjectVerifier verifier;

    public ObjectVerifierTests()
    {
        stores = new ObjectStores(scratch.PathOf("cache"), sharedGroup: false, scratch.PathOf("quarantine"));
        verifier = new ObjectVerifier(stores, records);
    }

    public void Dispose() => scratch.Dispose();

    private ContentHash Store(string text) => stores.Current.AddBytes(Encoding.UTF8.GetBytes(text), isDirectory: false);

    // In place, as a program with the file open would: same inode, and the mode back to 0444 so that DVC would trust it.
    private void Damage(ContentHash hash, string text)
    {
        var path = stores.PathOf(hash);
        FileModes.Set(path, 0b110_100_100);
        File.WriteAllText(path, text);
        FileModes.Protect(path);
    }

    [Fact]
    public void A_good_object_is_read_once_and_then_known_by_its_stat()
    {
        var hash = Store("good");

        Assert.True(verifier.Verify(hash) is { Verdict: ObjectVerdict.Good, WasRead: true });
        Assert.True(verifier.Verify(hash) is { Verdict: ObjectVerdict.Good, WasRead: false, Error: null });
        Assert.True(verifier.Verify(hash, always: true) is { Verdict: ObjectVerdict.Good, WasRead: true });
        File.SetLastWriteTimeUtc(stores.PathOf(hash), DateTime.UtcNow.AddDays(-1));
        var check = verifier.Verify(hash);
        Assert.True(check is { Verdict: ObjectVerdict.Good, WasRead: true });
        Assert.Equal(stores.Current.Stat(hash), check.Stat);
    }

    [Fact]
    public void A_damaged_object_is_never_good_although_its_mode_is_0444()
    {
        var hash = Store("good");
        verifier.Verify(hash);
        Damage(hash, "evil");

        var check = verifier.Verify(hash);

        Assert.Equal(ObjectVerdict.Corrupt, check.Verdict);
        Assert.Equal(DataErrorKind.ObjectCorrupt, check.Error!.Kind);
        Assert.Contains(hash.ToString(), check.Error.Message, StringComparison.Ordinal);
        Assert.False(stores.Current.HasObject(hash));
        Assert.Equal("evil", File.ReadAllText(check.QuarantinedTo!));
        Assert.Equal(0, records.Count);
        Assert.True(verifier.Verify(hash) is { Verdict: ObjectVerdict.Missing, Error.Kind: DataErrorKind.ObjectMissing });
    }

    [Fact]
    public void A_script_that_is_a_link_to_its_object_stays_executable_when_the_object_is_read()
    {
        var hash = Store("#!/bin/sh");
        FileModes.Set(stores.PathOf(hash), 0b101_100_100);

        Assert.Equal(ObjectVerdict.Good, verifier.Verify(hash, always: true).Verdict);
        Assert.Equal(0b101_100_100, stores.Current.Stat(hash).Mode);
    }

    [Fact]
    public void A_writable_object_is_marked_again_once_its_bytes_are_known_to_be_right()
    {
        var hash = Store("good");
        FileModes.Set(stores.PathOf(hash), 0b110_100_100);

        Assert.Equal(ObjectVerdict.Good, verifier.Verify(hash).Verdict);
        Assert.Equal(0b100_100_100, stores.Current.Stat(hash).Mode);
    }

    [Fact]
    public void Manifests_of_both_stores_go_by_the_md5_of_their_bytes()
    {
        var current = stores.Current.Add(Manifest.Create([new("a", Store("x"))]));
        var text = LegacyHash("a\r\n");
        var legacy = stores.Legacy.Add(Manifest.Create([new("a", text)], ContentHashAlgorithm.Md5Dos2Unix));
        scratch.Write($"cache/{text.Hex[..2]}/{text.Hex[2..]}", "a\r\n");

        foreach (var hash in new[] { current, legacy, text })
        {
            Assert.True(verifier.Verify(hash) is { Verdict: ObjectVerdict.Good, WasRead: true }, hash.ToString());
            Assert.True(verifier.Verify(hash) is { Verdict: ObjectVerdict.Good, WasRead: false }, hash.ToString());
        }
    }

    [Fact]
    public void Many_objects_get_a_verdict_each()
    {
        var hashes = Enumerable.Range(0, 60).Select(i => Store($"object {i}")).ToArray();
        for (var i = 0; i < hashes.Length; i += 3)
            Damage(hashes[i], "damaged");
        for (var i = 1; i < hashes.Length; i += 3)
            stores.Current.Remove(hashes[i]);
        var verdicts = new ObjectVerdict?[hashes.Length];

        verifier.Verify(hashes, 4, (index, check) => verdicts[index] = check.Verdict, OperationContext.Silent);

        for (var i = 0; i < hashes.Length; i++)
            Assert.Equal((i % 3) switch { 0 => ObjectVerdict.Corrupt, 1 => ObjectVerdict.Missing, _ => ObjectVerdict.Good }, verdicts[i]);
        Assert.Equal(20, stores.Current.Enumerate().Count());
    }

    [LoopFact("ext4")]
    public void In_a_read_only_cache_good_objects_are_used_and_bad_ones_are_told()
    {
        using var disk = new LoopMount("ext4");
        var cache = new ObjectStores(disk.PathOf("cache"), false, scratch.PathOf("quarantine"));
        var good = cache.Current.AddBytes("good"u8, isDirectory: false);
        var bad = cache.Current.AddBytes("bad"u8, isDirectory: false);
        FileModes.Set(cache.PathOf(bad), 0b110_100_100);
        File.WriteAllText(cache.PathOf(bad), "worse");
        disk.MakeReadOnly();
        var closed = new ObjectVerifier(cache, records);

        Assert.Equal(ObjectVerdict.Good, closed.Verify(good).Verdict);
        var check = closed.Verify(bad);
        Assert.True(check is { Verdict: ObjectVerdict.Corrupt, QuarantinedTo: null });
        Assert.Contains("could not be moved", check.Error!.Message, StringComparison.Ordinal);
    }

    private static ContentHash LegacyHash(string text) => DataVersion.Engine.Hashing.LegacyTextHash.Of(Encoding.UTF8.GetBytes(text));
}
