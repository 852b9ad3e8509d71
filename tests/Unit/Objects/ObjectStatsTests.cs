using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;

namespace DataVersion.Tests.Objects;

public sealed class ObjectStatsTests : IDisposable
{
    private const int Many = 10_000;

    private readonly ScratchFolder scratch = new();
    private readonly ObjectStores stores;

    public ObjectStatsTests() => stores = new ObjectStores(scratch.PathOf("cache"), sharedGroup: false, scratch.PathOf("quarantine"));

    public void Dispose() => scratch.Dispose();

    private ContentHash Store(string text, bool isDirectory = false) => stores.Current.AddBytes(Encoding.UTF8.GetBytes(text), isDirectory);

    [Theory]
    [InlineData(1)]
    [InlineData(Many)]
    public void Says_what_the_paths_say(int wanted)
    {
        var old = ContentHash.Parse("0123456789abcdef0123456789abcdef", ContentHashAlgorithm.Md5Dos2Unix);
        Directory.CreateDirectory(Path.GetDirectoryName(stores.PathOf(old))!);
        File.WriteAllText(stores.PathOf(old), "old");
        using var stats = new ObjectStats(stores, wanted);
        foreach (var hash in new[] { Store("a"), Store("b"), Store("[]", isDirectory: true), old })
        {
            Assert.True(stats.Read(hash).Exists);
            Assert.Equal(stores.For(hash.Algorithm).Stat(hash), stats.Read(hash));
        }
        Assert.Equal(FileKind.None, stats.Read(ContentHash.Parse("ffffffffffffffffffffffffffffffff")).Kind);
    }

    [Fact]
    public void A_link_to_an_object_elsewhere_is_followed()
    {
        var hash = Store("shared");
        File.Move(stores.PathOf(hash), scratch.PathOf("elsewhere"));
        File.CreateSymbolicLink(stores.PathOf(hash), scratch.PathOf("elsewhere"));
        using var stats = new ObjectStats(stores, Many);
        Assert.True(stats.Read(hash) is { Kind: FileKind.File, Size: 6 });
    }

    // Cleaning removes empty folders, adding makes them again, while another command goes on.
    [Fact]
    public void An_object_in_a_folder_that_was_made_anew_is_found()
    {
        var hash = Store("content");
        using var stats = new ObjectStats(stores, Many);
        Assert.True(stats.Read(hash).Exists);
        Directory.Delete(Path.GetDirectoryName(stores.PathOf(hash))!, recursive: true);
        Assert.False(stats.Read(hash).Exists);
        stores.Current.ForgetFolders();
        Assert.Equal(hash, Store("content"));
        Assert.Equal(stores.Current.Stat(hash), stats.Read(hash));
    }
}
