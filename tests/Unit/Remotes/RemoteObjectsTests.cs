using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.Local;

namespace DataVersion.Tests.Remotes;

/// <summary>What a folder of this machine is said to hold: few objects are looked for by their paths, many in opened folders.</summary>
public sealed class RemoteObjectsTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(600)]
    public async Task A_folder_holds_what_is_right_whoever_made_it_and_no_more(int others)
    {
        await using var storage = new FolderStorage(folder.PathOf("remote"));
        var (good, touched, wrong) = (await PutAsync(storage, "good", FileModes.Object), await PutAsync(storage, "touched", null), await PutAsync(storage, "wrong", null));
        await File.WriteAllTextAsync(storage.LocalPathOf(RemoteKeys.Of(wrong)), "altered");
        var (older, manifest) = (await PutAsync(storage, "older", FileModes.Object, ContentHashAlgorithm.Md5Dos2Unix), await PutAsync(storage, "[]", FileModes.Object, isDirectory: true));
        var place = Hash("folder");
        Directory.CreateDirectory(storage.LocalPathOf(RemoteKeys.Of(place)));
        var missing = Hash("missing");
        var many = new List<ContentHash>();
        for (var i = 0; i < others; i++)
            many.Add(await PutAsync(storage, $"other {i}", FileModes.Object));
        var remote = new RemoteObjects(new RemoteConfiguration("r", folder.PathOf("remote"), new Dictionary<string, string>(), [ConfigScope.Repository], false), storage);

        var found = await remote.FindAsync([good, touched, wrong, older, manifest, place, missing, .. many], OperationContext.Silent);

        Assert.Equal(new Dictionary<ContentHash, long> { [good] = 4, [touched] = 7, [older] = 5, [manifest] = 2 }, found.Where(f => !many.Contains(f.Key)).ToDictionary());
        Assert.Equal(others, many.Count(found.ContainsKey));
        // Found right, it has the mark, so that it is not read again.
        Assert.Equal(FileModes.Object, FileStat.Read(storage.LocalPathOf(RemoteKeys.Of(touched)), followLinks: true).Mode);
    }

    private static ContentHash Hash(string text, ContentHashAlgorithm algorithm = ContentHashAlgorithm.Md5, bool isDirectory = false) =>
        new(MD5.HashData(Encoding.UTF8.GetBytes(text)), algorithm, isDirectory);

    private static async Task<ContentHash> PutAsync(FolderStorage storage, string text, int? mode, ContentHashAlgorithm algorithm = ContentHashAlgorithm.Md5, bool isDirectory = false)
    {
        var hash = Hash(text, algorithm, isDirectory);
        var path = storage.PreparePathOf(RemoteKeys.Of(hash));
        await File.WriteAllTextAsync(path, text);
        if (mode is not null)
            FileModes.Protect(path);
        return hash;
    }
}
