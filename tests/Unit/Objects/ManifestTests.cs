using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine.Objects;
using DataVersion.Tests.Fixtures;

namespace DataVersion.Tests.Objects;

public sealed class ManifestTests
{
    private static readonly ContentHash A = ContentHash.Parse("60b725f10c9c85c70d97880dfe8191b3");
    private static readonly ContentHash B = ContentHash.Parse("3b5d5c3712955042212316173ccf37be");

    private static Manifest Of(params string[] paths) => Manifest.Create(paths.Select(path => new ManifestEntry(path, A)));

    private static string[] Paths(Manifest manifest) => [.. manifest.List.Select(entry => entry.Path)];

    [SharedFact("fixtures")]
    public void Every_manifest_that_dvc_wrote_is_read_and_written_byte_for_byte()
    {
        var count = 0;
        foreach (var name in FixtureCase.AllNames)
        {
            using var scratch = new ScratchFolder();
            FixtureArchive.Unpack(FixtureCase.Read(name), scratch.Root,
                path => path.EndsWith(".dir", StringComparison.Ordinal) && path.Length > 38);
            foreach (var file in Directory.EnumerateFiles(scratch.Root, "*.dir", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
            {
                var content = File.ReadAllBytes(file);
                var algorithm = file.Contains("/files/md5/", StringComparison.Ordinal) ? ContentHashAlgorithm.Md5 : ContentHashAlgorithm.Md5Dos2Unix;
                var oid = Path.GetFileName(Path.GetDirectoryName(file)) + Path.GetFileName(file);
                if (Convert.ToHexStringLower(MD5.HashData(content)) + ".dir" != oid)
                    continue; // damaged on purpose by its case
                var manifest = Manifest.Parse(content, algorithm, file);

                Assert.Equal(Encoding.UTF8.GetString(content), Encoding.UTF8.GetString(manifest.ToBytes()));
                Assert.Equal(oid, manifest.Hash.ToString());
                Assert.Equal(algorithm, manifest.Hash.Algorithm);
                Assert.Equal(oid, Manifest.Create(manifest.List.Reverse(), algorithm).Hash.ToString());
                count++;
            }
        }
        Assert.True(count > 40, $"only {count} manifests were found");
    }

    [Fact]
    public void Nothing_is_an_empty_list()
    {
        Assert.Equal("d751713988987e9331980363e24189ce.dir", Manifest.Empty.Hash.ToString());
        Assert.Equal("[]", Encoding.UTF8.GetString(Manifest.Empty.ToBytes()));
        Assert.Equal(0, Manifest.Parse("[]"u8, ContentHashAlgorithm.Md5, "x").Count);
    }

    [Fact]
    public void Entries_are_in_the_order_of_code_points_with_escapes_of_python()
    {
        var manifest = Of("a-b", "😀", "ａ", "a b/c", "a\"\\\n\u007fé", "a.b", "aB", "a/b");

        Assert.Equal(["a b/c", "a\"\\\n\u007fé", "a-b", "a.b", "a/b", "aB", "ａ", "😀"], Paths(manifest));
        var text = Encoding.ASCII.GetString(manifest.ToBytes());
        Assert.StartsWith("[{\"md5\": \"60b725f10c9c85c70d97880dfe8191b3\", \"relpath\": \"a b/c\"}, {\"md5\": ", text, StringComparison.Ordinal);
        Assert.Contains("\"relpath\": \"a\\\"\\\\\\n\\u007f\\u00e9\"}", text, StringComparison.Ordinal);
        Assert.EndsWith("\"relpath\": \"\\ud83d\\ude00\"}]", text, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(manifest.ToBytes())) + ".dir", manifest.Hash.ToString());
        Assert.Equal(Paths(manifest), Paths(Manifest.Parse(manifest.ToBytes(), ContentHashAlgorithm.Md5, "x")));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("..")]
    [InlineData("a/..")]
    [InlineData("./a")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void An_entry_that_climbs_out_is_refused_by_name(string path)
    {
        var json = "[{\"md5\": \"60b725f10c9c85c70d97880dfe8191b3\", \"relpath\": " + System.Text.Json.JsonSerializer.Serialize(path) + "}]";

        var error = Assert.Throws<DataVersionException>(() =>
            Manifest.Parse(Encoding.UTF8.GetBytes(json), ContentHashAlgorithm.Md5, "the-manifest"));

        Assert.Equal(DataErrorKind.ManifestInvalid, error.Kind);
        Assert.Contains("the-manifest", error.Message, StringComparison.Ordinal);
        Assert.Throws<DataVersionException>(() => Of("ok", path));
    }

    [Theory]
    [InlineData(@"a\b", true)]
    [InlineData(@"..\b", true)]
    [InlineData("C:evil", true)]
    [InlineData("C:/evil", true)]
    [InlineData("file:stream", true)]
    [InlineData(".. /evil", true)]
    [InlineData("a/...", true)]
    [InlineData("a./b ", false)]
    public void On_windows_more_names_climb_out(string path, bool refused)
    {
        Assert.Equal(refused, Manifest.PathProblem(path, windows: true) is not null);
        Assert.Null(Manifest.PathProblem(path, windows: false));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "a/b")]
    [InlineData("a", "a b", "a-", "a/b/c")]
    [InlineData("x/a/b", "x/a b/c", "x/a/b/c/d")]
    public void Contradictions_are_refused(params string[] paths)
    {
        Assert.Equal(DataErrorKind.ManifestInvalid, Assert.Throws<DataVersionException>(() => Of(paths)).Kind);
        Assert.Equal(DataErrorKind.ManifestInvalid, Assert.Throws<DataVersionException>(() => Of([.. paths.Reverse()])).Kind);
    }

    [Fact]
    public void A_name_that_is_no_unicode_is_refused() => // as DVC does: "surrogates not allowed"
        Assert.Equal(DataErrorKind.ManifestInvalid, Assert.Throws<DataVersionException>(() => Of("ok", "lone\ud800")).Kind);

    [Fact]
    public void A_manifest_cut_off_anywhere_is_refused()
    {
        var whole = Of("a", "b/c", "é").ToBytes();
        for (var length = 0; length < whole.Length; length++)
        {
            var part = whole.AsMemory(0, length);
            Assert.Equal(DataErrorKind.ManifestInvalid, Assert.Throws<DataVersionException>(
                () => Manifest.Parse(part.Span, ContentHashAlgorithm.Md5, "x")).Kind);
            Assert.Equal(DataErrorKind.ManifestInvalid, Assert.Throws<DataVersionException>(
                () => Manifest.Parse(new MemoryStream(part.ToArray()), ContentHashAlgorithm.Md5, "x")).Kind);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("[[]]")]
    [InlineData("[] []")]
    [InlineData("[{}]")]
    [InlineData("[{\"md5\": \"60b725f10c9c85c70d97880dfe8191b3\"}]")]
    [InlineData("[{\"relpath\": \"a\"}]")]
    [InlineData("[{\"md5\": 1, \"relpath\": \"a\"}]")]
    [InlineData("[{\"md5\": \"../../../../../../etc/passwd00000\", \"relpath\": \"a\"}]")]
    [InlineData("[{\"md5\": \"60b725f10c9c85c70d97880dfe8191b3.dir\", \"relpath\": \"a\"}]")]
    [InlineData("[{\"md5\": \"60b725f10c9c85c70d97880dfe8191b3\", \"relpath\": [\"a\"]}]")]
    [InlineData("[{\"md5\": \"60b725f10c9c85c70d97880dfe8191b3\", \"relpath\": \"\\ud800\"}]")]
    [InlineData("not json at all")]
    public void What_is_no_manifest_is_refused(string text) =>
        Assert.Equal(DataErrorKind.ManifestInvalid, Assert.Throws<DataVersionException>(
            () => Manifest.Parse(Encoding.UTF8.GetBytes(text), ContentHashAlgorithm.Md5, "x")).Kind);

    [Fact]
    public void Other_keys_are_skipped_and_another_order_is_sorted()
    {
        const string text = """
            [ {"relpath":"b","size":12,"meta":{"x":[1,{"y":null}],"md5":"no"},"md5":"60b725f10c9c85c70d97880dfe8191b3","isexec":true},
              {"etag":[],"md5":"3B5D5C3712955042212316173CCF37BE","relpath":"a","more":{}} ]
            """;

        var manifest = Manifest.Parse(Encoding.UTF8.GetBytes(text), ContentHashAlgorithm.Md5, "x");

        Assert.Equal([new ManifestEntry("a", B), new ManifestEntry("b", A)], manifest.List);
    }

    [Fact]
    public void A_manifest_that_is_too_large_is_refused_before_it_is_read_to_the_end()
    {
        using var endless = new EndlessManifest();

        var error = Assert.Throws<DataVersionException>(() => Manifest.Parse(endless, ContentHashAlgorithm.Md5, "x", limit: 1 << 20));

        Assert.Equal(DataErrorKind.ManifestInvalid, error.Kind);
        Assert.InRange(endless.Given, 1 << 20, 2 << 20);
        var longText = "[{\"relpath\": \"" + new string('a', 300_000) + "\"}]";
        Assert.Equal(DataErrorKind.ManifestInvalid, Assert.Throws<DataVersionException>(() => Manifest.Parse(
            new MemoryStream(Encoding.UTF8.GetBytes(longText)), ContentHashAlgorithm.Md5, "x")).Kind);
    }

    [Fact]
    public void A_stream_in_any_pieces_gives_what_the_whole_gives()
    {
        var random = new Random(1);
        var big = Manifest.Create(Enumerable.Range(0, 20_000).Select(i =>
            new ManifestEntry($"d{i % 97}/ü{i}{new string('x', random.Next(60))}", new ContentHash(MD5.HashData(BitConverter.GetBytes(i))))));

        var read = Manifest.Parse(new PiecewiseStream(big.ToBytes(), random), ContentHashAlgorithm.Md5, "x");

        Assert.Equal(big.List, read.List);
        Assert.Equal(big.Hash, read.Hash);
    }

    [Fact]
    public void Paths_and_folders_are_found()
    {
        var manifest = Of("a", "b/c", "b/d/e", "b/d/😀", "b-x", "b0", "z");

        foreach (var path in Paths(manifest))
            Assert.True(manifest.TryGet(path, out _), path);
        foreach (var path in new[] { "", "b", "b/", "b/d", "b/c/", "c", "zz", "A" })
            Assert.False(manifest.TryGet(path, out _), path);
        foreach (var folder in new[] { "b", "b/d", "a", "z", "b/c", "nothing" })
        {
            var expected = Paths(manifest).Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)).ToArray();
            Assert.Equal(expected, manifest.Under(folder).ToArray().Select(entry => entry.Path));
            Assert.Equal(expected.Length > 0, manifest.HasFolder(folder));
        }
        Assert.Equal(manifest.Count, manifest.Under("").Length);
    }

