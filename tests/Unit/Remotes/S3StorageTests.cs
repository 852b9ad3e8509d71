using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes;

/// <summary>What only S3 has: encryption, rights, versions, checksums, and its many errors.</summary>
[Server("s3")]
public sealed class S3StorageTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly string prefix = "s3-" + Guid.NewGuid().ToString("N")[..12];

    private static TestServer Ceph => TestServer.Get("s3");

    public void Dispose() => scratch.Dispose();

    [ServerFact]
    public async Task The_checksum_of_an_object_is_what_the_service_computed()
    {
        await using var storage = Open();
        var md5 = await PutAsync(storage, "files/md5/", "content");

        Assert.Equal(md5, (await storage.FindAsync($"files/md5/{md5[..2]}/{md5[2..]}", default))!.Md5);
        Assert.Equal(md5, Assert.Single(await ListAsync(storage, "files/")).Md5);
    }

    [ServerFact]
    public async Task A_listing_gives_no_checksum_that_it_does_not_know_to_be_one()
    {
        await using var storage = Open();
        await PutAsync(storage, "plain", "content", isNamed: true);

        // The ETag could be that of an encrypted object.
        Assert.Null(Assert.Single(await ListAsync(storage, "")).Md5);
    }

    [ServerFact]
    public async Task A_customers_key_is_needed_to_read_again_and_its_ETag_is_no_checksum()
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        (string, string?)[] secure = [("endpointurl", Ceph["secureEndpoint"]), ("ssl_verify", Ceph["ca"])];
        await using var locked = Open([.. secure, ("sse_customer_key", key)]);
        await using var other = Open(secure);
        await PutAsync(locked, "secret", "content", isNamed: true);
        var large = await PutInPartsAsync(locked, "large");

        Assert.Equal("content", await GetAsync(locked, "secret"));
        Assert.Null((await locked.FindAsync("secret", default))!.Md5);
        Assert.Equal(large, await GetAsync(locked, "large"));
        var error = await Assert.ThrowsAsync<DataVersionException>(() => GetAsync(other, "secret"));
        Assert.Equal(DataErrorKind.TransferFailed, error.Kind);
        Assert.Contains("sse_customer_key", error.RecommendedAction, StringComparison.Ordinal);
    }

    [ServerTheory]
    [InlineData("acl", "public-read")]
    [InlineData("grant_read", "uri=http://acs.amazonaws.com/groups/global/AllUsers")]
    public async Task Rights_are_given_to_new_objects(string option, string value)
    {
        await using var storage = Open((option, value));
        await using var anybody = Open(("allow_anonymous_login", "true"), ("access_key_id", null), ("secret_access_key", null));
        await using var closed = Open();
        await PutAsync(storage, "open", "content", isNamed: true);
        await PutInPartsAsync(storage, "open-large");
        await PutAsync(closed, "closed", "content", isNamed: true);

        Assert.Equal("content", await GetAsync(anybody, "open"));
        Assert.NotEmpty(await GetAsync(anybody, "open-large"));
        Assert.Equal(DataErrorKind.RemoteFailed, (await Assert.ThrowsAsync<DataVersionException>(() => GetAsync(anybody, "closed"))).Kind);
        Assert.Contains("anonymous", (await Assert.ThrowsAsync<DataVersionException>(() => anybody.RequireReadableAsync(default))).Message, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task An_old_version_is_read_by_its_id()
    {
        await using var storage = RemoteStorages.Open(S3Remotes.At(Ceph, prefix) with { Url = $"s3://{Ceph["versionedBucket"]}/{prefix}" });
        await PutAsync(storage, "file", "first", isNamed: true);
        var first = (await storage.FindAsync("file", default))!.Version;
        await PutAsync(storage, "file", "second", isNamed: true);

        Assert.NotNull(first);
        Assert.Equal("second", await GetAsync(storage, "file"));
        Assert.Equal("first", await GetAsync(storage, $"file?versionId={first}"));
        Assert.Equal(first, (await storage.FindAsync($"file?versionId={first}", default))!.Version);
    }

    [ServerFact]
    public async Task Without_versions_there_is_no_version()
    {
        await using var storage = Open();
        await PutAsync(storage, "file", "first", isNamed: true);

        Assert.Null((await storage.FindAsync("file", default))!.Version);
    }

    [ServerFact]
    public async Task An_unknown_key_is_told_from_a_wrong_secret()
    {
        await using var unknown = Open(("access_key_id", "AKIANOBODY"));
        await using var wrong = Open(("secret_access_key", "not-the-secret"));

        Assert.Contains("does not know the access key (access key AKIANOBODY, from options of the remote)",
            (await Assert.ThrowsAsync<DataVersionException>(() => unknown.FindAsync("x", default))).Message, StringComparison.Ordinal);
        var refused = (await Assert.ThrowsAsync<DataVersionException>(() => wrong.FindAsync("x", default))).ToString();
        Assert.Contains("refused the secret", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-secret", refused, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_unless_the_user_says_otherwise()
    {
        await using var strict = Open(("endpointurl", Ceph["secureEndpoint"]));
        await using var lax = Open(("endpointurl", Ceph["secureEndpoint"]), ("ssl_verify", "false"));

        var error = await Assert.ThrowsAsync<DataVersionException>(() => strict.FindAsync("x", default));
        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains("ssl_verify", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Null(await lax.FindAsync("x", default));
    }

    [ServerFact]
    public async Task Keys_come_from_a_profile_of_files_that_the_remote_names()
    {
        var (credentials, configuration) = (scratch.PathOf("credentials"), scratch.PathOf("config"));
        await File.WriteAllTextAsync(credentials, $"[team]\naws_access_key_id = {Ceph["accessKey"]}\naws_secret_access_key = {Ceph["secretKey"]}\n");
        await File.WriteAllTextAsync(configuration, $"[profile team]\nregion = {Ceph["region"]}\ns3 =\n  addressing_style = path\n  max_concurrent_requests = 3\n");
        await using var storage = Open(("access_key_id", null), ("secret_access_key", null), ("region", null), ("profile", "team"), ("credentialpath", credentials), ("configpath", configuration));

        Assert.Null(await storage.FindAsync("x", default));
        Assert.Equal($"access key {Ceph["accessKey"]}, from the profile 'team'", (await storage.ExamineAsync(default)).Credentials);
        Assert.Equal(3, storage.Traits.MostConnections);
    }

    [ServerFact]
    public async Task An_upload_whose_last_answer_was_lost_is_finished()
    {
        await using var storage = Open();
        var layout = new PartLayout(6 << 20, 5 << 20, new ContentHash(MD5.HashData([])));
        await using var upload = await storage.Parts!.BeginAsync("twice", layout, default);
        await upload.PutAsync(0, new byte[5 << 20], default);
        await upload.PutAsync(1, new byte[1 << 20], default);
        await upload.CompleteAsync(default);

        await upload.CompleteAsync(default);

        Assert.Equal(6 << 20, (await storage.FindAsync("twice", default))!.Size);
    }

    [ServerFact]
    public async Task A_page_that_is_not_full_is_not_the_last()
    {
        await using var storage = Open();
        await Parallel.ForEachAsync(Enumerable.Range(0, 2300), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await PutAsync(storage, $"{i % 256:x2}/{i}", "x", isNamed: true));

        Assert.Equal(2300, (await ListAsync(storage, "")).DistinctBy(i => i.Key).Count());
    }

    private IRemoteStorage Open(params (string, string?)[] options) => RemoteStorages.Open(S3Remotes.At(Ceph, prefix, null, options));

    private async Task<string> PutAsync(IRemoteStorage storage, string key, string text, bool isNamed = false)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var hash = new ContentHash(MD5.HashData(bytes));
        var path = scratch.PathOf(Guid.NewGuid().ToString("N"));
        await File.WriteAllBytesAsync(path, bytes);
        using var copies = new VerifiedCopies(OperationContext.Silent, static _ => { });
        var upload = new RemoteUpload(path, bytes.Length, hash, copies);
        upload.Load(default);
        await storage.PutAsync(isNamed ? key : $"{key}{hash.Hex[..2]}/{hash.Hex[2..]}", upload, default);
        return hash.Hex;
    }

    private static async Task<string> PutInPartsAsync(IRemoteStorage storage, string key)
    {
        var text = new string('a', 5 << 20) + "b";
        var bytes = Encoding.UTF8.GetBytes(text);
        var layout = new PartLayout(bytes.Length, 5 << 20, new ContentHash(MD5.HashData(bytes)));
        await using var upload = await storage.Parts!.BeginAsync(key, layout, default);
        await upload.PutAsync(0, bytes.AsMemory(0, 5 << 20), default);
        await upload.PutAsync(1, bytes.AsMemory(5 << 20), default);
        await upload.CompleteAsync(default);
        return text;
    }

    private static async Task<string> GetAsync(IRemoteStorage storage, string key)
    {
        var target = new MemoryStream();
        await storage.GetAsync(key, target, ByteRange.Whole, default);
        return Encoding.UTF8.GetString(target.ToArray());
    }

    private static async Task<List<RemoteItem>> ListAsync(IRemoteStorage storage, string prefix)
    {
        var items = new List<RemoteItem>();
        await foreach (var item in storage.ListAsync(prefix, default))
            items.Add(item);
        return items;
    }
}
