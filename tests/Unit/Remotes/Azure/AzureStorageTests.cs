using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.Azure;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Azure;

/// <summary>Credentials, errors and blocks of Azure Blob Storage.</summary>
public sealed class AzureStorageTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly string prefix = "special-" + Guid.NewGuid().ToString("N")[..12];

    private static TestServer Azurite => TestServer.Get("azure");

    public void Dispose() => scratch.Dispose();

    [ServerFact("azure")]
    public async Task The_MD5_of_a_value_is_stated_and_comes_back()
    {
        await using var storage = AzureRemotes.Open(Azurite["container"], prefix, AzureRemotes.ConnectionString());
        await storage.PutTextAsync("x", "value");

        var item = (await storage.FindAsync("x", default))!;

        Assert.Equal((Convert.ToHexStringLower(MD5.HashData("value"u8)), true), (item.Md5, item.IsMd5Stated));
        await foreach (var listed in storage.ListAsync("", default))
            Assert.Equal((item.Md5, item.ETag, true), (listed.Md5, listed.ETag, listed.IsMd5Stated));
    }

    [ServerFact("azure")]
    public async Task A_signature_that_has_ended_is_told_as_such()
    {
        await using var storage = AzureRemotes.Open(Azurite["container"], prefix, AzureRemotes.SignedConnectionString("rl", TimeSpan.FromMinutes(-30)), ("ssl_verify", Azurite["ca"]));

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("x", default));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains("signature ended at", error.Message);
        Assert.DoesNotContain("sig=", error.Message);
    }

    [ServerFact("azure")]
    public async Task A_signature_without_the_right_is_told_as_such()
    {
        await using var storage = AzureRemotes.Open(Azurite["container"], prefix, AzureRemotes.SignedConnectionString("r", TimeSpan.FromHours(1)), ("ssl_verify", Azurite["ca"]));

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.PutTextAsync("x", "value"));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains("it allows 'r'", error.Message);
        Assert.False(storage.Traits.CanList);
        Assert.False(storage.Traits.CanDelete);
        Assert.Null(await storage.FindAsync("x", default));
    }

    [ServerFact("azure")]
    public async Task An_unknown_container_is_named()
    {
        await using var storage = AzureRemotes.Open("nobodys", prefix, AzureRemotes.ConnectionString());

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.PutTextAsync("x", "value"));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains("container 'nobodys'", error.Message);
    }

    [ServerFact("azure")]
    public async Task Nobody_reads_what_is_public_and_nothing_else()
    {
        var service = new BlobServiceClient(AzureRemotes.ConnectionString());
        var container = service.GetBlobContainerClient("public-" + Guid.NewGuid().ToString("N"));
        await container.CreateAsync(PublicAccessType.BlobContainer);
        await container.GetBlobClient("x").UploadAsync(BinaryData.FromString("for everybody"));
        await using var open = AzureRemotes.Open(container.Name, AzureLogin.Anonymous(new Uri(Azurite["endpoint"])));
        await using var closed = AzureRemotes.Open(Azurite["container"], AzureLogin.Anonymous(new Uri(Azurite["endpoint"])));

        Assert.Equal("for everybody", await open.GetTextAsync("x"));
        Assert.Equal(DataErrorKind.RemoteFailed, (await Assert.ThrowsAsync<DataVersionException>(() => open.PutTextAsync("y", "value"))).Kind);
        Assert.Equal(DataErrorKind.RemoteFailed, (await Assert.ThrowsAsync<DataVersionException>(() => closed.RequireReadableAsync(default))).Kind);
    }

    [ServerFact("azure")]
    public async Task A_token_of_Entra_is_taken()
    {
        await using var storage = AzureRemotes.Open(Azurite["container"], AzureLogin.Of(new Uri(Azurite["secureEndpoint"]), new MadeUpCredential()));

        await storage.PutTextAsync(prefix + "/token", "value");

        Assert.Equal("value", await storage.GetTextAsync(prefix + "/token"));
    }

    [ServerFact("azure")]
    public async Task Blocks_of_another_program_are_no_obstacle()
    {
        var blob = new BlobServiceClient(AzureRemotes.ConnectionString()).GetBlobContainerClient(Azurite["container"]).GetBlockBlobClient(prefix + "/shared");
        await blob.StageBlockAsync(Convert.ToBase64String("00001"u8), new MemoryStream([1, 2, 3]));
        await using var storage = AzureRemotes.Open(Azurite["container"], prefix, AzureRemotes.ConnectionString());
        var bytes = RandomNumberGenerator.GetBytes(3 << 20);
        var layout = new PartLayout(bytes.Length, 1 << 20, new ContentHash(MD5.HashData(bytes)));

        await using var upload = await storage.Parts!.BeginAsync("shared", layout, default);
        for (var number = 0; number < layout.Count; number++)
            await upload.PutAsync(number, bytes.AsMemory(number << 20, 1 << 20), default);
        await upload.CompleteAsync(default);

        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(bytes)), (await storage.FindAsync("shared", default))!.Md5);
    }

    [ServerFact("azure")]
    public async Task Two_uploads_of_one_value_at_once_both_succeed()
    {
        await using var storage = AzureRemotes.Open(Azurite["container"], prefix, AzureRemotes.ConnectionString());
        var bytes = RandomNumberGenerator.GetBytes(3 << 20);
        var layout = new PartLayout(bytes.Length, 1 << 20, new ContentHash(MD5.HashData(bytes)));
        await using var one = await storage.Parts!.BeginAsync("both", layout, default);
        await using var two = await storage.Parts.BeginAsync("both", layout, default);

        foreach (var upload in (IPartUpload[])[one, two])
            for (var number = 0; number < layout.Count; number++)
                await upload.PutAsync(number, bytes.AsMemory(number << 20, 1 << 20), default);
        await one.CompleteAsync(default);
        await two.CompleteAsync(default);

        Assert.Equal(3 << 20, (await storage.FindAsync("both", default))!.Size);
    }

    [Theory]
    [InlineData("account_name=dv;account_key=a2V5", "", "key of the account 'dv': configuration")]
    [InlineData("account_name=dv", "AZURE_STORAGE_KEY=a2V5", "key of the account 'dv': environment variable AZURE_STORAGE_KEY")]
    [InlineData("", "AZURE_STORAGE_ACCOUNT=dv;AZURE_STORAGE_SAS_TOKEN=?sp=r", "shared access signature: environment variable AZURE_STORAGE_SAS_TOKEN")]
    [InlineData("account_name=dv;account_key=a2V5", "AZURE_STORAGE_CONNECTION_STRING=UseDevelopmentStorage", "connection string: environment variable")]
    [InlineData("connection_string=;account_name=dv;account_key=a2V5", "AZURE_STORAGE_CONNECTION_STRING=UseDevelopmentStorage", "key of the account")]
    [InlineData("account_name=dv;tenant_id=t;client_id=c;client_secret=s;account_key=a2V5", "", "service principal 'c'")]
    [InlineData("account_name=dv;allow_anonymous_login=true", "", "none (anonymous)")]
    [InlineData("account_name=dv;allow_anonymous_login=true;sas_token=sp=r", "", "shared access signature")]
    [InlineData("account_name=dv", "", "credentials of this machine")]
    [InlineData("account_name=dv", "file", "key of the account 'dv': ")]
    [InlineData("account_name=dv", "AZURE_STORAGE_SAS_TOKEN=sp=r;file", "key of the account 'dv': ")]
    public void Credentials_are_found_in_the_order_of_DVC(string options, string environment, string expected)
    {
        var variables = Pairs(environment.Replace("file", "", StringComparison.Ordinal));
        variables["AZURE_CONFIG_DIR"] = scratch.PathOf("azure");
        if (environment.Contains("file", StringComparison.Ordinal))
            scratch.Write(Path.Combine("azure", "config"), "[cloud]\nkey = wrong\n[storage]\n# key = old\naccount = other\nkey = a2V5\n");

        var login = AzureLogin.Find(new RemoteConfiguration("web", "azure://c/p", Pairs(options), [ConfigScope.Repository], false), variables.GetValueOrDefault);

        Assert.StartsWith(expected, login.Description);
        Assert.DoesNotContain("a2V5", login.Description);
    }

    [Fact]
    public void Without_an_account_there_is_no_login() => Assert.Contains("account_name", Assert.Throws<DataVersionException>(() =>
        AzureLogin.Find(new RemoteConfiguration("web", "azure://c", Pairs("account_key=a2V5"), [ConfigScope.Repository], false), v => v == "AZURE_CONFIG_DIR" ? scratch.PathOf("none") : null)).RecommendedAction);

    [Theory]
    [InlineData("connection_string", "AccountName=dv;AccountKey=not-base-64!;")]
    [InlineData("connection_string", "nonsense secret")]
    [InlineData("account_key", "not-base-64!")]
    public void Credentials_of_the_wrong_form_are_told_without_showing_them(string option, string value)
    {
        var error = Assert.Throws<DataVersionException>(() => DataVersion.Tests.Remotes.Http.HttpRemotes.Open("azure://c", ("account_name", "dv"), (option, value)));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.DoesNotContain("not-base-64", error.ToString());
        Assert.DoesNotContain("secret", error.Message);
    }

    private static Dictionary<string, string> Pairs(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries).ToDictionary(p => p[..p.IndexOf('=')], p => p[(p.IndexOf('=') + 1)..]);

    /// <summary>A token as Entra makes them, whose signature azurite does not look at.</summary>
    private sealed class MadeUpCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            var now = DateTimeOffset.UtcNow;
            var claims = $$"""{"aud":"https://storage.azure.com","iss":"https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/","iat":{{now.AddMinutes(-5).ToUnixTimeSeconds()}},"nbf":{{now.AddMinutes(-5).ToUnixTimeSeconds()}},"exp":{{now.AddHours(1).ToUnixTimeSeconds()}},"scp":"user_impersonation"}""";
            return new AccessToken($"{Part("""{"alg":"none","typ":"JWT"}""")}.{Part(claims)}.{Part("signature")}", now.AddHours(1));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));

        private static string Part(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
    }
}
