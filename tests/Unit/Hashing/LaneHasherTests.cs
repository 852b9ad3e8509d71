using DataVersion.Engine.Hashing.Lanes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DataVersion.Tests.Hashing;

public sealed class LaneHasherTests
{
    public static TheoryData<string> Widths => LaneSamples.Widths;

    [Theory]
    [MemberData(nameof(Widths))]
    public void Each_length_up_to_1100_has_the_hash_of_the_platform(string width)
    {
        var messages = Enumerable.Range(0, 1101).Select(i => LaneSamples.Bytes(i, i)).ToArray();

        Assert.Equal(LaneSamples.Expected(messages), LaneSamples.Hash(width, messages));
        Array.Reverse(messages);
        Assert.Equal(LaneSamples.Expected(messages), LaneSamples.Hash(width, messages));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Any_number_of_messages_is_right_also_fewer_than_lanes(string width)
    {
        for (var count = 0; count <= 40; count++)
        {
            var messages = Enumerable.Range(0, count).Select(i => LaneSamples.Bytes((i * 37 * count) % 700, i)).ToArray();

            Assert.Equal(LaneSamples.Expected(messages), LaneSamples.Hash(width, messages));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Lanes_are_refilled_beside_a_message_of_many_chunks(string width)
    {
        int[] longOnes = [LaneHasher.Capacity, LaneHasher.Capacity + 1, LaneHasher.Capacity - 1, (3 * LaneHasher.Capacity) + 55, 5 * LaneHasher.Capacity];
        var random = new Random(7);
        var messages = Enumerable.Range(0, 600).Select(i => LaneSamples.Bytes(i % 120 == 3 ? longOnes[i / 120] : random.Next(3000), i)).ToArray();

        Assert.Equal(LaneSamples.Expected(messages), LaneSamples.Hash(width, messages));
    }

    [Property(MaxTest = 60)]
    public Property Batches_of_any_lengths_are_right_in_every_width() => Prop.ForAll(
        Gen.Choose(0, 5000).Or(Gen.Choose(0, 130)).ListOf().ToArbitrary(), lengths =>
        {
            var messages = lengths.Select(LaneSamples.Bytes).ToArray();
            var expected = LaneSamples.Expected(messages);
            foreach (var width in Widths)
                Assert.Equal(expected, LaneSamples.Hash(width, messages));
        });

    [Fact]
    public void A_job_that_is_given_up_is_let_go()
    {
        if (Md5Lanes.Widest == LaneWidth.One)
            return;
        var events = new List<string>();
        using (var hasher = new LaneHasher(Md5Lanes.Widest, CancellationToken.None, static _ => { }))
            hasher.Hash(new StubJob(10, (_, _) => 10, events));
        Assert.Equal(["closed"], events);
    }

    [Fact]
    public void A_job_that_is_cut_short_or_fails_ends_and_leaves_the_lane_to_the_next()
    {
        if (Md5Lanes.Widest == LaneWidth.One)
            return;
        var events = new List<string>();
        using var hasher = new LaneHasher(Md5Lanes.Widest, CancellationToken.None, static _ => { });
        for (var i = 0; i < 40; i++)
        {
            hasher.Hash(new StubJob(10, (_, _) => 9, events));
            hasher.Hash(new StubJob(2 * LaneHasher.Capacity, (at, length) => at == 0 ? length : throw new IOException("bad sector"), events));
        }
        hasher.Hash(new StubJob(0, (_, _) => 0, events));
        hasher.Finish();

        Assert.Equal(40, events.Count(e => e == "none"));
        Assert.Equal(40, events.Count(e => e == "bad sector"));
        Assert.Equal(1, events.Count(e => e == "d41d8cd98f00b204e9800998ecf8427e"));
        Assert.Equal(81, events.Count(e => e == "closed"));
    }

    [Fact]
    public void A_receiver_that_throws_is_not_called_again()
    {
        if (Md5Lanes.Widest == LaneWidth.One)
            return;
        var events = new List<string>();
        using var hasher = new LaneHasher(Md5Lanes.Widest, CancellationToken.None, static _ => { });
        hasher.Hash(new StubJob(10, (_, _) => 10, events, () => throw new InvalidOperationException("receiver")));

        Assert.Throws<InvalidOperationException>(hasher.Finish);
        hasher.Finish();

        Assert.Equal(["closed"], events);
    }

    private sealed class StubJob(long size, Func<long, int, int> read, List<string> events, Action? hashed = null)
        : LaneJob(size, ContentHashAlgorithm.Md5)
    {
        public override int Read(Span<byte> buffer, long offset) => read(offset, buffer.Length);

        public override void Hashed(ContentHash? hash, ReadOnlySpan<byte> content)
        {
            hashed?.Invoke();
            events.Add(hash?.ToString() ?? "none");
        }

        public override void Failed(Exception error) => events.Add(error.Message);

        public override void Dispose() => events.Add("closed");
    }
}
