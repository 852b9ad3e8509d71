using System.Collections.Concurrent;
using System.Security.Cryptography;
using DataVersion.Engine;
using DataVersion.Engine.Hashing;

namespace DataVersion.Tests.Hashing;

public sealed class HashPipelineTests : IDisposable
{
    private const int Mebi = 1 << 20;
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Hashes_of_all_sizes_are_those_of_md5_and_each_request_is_reported_once()
    {
        int[] sizes =
        [
            0, 1, 55, 56, 64, 4095, 4096, 131071, 131072, 131073, Mebi - 1, Mebi, Mebi + 1, (2 * Mebi) - 1, 2 * Mebi, (3 * Mebi) + 5, (9 * Mebi) + 1,
        ];
        var requests = new List<HashRequest>();
        var expected = new List<string>();
        for (var i = 0; i < 3 * sizes.Length; i++)
        {
            var content = new byte[sizes[i % sizes.Length]];
            new Random(i).NextBytes(content);
            requests.Add(new HashRequest(scratch.Write($"f{i}", content), SizeHint: i < sizes.Length ? content.Length : -1));
            expected.Add(Convert.ToHexStringLower(MD5.HashData(content)));
        }
        foreach (var workers in new[] { 1, 0, 7 })
        {
            var found = new ConcurrentBag<(int Index, HashOutcome Outcome)>();
            HashPipeline.Hash(requests, workers, (index, outcome) => found.Add((index, outcome)), OperationContext.Silent);

            Assert.Equal(Enumerable.Range(0, requests.Count), found.Select(f => f.Index).Order());
            Assert.All(found, f =>
            {
                Assert.Equal(HashStatus.Hashed, f.Outcome.Status);
                Assert.Equal(expected[f.Index], f.Outcome.Hash.ToString());
                Assert.Equal(new FileInfo(requests[f.Index].Path).Length, f.Outcome.After.Size);
            });
        }
    }

    [Fact]
    public void A_hash_is_the_one_that_dvc_recorded()
    {
        // File f.bin of the recorded case of hard links: block i is SHA-256 of "seed:12:i".
        var content = Enumerable.Range(0, 128).SelectMany(i => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"seed:12:{i}"))).ToArray();

        var outcome = HashPipeline.HashOne(scratch.Write("f.bin", content));

        Assert.Equal("fc06b2940bbe2422e91c1872455a6d3e", outcome.Hash.ToString());
    }

    [Fact]
    public void What_cannot_be_read_is_a_value_and_the_others_are_hashed()
    {
        Directory.CreateDirectory(scratch.PathOf("folder"));
        if (!OperatingSystem.IsWindows())
            File.CreateSymbolicLink(scratch.PathOf("dangling"), "nowhere");
        var requests = new HashRequest[]
        {
            new(scratch.Write("good", "x")), new(scratch.PathOf("missing")), new(scratch.PathOf("folder")), new(scratch.PathOf("dangling")),
            new(scratch.PathOf("good/inside")),
        };
        var outcomes = new HashOutcome[requests.Length];

        HashPipeline.Hash(requests, 2, (index, outcome) => outcomes[index] = outcome, OperationContext.Silent);

        Assert.Equal("9dd4e461268c8034f5c8564e155c67a6", outcomes[0].Hash.ToString());
        Assert.Equal((HashStatus.Missing, DataErrorKind.PathNotFound), (outcomes[1].Status, outcomes[1].Error!.Kind));
        Assert.Contains("missing", outcomes[1].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(HashStatus.Failed, outcomes[2].Status);
        Assert.Equal(HashStatus.Missing, outcomes[3].Status);
        Assert.NotNull(outcomes[4].Error);
    }

    [Fact]
    public void A_file_that_changes_once_while_it_is_read_is_read_again()
    {
        var path = scratch.Write("big", new byte[4 * Mebi]);
        var changes = 0;
        var context = new OperationContext
        {
            Progress = sample =>
            {
                if (sample.ItemsDone == 0 && changes++ == 0)
                    File.AppendAllText(path, "more");
            },
        };
        var outcome = default(HashOutcome);

        HashPipeline.Hash([new HashRequest(path)], 1, (_, result) => outcome = result, context);

        Assert.Equal(HashStatus.Hashed, outcome.Status);
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(File.ReadAllBytes(path))), outcome.Hash.ToString());
        Assert.Equal((4 * Mebi) + 4, outcome.After.Size);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_never_holds_still_has_no_hash(bool grows)
    {
        var path = scratch.Write("big", new byte[4 * Mebi]);
        var context = new OperationContext
        {
            Progress = _ =>
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
                file.SetLength(grows ? file.Length + 1 : file.Length - 1);
            },
        };
        var outcome = default(HashOutcome);

        HashPipeline.Hash([new HashRequest(path)], 1, (_, result) => outcome = result, context);

        Assert.Equal(HashStatus.ChangedDuringRead, outcome.Status);
        Assert.Equal(DataErrorKind.FileChangedDuringRead, outcome.Error!.Kind);
    }

    [Fact]
    public void Cancelling_ends_it_in_the_middle_of_a_file()
    {
        using var source = new CancellationTokenSource();
        var samples = 0;
        var context = new OperationContext
        {
            Cancellation = source.Token,
            Progress = _ =>
            {
                samples++;
                source.Cancel();
            },
        };
        var path = scratch.Write("big", new byte[16 * Mebi]);

        Assert.ThrowsAny<OperationCanceledException>(() =>
            HashPipeline.Hash([new HashRequest(path)], 1, (_, _) => Assert.Fail("reported"), context));
        Assert.Equal(1, samples);
    }

    [Fact]
    public void An_exception_of_the_receiver_comes_out_and_ends_the_work()
    {
        var requests = Enumerable.Range(0, 50).Select(i => new HashRequest(scratch.Write($"f{i}", "x"))).ToArray();

        var error = Assert.Throws<InvalidOperationException>(() => HashPipeline.Hash(
            requests, 4, (_, _) => throw new InvalidOperationException("receiver"), OperationContext.Silent));

        Assert.Equal("receiver", error.Message);
    }

    [LoopFact("ext4")]
    public void A_pipe_is_refused_at_once_instead_of_waited_for()
    {
        var pipe = scratch.PathOf("pipe");
        using (var process = System.Diagnostics.Process.Start("mkfifo", [pipe]))
            process.WaitForExit();

        var outcome = HashPipeline.HashOne(pipe);

        Assert.Equal((HashStatus.Failed, DataErrorKind.PathUnsupported), (outcome.Status, outcome.Error!.Kind));
    }
}
