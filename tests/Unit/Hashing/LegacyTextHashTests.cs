using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine.Hashing;
using DataVersion.Tests.Fixtures;

namespace DataVersion.Tests.Hashing;

public sealed class LegacyTextHashTests : IDisposable
{
    private const int Mebi = 1 << 20;
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [SharedFact("fixtures")]
    public void Objects_of_a_legacy_cache_have_the_hash_of_their_name()
    {
        FixtureArchive.Unpack(FixtureCase.Read("19-legacy-read"), scratch.Root, path => path.Contains(".dvc/cache/", StringComparison.Ordinal));
        var folders = Directory.GetDirectories(scratch.Root, "cache", SearchOption.AllDirectories)
            .SelectMany(Directory.GetDirectories).Where(folder => Path.GetFileName(folder).Length == 2);
        var objects = folders.SelectMany(Directory.GetFiles).Where(file => Path.GetExtension(file).Length == 0).ToArray();

        Assert.True(objects.Length >= 10, $"only {objects.Length} objects");
        Assert.All(objects, path =>
        {
            var expected = Path.GetFileName(Path.GetDirectoryName(path)) + Path.GetFileName(path);
            Assert.Equal(expected, LegacyTextHash.Of(File.ReadAllBytes(path)).ToString());
            Assert.Equal(expected, HashPipeline.HashOne(path, ContentHashAlgorithm.Md5Dos2Unix).Hash.ToString());
        });
    }

    public static TheoryData<string> Names => [.. Vectors().Keys];

    // By name: the runner would write megabytes of content into the name of each test.
    private static Dictionary<string, (byte[] Content, byte[] Hashed)> Vectors()
    {
        static byte[] B(string text) => Encoding.Latin1.GetBytes(text);
        var half = new string('a', Mebi - 1);
        return new Dictionary<string, (byte[], byte[])>
        {
            ["nothing"] = ([], []),
            ["CRLF in text"] = (B("a\r\nb\r\n"), B("a\nb\n")),
            ["CR alone stays"] = (B("a\rb\r\r\nc\n\r"), B("a\rb\r\nc\n\r")),
            ["NUL makes it binary"] = (B("a\0\r\n"), B("a\0\r\n")),
            ["NUL behind the first 512 bytes is not looked at"] = (B(new string('a', 512) + "\0\r\n"), B(new string('a', 512) + "\0\n")),
            ["30 % of other bytes is still text"] = (B(new string('\u0001', 3) + "12345\r\n"), B(new string('\u0001', 3) + "12345\n")),
            ["more than 30 % is binary"] = (B(new string('\u0001', 4) + "12345\r\n"), B(new string('\u0001', 4) + "12345\r\n")),
            ["0x7F and high bytes are others"] = (B("\u007f\u0080\u00ff1234\r\n"), B("\u007f\u0080\u00ff1234\r\n")),
            ["tab, form feed and backspace are text"] = (B("\t\f\b\t\f\b\r\n"), B("\t\f\b\t\f\b\n")),
            ["CRLF between two chunks is not joined"] = (B(half + "\r\nb\r\n"), B(half + "\r\nb\n")),
            ["each chunk is judged for itself"] = (B("\0" + half + "x\r\n"), B("\0" + half + "x\n")),
        };
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_counts_CRLF_as_LF(string what)
    {
        var (content, hashed) = Vectors()[what];
        var expected = Convert.ToHexStringLower(MD5.HashData(hashed));
        var path = scratch.Write("file", content);

        Assert.Equal((what, expected), (what, LegacyTextHash.Of(content).ToString()));
        Assert.Equal((what, expected), (what, HashPipeline.HashOne(path, ContentHashAlgorithm.Md5Dos2Unix).Hash.ToString()));
        Assert.Equal(content, File.ReadAllBytes(path));
    }
}
