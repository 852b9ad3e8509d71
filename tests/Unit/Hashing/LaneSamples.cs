using System.Security.Cryptography;
using DataVersion.Engine.Hashing;
using DataVersion.Engine.Hashing.Lanes;

namespace DataVersion.Tests.Hashing;

/// <summary>Messages in memory for the lanes, and what the platform's MD5 makes of them.</summary>
internal static class LaneSamples
{
    /// <summary>The widths of this machine that have lanes.</summary>
    public static TheoryData<string> Widths => new(
        Enum.GetValues<LaneWidth>().Where(w => w != LaneWidth.One && Md5Lanes.IsSupported(w)).Select(w => w.ToString()));

    /// <summary>Lanes from the first byte on.</summary>
    public static HashPlan Plan(string width, long mostInLane = long.MaxValue) =>
        new(null, mostInLane, 0, Enum.Parse<LaneWidth>(width)) { AtOnce = true };

    public static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The hashes of messages, in their order, each reported once.</summary>
    public static string[] Hash(string width, IReadOnlyList<byte[]> messages)
    {
        var found = new string[messages.Count];
        using var hasher = new LaneHasher(Enum.Parse<LaneWidth>(width), CancellationToken.None, static _ => { });
        for (var i = 0; i < messages.Count; i++)
        {
            var number = i;
            hasher.Hash(new MemoryJob(messages[i], text =>
            {
                Assert.Null(found[number]);
                found[number] = text;
            }));
        }
        hasher.Finish();
        return found;
    }

    public static string[] Expected(IEnumerable<byte[]> messages) => [.. messages.Select(m => Convert.ToHexStringLower(MD5.HashData(m)))];

    private sealed class MemoryJob(byte[] message, Action<string> done) : LaneJob(message.Length, ContentHashAlgorithm.Md5)
    {
        public override int Read(Span<byte> buffer, long offset)
        {
            var part = message.AsSpan((int)offset, Math.Min(buffer.Length, message.Length - (int)offset));
            part.CopyTo(buffer);
            return part.Length;
        }

        public override void Hashed(ContentHash? hash, ReadOnlySpan<byte> content)
        {
            Assert.True(content.SequenceEqual(message.Length <= LaneHasher.Capacity ? message : []));
            done(hash.ToString()!);
        }

        public override void Failed(Exception error) => throw error;

        public override void Dispose()
        {
        }
    }
}