    [Fact]
    public void Changes_of_parts_leave_the_rest()
    {
        var manifest = Of("a", "b/c", "b/d/e", "b/d/f", "z");

        var changed = manifest.With([new("b/c", B), new("b/d", null), new("new/x", B), new("z", null), new("absent", null)]);

        Assert.Equal([new("a", A), new("b/c", B), new ManifestEntry("new/x", B)], changed.List);
        Assert.Equal(["a", "b/c", "b/d/e", "b/d/f", "z"], Paths(manifest));
        Assert.Equal(["a", "b", "z"], Paths(manifest.With([new("b", B)])));
        Assert.Equal(["a/x", "b/c", "b/d/e", "b/d/f", "z"], Paths(manifest.With([new("a/x", B)])));
        Assert.Equal(manifest.Hash, manifest.With([]).Hash);
        Assert.Throws<DataVersionException>(() => manifest.With([new("../x", B)]));
    }

    [Fact]
    public void Differences_are_listed_in_order()
    {
        var old = Manifest.Create([new("a", A), new("b", A), new("c/d", A), new("z", A)]);
        var now = Manifest.Create([new("a", A), new("b", B), new("c", A), new("y", B)]);

        Assert.Equal(
            [new("b", A, B), new("c", null, A), new("c/d", A, null), new("y", null, B), new ManifestDifference("z", A, null)],
            Manifest.Diff(old, now));
        Assert.Equal(4, Manifest.Diff(null, now).Count(d => d.Old is null));
        Assert.Equal(4, Manifest.Diff(old, null).Count(d => d.New is null));
        Assert.Empty(Manifest.Diff(now, now));
    }

