using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;
using DataVersion.Remotes.Local;

namespace DataVersion.Tests.Remotes;

/// <summary>A folder of this machine.</summary>
public sealed class FolderConformanceTests : StorageConformance
{
    private readonly ScratchFolder folder = new();

    private protected override IRemoteStorage Open(string prefix, int? port = null) => new FolderStorage(folder.PathOf(prefix));

    private protected override IRemoteStorage OpenUnknownBucket() => new FolderStorage(folder.PathOf("nowhere"));

    [Fact]
    public async Task Many_keys_get_the_answers_that_each_gets()
    {
        foreach (var key in new[] { "files/md5/ab/good", "files/md5/ab/touched", "files/md5/cd/good", "root" })
            await File.WriteAllTextAsync(Storage.PreparePathOf(key)!, key);
        FileModes.Protect(Storage.LocalPathOf("files/md5/ab/good")!);
        FileModes.Protect(Storage.LocalPathOf("files/md5/cd/good")!);
        Directory.CreateDirectory(Storage.LocalPathOf("files/md5/ab/folder")!);
        string[] keys = ["files/md5/ab/good", "files/md5/ab/missing", "files/md5/cd/good", "files/md5/ab/touched", "files/md5/ab/folder", "files/md5/ef/missing", "root", "none"];
        var found = Storage.FindMany(keys, default)!;
        for (var i = 0; i < keys.Length; i++)
            Assert.Equal(await Storage.FindAsync(keys[i], default), found[i]);
        Assert.Equal([true, false, true, true, false, false, true, false], found.Select(item => item is not null));
        Assert.Equal([true, true, false, false], found.OfType<RemoteItem>().Select(item => item.IsSettled));
    }
}
