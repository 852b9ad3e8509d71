using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using DataVersion.Engine.Hashing.Lanes;

namespace DataVersion.Benchmarks.Micro;

/// <summary>
/// MD5 of many messages in memory on one core: by the platform one by one, and in lanes of each width, with the copy into
/// the lane's buffer that reading a file is as well.
/// </summary>
[Throughput(nameof(TotalBytes))]
public class HashingBenchmarks
{
    /// <summary>Bytes of one run: more than the caches near a core hold.</summary>
    public const int TotalBytes = 64 << 20;

    private readonly byte[] content = new byte[TotalBytes];
    private LaneHasher? lanes;

    /// <summary>Bytes of a message.</summary>
    [Params(275, 10_000, 100_000)]
    public int Length { get; set; }

    /// <summary>One for the platform, else the number of lanes.</summary>
    [ParamsSource(nameof(Widths))]
    public string Width { get; set; } = "";

    /// <summary>What this machine has.</summary>
    public static IEnumerable<string> Widths => Enum.GetValues<LaneWidth>().Where(Md5Lanes.IsSupported).Select(w => w.ToString());

    /// <summary>Makes the content.</summary>
    [GlobalSetup]
    public void Fill()
    {
        new Random(1).NextBytes(content);
        var width = Enum.Parse<LaneWidth>(Width);
        lanes = width == LaneWidth.One ? null : new LaneHasher(width, CancellationToken.None, static _ => { });
    }

    /// <summary>Frees the lanes.</summary>
    [GlobalCleanup]
    public void CleanUp() => lanes?.Dispose();

    /// <summary>Hashes all messages; the sum of their first bytes is there so that nothing is left out.</summary>
    [Benchmark]
    public int Hash()
    {
        var sum = 0;
        Span<byte> hash = stackalloc byte[16];
        for (var offset = 0; offset + Length <= content.Length; offset += Length)
        {
            if (lanes is null)
            {
                MD5.HashData(content.AsSpan(offset, Length), hash);
                sum += hash[0];
            }
            else
                lanes.Hash(new MemoryJob(content.AsMemory(offset, Length), found => sum += found.GetHashCode()));
        }
        lanes?.Finish();
        return sum;
    }

    private sealed class MemoryJob(ReadOnlyMemory<byte> message, Action<ContentHash> done) : LaneJob(message.Length, ContentHashAlgorithm.Md5)
    {
        public override int Read(Span<byte> buffer, long offset)
        {
            message.Span.Slice((int)offset, buffer.Length).CopyTo(buffer);
            return buffer.Length;
        }

        public override void Hashed(ContentHash? hash, ReadOnlySpan<byte> content) => done(hash!.Value);

        public override void Failed(Exception error) => throw error;

        public override void Dispose()
        {
        }
    }
}
