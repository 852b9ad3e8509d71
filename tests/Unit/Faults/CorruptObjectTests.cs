namespace DataVersion.Tests.Faults;

/// <summary>Objects whose bytes are not what their name says: never served, put aside, healed by any right copy.</summary>
public sealed class CorruptObjectTests
{
    [Fact]
    public void A_checkout_serves_what_is_right_and_names_what_is_not()
    {
        using var place = new FaultRepository();
        place.Write("a.bin", "a");
        foreach (var i in Enumerable.Range(1, 3))
            place.Write($"data/{i}.txt", $"content {i}");
        place.Record("v1", "a.bin", "data");
        Directory.Delete(place.PathOf("data"), recursive: true);
        File.Delete(place.PathOf("a.bin"));
        var md5 = FaultRepository.Md5("content 2"u8.ToArray());
        InterferenceFaultTests.Corrupt(place.ObjectPath(md5));

        var result = place.Fails(DataErrorKind.ObjectCorrupt, md5, "Switch-DataVersion");

        Assert.Contains("data/2.txt", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(["a", "content 1", "content 3"], new[] { "a.bin", "data/1.txt", "data/3.txt" }.Select(place.Read));
        Assert.False(File.Exists(place.PathOf("data/2.txt")));
        Assert.False(File.Exists(place.ObjectPath(md5)));
        var quarantined = Directory.GetFiles(place.PathOf(".dvc/tmp"), md5 + "*", SearchOption.AllDirectories);
        Assert.Contains(quarantined, p => !p.EndsWith(".reason.txt", StringComparison.Ordinal));

        // Gone from the cache now: still said, not served, and told apart.
        place.Fails(DataErrorKind.ObjectMissing, "data/2.txt", "Switch-DataVersion");
        Assert.Empty(place.Session.Invoke("Switch-DataVersion -AllowMissing").Errors);
        // Healed by adding the right content.
        place.Write("data/2.txt", "content 2");
        place.Session.Run("$null = Add-DataFile data");
        Assert.Empty(place.Session.Run("git status --porcelain ; Get-DataStatus").Output);
        Assert.Equal("content 2", File.ReadAllText(place.ObjectPath(md5)));
    }

    [Fact]
    public void A_switch_to_a_version_with_a_corrupt_object_changes_nothing()
    {
        using var place = new FaultRepository();
        place.Write("a.bin", "a1");
        place.Write("b.bin", "b1");
        place.Record("v1", "a.bin", "b.bin");
        place.Write("a.bin", "a2");
        place.Write("b.bin", "b2");
        place.Record("v2", "a.bin", "b.bin");
        place.Session.Run("Add-DataRemote store ../store -Default ; $null = Sync-DataRemote -Direction Push -AllCommits ; git commit -qam remote");
        InterferenceFaultTests.Corrupt(place.ObjectOf("a1"));
        var head = place.Head;

        var result = place.Fails(DataErrorKind.ObjectCorrupt, "a.bin", "Switch-DataVersion v1");

        Assert.Contains(FaultRepository.Md5("a1"u8.ToArray()), result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal((head, "a2", "b2"), (place.Head, place.Read("a.bin"), place.Read("b.bin")));
        // Healed from the remote.
        place.Session.Run("$null = Sync-DataRemote -Direction Fetch -AllCommits ; $null = Switch-DataVersion v1");
        Assert.Equal(("a1", "b1"), (place.Read("a.bin"), place.Read("b.bin")));
    }

    [Fact]
    public void A_corrupt_manifest_is_not_used()
    {
        using var place = new FaultRepository();
        place.Write("data/1.txt", "1");
        place.Record("v1", "data");
        var manifest = place.ObjectPath(Hash(place, "data"));
        File.SetAttributes(manifest, FileAttributes.Normal);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("1.txt", "2.txt", StringComparison.Ordinal));
        File.Delete(place.PathOf("data/1.txt"));

        var result = place.Fails(DataErrorKind.ObjectCorrupt, "data", "Switch-DataVersion");

        Assert.Contains(Hash(place, "data"), result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(place.PathOf("data/2.txt")));
        place.Write("data/1.txt", "1");
        place.Session.Run("$null = Add-DataFile data");
        Assert.True(File.Exists(manifest));
    }

    [Fact]
    public void Testing_the_cache_finds_puts_aside_and_tells()
    {
        using var place = new FaultRepository();
        foreach (var i in Enumerable.Range(1, 4))
            place.Write($"data/{i}.txt", $"content {i}");
        place.Record("v1", "data");
        InterferenceFaultTests.Corrupt(place.ObjectOf("content 1"));
        var before = FaultRepository.Md5(File.ReadAllBytes(place.ObjectOf("content 1")));

        var result = place.Session.Invoke("Test-DataCache");

        var bad = Assert.Single(result.Output.Select(o => (CacheVerdict)o.BaseObject), v => v.Verdict != CacheVerdictKind.Good);
        Assert.Equal(FaultRepository.Md5("content 1"u8.ToArray()), bad.Hash.ToString());
        Assert.NotNull(bad.QuarantinePath);
        Assert.Equal(before, FaultRepository.Md5(File.ReadAllBytes(bad.QuarantinePath)));
        Assert.False(File.Exists(place.ObjectOf("content 1")));
        Assert.Equal("content 1", place.Read("data/1.txt"));
        Assert.DoesNotContain(place.Session.Run<CacheVerdict>("Test-DataCache"), v => v.Verdict == CacheVerdictKind.Corrupt);
        place.Session.Run("$null = Add-DataFile data");
        Assert.Equal("content 1", File.ReadAllText(place.ObjectOf("content 1")));
    }

    private static string Hash(FaultRepository place, string name) => place.Session.Run<DataFile>("Get-DataFile -LiteralPath $n", ("n", name)).Single().Hash!.Value.ToString();
}