    [Fact]
    public void Paths_of_every_kind_come_back_in_the_order_of_their_bytes()
    {
        var random = new Random(7);
        string[] alphabet = ["a", "b", "/", "-", " ", ".x", "é", "ａ", "😀", "\uE000", "\uFFFD", "\"", "\\", "\t", "\u007f"];
        for (var round = 0; round < 300; round++)
        {
            var paths = Enumerable.Range(0, random.Next(1, 12))
                .Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => alphabet[random.Next(alphabet.Length)])))
                .Where(path => Manifest.PathProblem(path, windows: OperatingSystem.IsWindows()) is null).ToHashSet();
            if (paths.Any(path => paths.Any(other => other.StartsWith(path + "/", StringComparison.Ordinal))))
            {
                Assert.Throws<DataVersionException>(() => Of([.. paths]));
                continue;
            }
            var manifest = Of([.. paths]);
            Assert.Equal(paths.OrderBy(path => Convert.ToHexString(Encoding.UTF8.GetBytes(path)), StringComparer.Ordinal), Paths(manifest));
            Assert.Equal(manifest.List, Manifest.Parse(manifest.ToBytes(), ContentHashAlgorithm.Md5, "x").List);
        }
    }

    private sealed class PiecewiseStream(byte[] content, Random random) : MemoryStream(content)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, random.Next(1, 5000))]);
    }

    private sealed class EndlessManifest : MemoryStream
    {
        private static readonly byte[] Entry = Encoding.ASCII.GetBytes(", {\"md5\": \"60b725f10c9c85c70d97880dfe8191b3\", \"relpath\": \"a\"}");

        public long Given { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            for (var i = 0; i < buffer.Length; i++, Given++)
                buffer[i] = Given == 0 ? (byte)'[' : Entry[(int)((Given - 1 + 2) % Entry.Length)];
            return buffer.Length;
        }
    }
}
