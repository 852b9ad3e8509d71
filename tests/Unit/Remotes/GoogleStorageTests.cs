using System.Net;
using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Remotes;
using DataVersion.Remotes.GoogleCloud;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes;

/// <summary>What only Google Cloud Storage has: its logins, generations, checksums, and the protocol of resumable uploads.</summary>
[Server("gcs")]
public sealed class GoogleStorageTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly string prefix = "gs-" + Guid.NewGuid().ToString("N")[..12];

    private static TestServer Google => TestServer.Get("gcs");

    public void Dispose() => scratch.Dispose();

    [ServerFact]
    public async Task The_checksum_is_what_the_service_computed()
    {
        await using var storage = Open();
        var md5 = await PutAsync(storage, "x", "content");

        Assert.Equal(md5, (await storage.FindAsync("x", default))!.Md5);
        Assert.Equal(md5, await OnlyMd5Async(storage));
        Assert.False((await storage.FindAsync("x", default))!.IsMd5Stated);
    }

    [ServerFact]
    public async Task A_generation_is_read_and_one_that_is_gone_is_missing()
    {
        await using var storage = Open();
        await PutAsync(storage, "x", "content");
        var version = (await storage.FindAsync("x", default))!.Version;

        Assert.Equal("content", await GetAsync(storage, $"x#{version}"));
        Assert.NotNull(await storage.FindAsync($"x#{version}", default));
        Assert.Null(await storage.FindAsync("x#1000000000000001", default));
        Assert.Equal(DataErrorKind.ObjectMissing, (await Assert.ThrowsAsync<DataVersionException>(() => GetAsync(storage, "x#1000000000000001"))).Kind);
    }

    [ServerFact]
    public async Task Application_default_credentials_are_found()
    {
        var variables = new Dictionary<string, string> { ["GOOGLE_APPLICATION_CREDENTIALS"] = Google["accountFile"] };
        await using (var storage = new GoogleStorage(GoogleRemotes.At(prefix, null, ("credentialpath", null)), variables.GetValueOrDefault, scratch.PathOf("")))
            Assert.Equal("service account dv@demo-dataversion.iam.gserviceaccount.com, from GOOGLE_APPLICATION_CREDENTIALS", (await storage.ExamineAsync(default)).Credentials);

        // What gcloud left behind.
        File.Copy(Google["accountFile"], scratch.PathOf("application_default_credentials.json"));
        await using (var storage = new GoogleStorage(GoogleRemotes.At(prefix, null, ("credentialpath", null)), _ => null, scratch.PathOf("")))
            Assert.Equal("service account dv@demo-dataversion.iam.gserviceaccount.com, from gcloud", (await storage.ExamineAsync(default)).Credentials);
    }

    [ServerFact]
    public async Task Anybody_reads_a_public_bucket_and_no_other()
    {
        (string, string?)[] nobody = [("credentialpath", null), ("allow_anonymous_login", "true")];
        await using var open = RemoteStorages.Open(GoogleRemotes.At(prefix, null, nobody) with { Url = $"gs://public/{prefix}" });
        await using var closed = RemoteStorages.Open(GoogleRemotes.At(prefix, null, nobody));
        await using var owner = RemoteStorages.Open(GoogleRemotes.At(prefix) with { Url = $"gs://public/{prefix}" });
        await PutAsync(owner, "x", "content");

        Assert.Equal("content", await GetAsync(open, "x"));
        Assert.Equal("anonymous (option allow_anonymous_login)", (await open.ExamineAsync(default)).Credentials);
        var error = await Assert.ThrowsAsync<DataVersionException>(() => GetAsync(closed, "x"));
        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains("anonymous", error.Message, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_refused_key_is_told_with_its_account_and_without_the_key()
    {
        await using var storage = Open(("credentialpath", Google["refusedAccountFile"]));

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("x", default));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains("dv@demo-dataversion.iam.gserviceaccount.com", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", error.ToString(), StringComparison.Ordinal);
    }

    [ServerTheory]
    [InlineData("{\"type\":\"service_account\",\"private_key\":\"my-secret\"}")]
    [InlineData("no JSON, but my-secret")]
    public async Task A_file_that_is_no_key_file_is_told_without_what_is_in_it(string text)
    {
        await File.WriteAllTextAsync(scratch.PathOf("key.json"), text);
        await using var storage = Open(("credentialpath", scratch.PathOf("key.json")));

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("x", default));

        Assert.Contains("key.json", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("my-secret", error.ToString(), StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_part_that_was_cut_is_gone_on_with_where_the_service_stands()
    {
        await using var proxy = new FaultProxy(Google.Address.Host, Google.Address.Port);
        await using var storage = RemoteStorages.Open(GoogleRemotes.At(prefix, proxy.Port));
        var bytes = RandomNumberGenerator.GetBytes((8 << 20) + 5);
        var layout = new PartLayout(bytes.Length, 4 << 20, new ContentHash(MD5.HashData(bytes)));
        await using var upload = await storage.Parts!.BeginAsync("cut", layout, default);
        await upload.PutAsync(0, bytes.AsMemory(0, 4 << 20), default);
        proxy.Restart();
        proxy.CutUpAfter = 2_000_000;

        await Assert.ThrowsAsync<TransientRemoteException>(() => upload.PutAsync(1, bytes.AsMemory(4 << 20, 4 << 20), default));
        await upload.PutAsync(1, bytes.AsMemory(4 << 20, 4 << 20), default);
        await upload.PutAsync(2, bytes.AsMemory(8 << 20), default);
        await upload.CompleteAsync(default);

        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(bytes)), (await storage.FindAsync("cut", default))!.Md5);
        // An answer that was lost: nothing breaks.
        await upload.CompleteAsync(default);
        Assert.Equal([0, 1, 2], (await storage.Parts.ResumeAsync("cut", upload.Token, layout, default))!.Present);
    }

    [ServerTheory]
    [InlineData(256 << 10)]
    [InlineData((4 << 20) - 1)]
    [InlineData(4 << 20)]
    [InlineData((4 << 20) + 1)]
    [InlineData(8 << 20)]
    public async Task Every_length_is_complete_with_its_last_byte_and_not_before(int length)
    {
        await using var storage = Open();
        var bytes = RandomNumberGenerator.GetBytes(length);
        var layout = new PartLayout(length, 4 << 20, new ContentHash(MD5.HashData(bytes)));
        await using var upload = await storage.Parts!.BeginAsync("n" + length, layout, default);
        for (var i = 0; i < layout.Count; i++)
            await upload.PutAsync(i, bytes.AsMemory((int)(i * layout.PartSize), (int)layout.LengthOf(i)), default);

        Assert.Null(await storage.FindAsync("n" + length, default));
        await upload.CompleteAsync(default);
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(bytes)), (await storage.FindAsync("n" + length, default))!.Md5);
    }

    [ServerFact]
    public async Task Bytes_that_were_damaged_on_their_way_get_no_name()
    {
        await using var storage = Open();
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var layout = new PartLayout(bytes.Length, 4 << 20, new ContentHash(MD5.HashData([1])));
        await using var upload = await storage.Parts!.BeginAsync("damaged", layout, default);
        await upload.PutAsync(0, bytes, default);

        await Assert.ThrowsAsync<TransientRemoteException>(() => upload.CompleteAsync(default));

        Assert.Null(await storage.FindAsync("damaged", default));
    }

    [Theory]
    [InlineData(403, "rateLimitExceeded", true)]
    [InlineData(429, "rateLimitExceeded", true)]
    [InlineData(503, "backendError", true)]
    [InlineData(500, "backendError", false)]
    public async Task Errors_that_pass_are_told_as_such(int status, string reason, bool isThrottling) =>
        Assert.Equal(isThrottling, Assert.IsType<TransientRemoteException>(await DescribeAsync(status, reason)).IsThrottling);

    [Theory]
    [InlineData(403, "forbidden")]
    [InlineData(401, "authError")]
    public async Task Errors_that_stay_name_who_we_are(int status, string reason)
    {
        var error = await DescribeAsync(status, reason);

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains("service account x@y", error.Message, StringComparison.Ordinal);
    }

    private static async Task<DataVersionException> DescribeAsync(int status, string reason)
    {
        using var answer = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent($$$"""{"error":{"code":{{{status}}},"message":"No.","errors":[{"reason":"{{{reason}}}","message":"No."}]}}"""),
        };
        return await GoogleErrors.DescribeAsync(answer, "read 'k'", "gs://b/p", "k", "service account x@y", default);
    }

    private IRemoteStorage Open(params (string, string?)[] options) => RemoteStorages.Open(GoogleRemotes.At(prefix, null, options));

    private async Task<string> PutAsync(IRemoteStorage storage, string key, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var path = scratch.PathOf(Guid.NewGuid().ToString("N"));
        await File.WriteAllBytesAsync(path, bytes);
        using var copies = new VerifiedCopies(OperationContext.Silent, static _ => { });
        var hash = new ContentHash(MD5.HashData(bytes));
        await storage.PutAsync(key, new RemoteUpload(path, bytes.Length, hash, copies), default);
        return hash.Hex;
    }

    private static async Task<string> GetAsync(IRemoteStorage storage, string key)
    {
        var target = new MemoryStream();
        await storage.GetAsync(key, target, ByteRange.Whole, default);
        return Encoding.UTF8.GetString(target.ToArray());
    }

    private static async Task<string?> OnlyMd5Async(IRemoteStorage storage)
    {
        var found = new List<RemoteItem>();
        await foreach (var item in storage.ListAsync("", default))
            found.Add(item);
        return Assert.Single(found).Md5;
    }
}
