using DataVersion.Engine.Files;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Tests.Workspaces;

public sealed class StatCacheTests : IDisposable
{
    private const long LongAgo = 1_700_000_000_123_456_789;
    private readonly string folder = Directory.CreateTempSubdirectory("dv-stat-").FullName;

    private string Path => System.IO.Path.Combine(folder, "state", "stat-cache");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(513)]
    [InlineData(30_000)]
    public void What_was_recorded_is_found_by_the_next_command(int count)
    {
        Fill(0, count);
        var cache = new StatCache(Path);
        for (var i = 0; i < count; i++)
            Assert.True(Knows(cache, i), $"File {i} of {count} is not known.");
        Assert.False(Knows(cache, count));
    }

    [Fact]
    public void Another_stat_or_another_algorithm_is_not_known()
    {
        Fill(0, 10);
        var cache = new StatCache(Path);
        Assert.False(cache.TryGet(NameOf(3), StatOf(3) with { ModifiedNs = LongAgo }, ContentHashAlgorithm.Md5, out _));
        Assert.False(cache.TryGet(NameOf(3), StatOf(3) with { Size = 4 }, ContentHashAlgorithm.Md5, out _));
        Assert.False(cache.TryGet(NameOf(3), StatOf(3) with { Inode = 4 }, ContentHashAlgorithm.Md5, out _));
        Assert.False(cache.TryGet(NameOf(3), StatOf(3), ContentHashAlgorithm.Md5Dos2Unix, out _));
    }

    [Fact]
    public void The_last_record_counts_and_a_forgotten_one_is_gone()
    {
        Fill(0, 5_000);
        var cache = new StatCache(Path);
        for (var i = 0; i < 5_000; i += 10)
            cache.Record(NameOf(i), StatOf(i), HashOf(i + 1));
        for (var i = 1; i < 5_000; i += 10)
            cache.Forget(NameOf(i));
        cache.Save();
        var next = new StatCache(Path);
        for (var i = 0; i < 5_000; i++)
        {
            var found = next.TryGet(NameOf(i), StatOf(i), ContentHashAlgorithm.Md5, out var hash);
            Assert.Equal(i % 10 != 1, found);
            if (found)
                Assert.Equal(HashOf(i % 10 == 0 ? i + 1 : i), hash);
        }
    }

    [Fact]
    public void What_two_commands_learn_at_the_same_time_is_kept_of_both()
    {
        Fill(0, 100);
        var (one, other) = (new StatCache(Path), new StatCache(Path));
        Assert.True(Knows(one, 7) && Knows(other, 7)); // both have loaded it
        Record(one, 100, 200);
        Record(other, 200, 300);
        one.Save();
        other.Save();
        var next = new StatCache(Path);
        for (var i = 0; i < 300; i++)
            Assert.True(Knows(next, i), $"File {i} is not known.");
    }

    [Fact]
    public void It_goes_on_being_of_use_after_it_was_saved()
    {
        var cache = new StatCache(Path);
        for (var i = 0; i < 5; i++)
        {
            Record(cache, i * 1_000, (i + 1) * 1_000);
            cache.Save();
            Assert.True(Knows(cache, i * 1_000) && Knows(cache, 0));
        }
        Assert.True(Knows(new StatCache(Path), 4_999));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(100)]
    [InlineData(72_031)]
    public void A_torn_file_counts_as_empty_and_is_replaced(int length)
    {
        Fill(0, 1_000);
        using (var file = File.Open(Path, FileMode.Open))
            file.SetLength(length);
        AssertEmptyAndUsable();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(40_000)]
    public void A_file_with_a_wrong_byte_counts_as_empty_and_is_replaced(int at)
    {
        Fill(0, 1_000);
        var bytes = File.ReadAllBytes(Path);
        bytes[at] ^= 1;
        File.WriteAllBytes(Path, bytes);
        AssertEmptyAndUsable();
    }

    [Fact]
    public void A_file_changed_a_moment_ago_is_not_recorded()
    {
        var cache = new StatCache(Path);
        var stat = StatOf(1) with { ModifiedNs = ((DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100) + 1_000_000_000 };
        cache.Record(NameOf(1), stat, HashOf(1));
        Assert.False(cache.TryGet(NameOf(1), stat, ContentHashAlgorithm.Md5, out _));
    }

    [Fact]
    public void Many_threads_record_at_the_same_time()
    {
        var cache = new StatCache(Path);
        Parallel.For(0, 20_000, i => cache.Record(NameOf(i % 10_000), StatOf(i % 10_000), HashOf(i % 10_000)));
        cache.Save();
        Assert.Equal(32 + (10_000 * 72), new FileInfo(Path).Length);
        var next = new StatCache(Path);
        for (var i = 0; i < 10_000; i++)
            Assert.True(Knows(next, i), $"File {i} is not known.");
    }

    private void AssertEmptyAndUsable()
    {
        Assert.False(Knows(new StatCache(Path), 5));
        Fill(5, 6);
        Assert.True(Knows(new StatCache(Path), 5));
    }

    private void Fill(int from, int to)
    {
        var cache = new StatCache(Path);
        Record(cache, from, to);
        cache.Save();
    }

    private static void Record(StatCache cache, int from, int to)
    {
        for (var i = from; i < to; i++)
            cache.Record(NameOf(i), StatOf(i), HashOf(i));
    }

    private static bool Knows(StatCache cache, int i) =>
        cache.TryGet(NameOf(i), StatOf(i), ContentHashAlgorithm.Md5, out var hash) && hash == HashOf(i);

    private static string NameOf(int i) => $"/somewhere/data/{i % 10}/{i}.bin";

    private static FileStat StatOf(int i) => new(FileKind.File, 1, (ulong)i + 10, 100, LongAgo + i + 1, 0x1A4, 1);

    private static ContentHash HashOf(int i)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, i * 7919L);
        return new ContentHash(bytes);
    }
}
