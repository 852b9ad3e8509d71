using System.Collections.Concurrent;
using System.Security.Cryptography;
using DataVersion.Engine;
using DataVersion.Engine.Hashing;
using DataVersion.Engine.Hashing.Lanes;

namespace DataVersion.Tests.Hashing;

public sealed class HashWorkerTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public static TheoryData<string> Widths => LaneSamples.Widths;

    public void Dispose() => scratch.Dispose();

    [Theory]
    [MemberData(nameof(Widths))]
    public void Files_of_all_sizes_and_both_algorithms_are_hashed_in_lanes_as_one_by_one(string width)
    {
        int[] sizes = [0, 1, 55, 56, 63, 64, 65, 4096, 131072, LaneHasher.Capacity - 1, LaneHasher.Capacity, LaneHasher.Capacity + 1, (3 << 20) + 5];
        var requests = new List<HashRequest>();
        for (var i = 0; i < 4 * sizes.Length; i++)
        {
            var content = LaneSamples.Bytes(sizes[i % sizes.Length], i);
            if (i % 3 == 0)
                for (var j = 0; j < content.Length; j++)
                    content[j] = (byte)"text\r\nof lines\r\n"[j % 16];
            requests.Add(new HashRequest(scratch.Write($"f{i}", content), i % 2 == 0 ? ContentHashAlgorithm.Md5 : ContentHashAlgorithm.Md5Dos2Unix));
        }
        foreach (var plan in new[] { LaneSamples.Plan(width), LaneSamples.Plan(width, 1 << 20) })
        {
            var found = new ConcurrentBag<(int Index, HashOutcome Outcome)>();
            HashPipeline.HashAsPlanned(requests, 2, (index, outcome) => found.Add((index, outcome)), OperationContext.Silent, plan);

            Assert.Equal(Enumerable.Range(0, requests.Count), found.Select(f => f.Index).Order());
            Assert.All(found, f =>
            {
                var (path, algorithm, _) = requests[f.Index];
                var bytes = File.ReadAllBytes(path);
                Assert.Equal(HashStatus.Hashed, f.Outcome.Status);
                Assert.Equal(algorithm == ContentHashAlgorithm.Md5 ? new ContentHash(MD5.HashData(bytes)) : LegacyTextHash.Of(bytes), f.Outcome.Hash);
                Assert.Equal(bytes.Length, f.Outcome.After.Size);
            });
        }
    }

    [Theory]
    [InlineData(1, HashStatus.Hashed)]
    [InlineData(100, HashStatus.ChangedDuringRead)]
    public void A_file_that_changes_in_its_lane_is_hashed_again_and_once_more_reported(int changes, HashStatus expected)
    {
        if (Md5Lanes.Widest == LaneWidth.One)
            return;
        var path = scratch.Write("moving", new byte[3 * LaneHasher.Capacity]);
        var outcome = default(HashOutcome);
        using var worker = new HashWorker(LaneSamples.Plan(Md5Lanes.Widest.ToString()), CancellationToken.None, _ =>
        {
            if (changes-- > 0)
                File.AppendAllText(path, "more");
        });

        worker.Hash(path, ContentHashAlgorithm.Md5, found => outcome = found);
        worker.Finish();

        Assert.Equal(expected, outcome.Status);
        if (expected == HashStatus.Hashed)
            Assert.Equal(Convert.ToHexStringLower(MD5.HashData(File.ReadAllBytes(path))), outcome.Hash.ToString());
        else
            Assert.Equal(DataErrorKind.FileChangedDuringRead, outcome.Error!.Kind);
    }

    [Fact]
    public void A_file_that_is_written_to_after_it_was_read_but_before_it_was_hashed_is_hashed_again()
    {
        if (Md5Lanes.Widest == LaneWidth.One)
            return;
        var path = scratch.Write("file", "before");
        var hash = "";
        using var worker = new HashWorker(LaneSamples.Plan(Md5Lanes.Widest.ToString()), CancellationToken.None);

        worker.Hash(path, ContentHashAlgorithm.Md5, found => hash = found.Hash.ToString());
        File.WriteAllText(path, "after it");
        worker.Finish();

        Assert.Equal(Convert.ToHexStringLower(MD5.HashData("after it"u8)), hash);
    }

    [Fact]
    public void Files_that_cannot_be_read_are_values_and_the_others_are_hashed()
    {
        var requests = Enumerable.Range(0, 60).Select(i => new HashRequest(i % 3 == 0 ? scratch.PathOf($"missing{i}") : scratch.Write($"f{i}", $"{i}"))).ToArray();
        var outcomes = new HashOutcome[requests.Length];

        HashPipeline.HashAsPlanned(requests, 2, (index, outcome) => outcomes[index] = outcome, OperationContext.Silent, LaneSamples.Plan(Md5Lanes.Widest.ToString()));

        for (var i = 0; i < outcomes.Length; i++)
            Assert.Equal(i % 3 == 0 ? HashStatus.Missing : HashStatus.Hashed, outcomes[i].Status);
    }

    [Fact]
    public void A_cancelled_batch_lets_its_files_go()
    {
        using var source = new CancellationTokenSource();
        var requests = Enumerable.Range(0, 40).Select(i => new HashRequest(scratch.Write($"f{i}", LaneSamples.Bytes(2 * LaneHasher.Capacity, i)))).ToArray();
        var context = new OperationContext { Cancellation = source.Token };

        Assert.ThrowsAny<OperationCanceledException>(() => HashPipeline.HashAsPlanned(
            requests, 1, (_, _) => source.Cancel(), context, LaneSamples.Plan(Md5Lanes.Widest.ToString())));

        if (OperatingSystem.IsLinux())
            Assert.DoesNotContain(Directory.EnumerateFileSystemEntries("/proc/self/fd"),
                link => new FileInfo(link).LinkTarget?.StartsWith(scratch.Root, StringComparison.Ordinal) == true);
    }
}
