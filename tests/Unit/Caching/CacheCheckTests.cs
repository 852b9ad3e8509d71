using DataVersion.Engine;
using DataVersion.Engine.Caching;
using DataVersion.Engine.Files;

namespace DataVersion.Tests.Caching;

public sealed class CacheCheckTests : IDisposable
{
    private readonly VersionedData data = new();

    public void Dispose() => data.Dispose();

    private List<CacheVerdict> Check(bool quick = false, bool includeGood = false, bool mayMove = true)
    {
        using var repository = data.Open();
        var found = new List<CacheVerdict>();
        CacheCheck.Run(repository, quick, includeGood, _ => mayMove, found.Add, OperationContext.Silent);
        return found;
    }

    private void Damage(ContentHash hash)
    {
        var path = data.Stores.PathOf(hash);
        FileModes.Set(path, 0b110_100_100);
        File.WriteAllText(path, "damaged");
        FileModes.Protect(path);
    }

    [Fact]
    public void A_sound_cache_gives_nothing_unless_asked()
    {
        data.Folder("d", "one", "two");
        data.File("f", "one");

        Assert.Empty(Check());
        var good = Check(includeGood: true);
        Assert.Equal(3, good.Count);
        Assert.All(good, v => Assert.Equal(CacheVerdictKind.Good, v.Verdict));
        Assert.Contains(good, v => v.UsedBy.SequenceEqual(["d/f0", "f"]));
    }

    [Fact]
    public void A_damaged_object_is_put_away_and_the_paths_that_need_it_are_named()
    {
        data.Folder("d", "one", "two");
        var hash = data.File("f", "one");
        Damage(hash);

        var verdict = Assert.Single(Check());

        Assert.Equal((hash, CacheVerdictKind.Corrupt), (verdict.Hash, verdict.Verdict));
        Assert.Equal(["d/f0", "f"], verdict.UsedBy);
        Assert.Equal("damaged", File.ReadAllText(verdict.QuarantinePath!));
        Assert.NotEqual(hash, verdict.ActualHash);
        Assert.DoesNotContain(hash, data.Cached());
        Assert.Equal((hash, CacheVerdictKind.Missing), Assert.Single(Check().Select(v => (v.Hash, v.Verdict))));
    }

    [Fact]
    public void A_damaged_manifest_is_reported_once()
    {
        var hash = data.Folder("d", "one");
        Damage(hash);

        var verdict = Assert.Single(Check());

        Assert.Equal((hash, CacheVerdictKind.Corrupt), (verdict.Hash, verdict.Verdict));
        Assert.Equal(["d"], verdict.UsedBy);
    }

    [Fact]
    public void What_may_not_be_moved_is_reported_and_stays()
    {
        var (manifest, hash) = (data.Folder("d", "one"), data.File("f", "two"));
        Damage(manifest);
        Damage(hash);

        foreach (var _ in new[] { 1, 2 })
        {
            var verdicts = Check(mayMove: false);
            Assert.Equal([(manifest, "d"), (hash, "f")], verdicts.Select(v => (v.Hash, Assert.Single(v.UsedBy))));
            Assert.All(verdicts, v => Assert.True(v is { Verdict: CacheVerdictKind.CorruptInPlace, QuarantinePath: null, Size: 7 }));
            Assert.All(verdicts, v => Assert.Equal("damaged", File.ReadAllText(v.ObjectPath!)));
        }
        Assert.Equal([CacheVerdictKind.Corrupt, CacheVerdictKind.Corrupt], Check().Select(v => v.Verdict));
    }

    [Fact]
    public void An_object_that_became_good_while_somebody_thought_about_it_stays()
    {
        var hash = data.File("f", "one");
        Damage(hash);
        using var repository = data.Open();
        var found = new List<CacheVerdict>();

        CacheCheck.Run(repository, false, false, bad =>
        {
            FileModes.Set(bad.Path, 0b110_100_100);
            File.WriteAllText(bad.Path, "one");
            return true;
        }, found.Add, OperationContext.Silent);

        Assert.Empty(found);
        Assert.Contains(hash, data.Cached());
    }

    [Fact]
    public void A_quick_check_believes_what_was_verified()
    {
        var hash = data.File("f", "one");
        var path = data.Stores.PathOf(hash);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        Assert.Empty(Check());
        var time = File.GetLastWriteTimeUtc(path);
        FileModes.Set(path, 0b110_100_100);
        File.WriteAllText(path, "two");
        FileModes.Protect(path);
        File.SetLastWriteTimeUtc(path, time);

        Assert.Empty(Check(quick: true));
        Assert.Equal(CacheVerdictKind.Corrupt, Assert.Single(Check()).Verdict);
    }
}
