using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Versions;

/// <summary>What every storage that keeps versions must do, whatever the service is.</summary>
/// <param name="service">The server.</param>
public abstract class VersionStorageTests(string service) : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly RemoteConfiguration remote = new("v", "", new Dictionary<string, string>(), [ConfigScope.Repository], true);

    public void Dispose() => scratch.Dispose();

    [ServerTheory]
    [InlineData("file", 5)]
    [InlineData("a b/ü😀 [1]?x=%20&y.bin", 5)]
    [InlineData("empty", 0)]
    [InlineData("in parts", 18_000_000)]
    public async Task What_was_stored_is_told_and_read_again_whatever_came_after_it(string key, int length)
    {
        await using var storage = Open();
        var first = new string('1', length);
        var stored = await PutAsync(storage, key, first);
        var found = await storage.FindAsync(key, default);
        var second = await PutAsync(storage, key, new string('2', 7));
        await storage.DeleteAsync(key, default);

        Assert.NotNull(stored.Version);
        Assert.NotEqual(stored.Version, second.Version);
        Assert.Equal((stored.Version, stored.ETag ?? found!.ETag, (long)length), (found!.Version, found.ETag, found.Size));
        Assert.Null(await storage.FindAsync(key, default));
        var old = InVersion(key, stored.Version!);
        Assert.Equal((stored.Version, found.ETag, found.Size), await storage.FindAsync(old, default) is { } again ? (again.Version, again.ETag, again.Size) : default);
        Assert.Equal(first, await GetAsync(storage, old, ByteRange.Whole));
        if (length > 3)
            Assert.Equal("111", await GetAsync(storage, old, new ByteRange(1, 3)));
    }

    [ServerFact]
    public async Task A_version_that_is_not_there_is_missing_and_one_that_is_deleted_takes_nothing_else_along()
    {
        await using var storage = Open();
        var first = await PutAsync(storage, "x", "first");
        var second = await PutAsync(storage, "x", "second");

        await storage.DeleteAsync(InVersion("x", first.Version!), default);

        Assert.Null(await storage.FindAsync(InVersion("x", first.Version!), default));
        Assert.Equal(DataErrorKind.ObjectMissing, (await Assert.ThrowsAsync<DataVersionException>(() => GetAsync(storage, InVersion("x", first.Version!), ByteRange.Whole))).Kind);
        Assert.Equal("second", await GetAsync(storage, InVersion("x", second.Version!), ByteRange.Whole));
        Assert.Equal("second", await GetAsync(storage, "x", ByteRange.Whole));
    }

    [ServerFact]
    public async Task It_is_told_whether_versions_are_kept_where_that_can_be_asked()
    {
        await using var keeps = Open();
        await using var loses = Open(keepsVersions: false);

        Assert.Equal(service == "azure" ? null : true, await keeps.KeepsVersionsAsync(default));
        Assert.Equal(service == "azure" ? null : false, await loses.KeepsVersionsAsync(default));
        if (loses.Traits.VersionsAreKept)
            Assert.Null((await PutAsync(loses, "x", "text")).Version);
    }

    private IRemoteStorage Open(bool keepsVersions = true)
    {
        var options = VersionedSandbox.OptionsOf(service, "storage-" + Guid.NewGuid().ToString("N"), keepsVersions);
        return RemoteStorages.OpenVersions(remote with { Url = options["url"], Options = options.Where(pair => pair.Key != "url").Append(new("version_aware", "true")).ToDictionary() });
    }

    private string InVersion(string key, string id) => VersionKeys.InVersion(service switch { "gcs" => "gs", var scheme => scheme }, key, id);

    // As the engine does: small values as a whole, large ones in parts.
    private async Task<RemoteItem> PutAsync(IRemoteStorage storage, string key, string text)
    {
        using var copies = new VerifiedCopies(OperationContext.Silent, static _ => { });
        var root = scratch.PathOf("repository");
        if (!Directory.Exists(root))
            scratch.Write("repository/.dvc/config", "[core]\n    no_scm = True\n");
        using var repository = Repository.Open(root);
        var channel = new RemoteChannel(repository, remote, storage, 0, OperationContext.Silent);
        var upload = new RemoteUpload(scratch.Write("upload-" + Guid.NewGuid().ToString("N"), text), text.Length, new ContentHash(System.Security.Cryptography.MD5.HashData(Encoding.ASCII.GetBytes(text))), copies);
        await channel.SendAsync(key, upload, static _ => { }, default);
        return upload.Stored!;
    }

    private static async Task<string> GetAsync(IRemoteStorage storage, string key, ByteRange range)
    {
        using var bytes = new MemoryStream();
        await storage.GetAsync(key, bytes, range, default);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}

/// <summary>The same with S3.</summary>
[Server("s3")]
public sealed class S3VersionStorageTests() : VersionStorageTests("s3");

/// <summary>The same with Google Cloud Storage.</summary>
[Server("gcs")]
public sealed class GoogleVersionStorageTests() : VersionStorageTests("gcs");

/// <summary>The same with Azure Blob Storage.</summary>
[Server("azure")]
public sealed class AzureVersionStorageTests() : VersionStorageTests("azure");
