using System.Net;
using Amazon.Runtime;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.S3;

namespace DataVersion.Tests.Remotes;

/// <summary>What an S3 remote is set up with, without a server.</summary>
public sealed class S3SettingsTests : IDisposable
{
    private readonly ScratchFolder home = new();
    private readonly Dictionary<string, string> variables = [];

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task Options_come_before_the_environment_and_that_before_the_default_profile()
    {
        Write("credentials", "[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = s\n");
        Assert.Equal("access key AKIAFILE, from the profile 'default'", await OriginAsync());

        (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"], variables["AWS_SESSION_TOKEN"]) = ("AKIAENV", "s", "t");
        Assert.Equal("access key AKIAENV (temporary), from environment variables", await OriginAsync());

        Assert.Equal("access key AKIAOWN, from options of the remote", await OriginAsync(("access_key_id", "AKIAOWN"), ("secret_access_key", "s")));
        Assert.Equal("anonymous (option allow_anonymous_login)", await OriginAsync(("allow_anonymous_login", "true"), ("access_key_id", "AKIAOWN"), ("secret_access_key", "s")));
    }

    [Fact]
    public async Task A_profile_that_the_remote_names_comes_before_the_environment()
    {
        Write("credentials", "[other]\naws_access_key_id=AKIAOTHER\naws_secret_access_key=s\naws_session_token=t\n");
        (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]) = ("AKIAENV", "s");

        Assert.Equal("access key AKIAOTHER, from the profile 'other'", await OriginAsync(("profile", "other")));
        variables["AWS_PROFILE"] = "other";
        Assert.Equal("access key AKIAENV, from environment variables", await OriginAsync());
    }

    [Fact]
    public async Task A_session_token_of_the_options_is_used()
    {
        var found = await S3Credentials.FindAsync(Settings(("access_key_id", "A"), ("secret_access_key", "s"), ("session_token", "the-token")), default);

        Assert.Equal("the-token", Assert.IsType<SessionAWSCredentials>(found.Value).GetCredentials().Token);
    }

    [Theory]
    [InlineData("[profile p]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\n", "role arn:aws:iam::1:role/r, from the profile 'p'")]
    [InlineData("[profile p]\ncredential_process = /bin/true\n", "credential process, from the profile 'p'")]
    [InlineData("[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://x.awsapps.com/start\n", "single sign-on, from the profile 'p'")]
    public async Task Profiles_of_every_kind_are_understood(string text, string origin)
    {
        Write("credentials", "[base]\naws_access_key_id = A\naws_secret_access_key = s\n");
        Write("config", text);

        Assert.Equal(origin, await OriginAsync(("profile", "p")));
    }

    [Fact]
    public void A_profile_that_is_nowhere_is_an_error()
    {
        var error = Assert.Throws<DataVersionException>(() => Settings(("profile", "nobody")));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains("'nobody'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_come_from_the_environment_before_the_options()
    {
        var (a, b) = (home.PathOf("a"), home.PathOf("b"));
        File.WriteAllText(a, "[profile p]\nregion = from-environment\n");
        File.WriteAllText(b, "[profile p]\nregion = from-option\n");

        Assert.Equal("from-option", Settings(("profile", "p"), ("configpath", b)).Region);
        variables["AWS_CONFIG_FILE"] = a;
        Assert.Equal("from-environment", Settings(("profile", "p"), ("configpath", b)).Region);
    }

    [Fact]
    public void The_nested_settings_of_a_profile_are_read()
    {
        Write("config", "[default]\nregion = eu-north-1 \n# comment\ns3 =\n    addressing_style = virtual\n    multipart_chunksize = 16MB\n    max_concurrent_requests=7\noutput = json\n");
        var settings = Settings(("endpointurl", "https://storage.example"));

        Assert.Equal(("eu-north-1", false, 16L << 20, "7"), (settings.Region, settings.IsPathStyle, settings.S3Bytes("multipart_chunksize"), settings.S3("max_concurrent_requests")));
        Assert.Null(settings.S3("output"));
    }

    [Theory]
    [InlineData(null, null, false, true)]
    [InlineData(null, "false", false, false)]
    [InlineData("http://127.0.0.1:9000", null, true, false)]
    [InlineData("https://storage.example", "false", true, true)]
    public void Another_service_has_its_buckets_in_the_path_and_its_scheme_in_its_address(string? endpoint, string? ssl, bool isPathStyle, bool isTls)
    {
        var settings = Settings([.. endpoint is null ? Array.Empty<(string, string)>() : [("endpointurl", endpoint)], .. ssl is null ? Array.Empty<(string, string)>() : [("use_ssl", ssl)]]);

        Assert.Equal((isPathStyle, isTls), (settings.IsPathStyle, settings.IsTls));
    }

    [Theory]
    [InlineData("sse_kms_key_id", "k", "sse_customer_key", "a2V5")]
    [InlineData("acl", "private", "grant_read", "id=1")]
    public void Options_that_exclude_each_other_are_refused(string one, string value, string other, string otherValue) =>
        Assert.Equal(DataErrorKind.RemoteFailed, Assert.Throws<DataVersionException>(() => Settings((one, value), (other, otherValue))).Kind);

    [Fact]
    public void A_customers_key_that_is_not_Base64_is_refused_and_not_shown()
    {
        var error = Assert.Throws<DataVersionException>(() => new S3ObjectOptions(Settings(("sse_customer_key", "not base64!"))));

        Assert.DoesNotContain("not base64!", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ExpiredToken", 400, DataErrorKind.RemoteFailed, "expired")]
    [InlineData("RequestTimeTooSkewed", 403, DataErrorKind.RemoteFailed, "clock")]
    [InlineData("NoSuchBucket", 404, DataErrorKind.RemoteFailed, "no such bucket")]
    [InlineData("NoSuchKey", 404, DataErrorKind.ObjectMissing, "NoSuchKey")]
    [InlineData("PermanentRedirect", 301, DataErrorKind.RemoteFailed, "PermanentRedirect")]
    [InlineData("InvalidObjectState", 403, DataErrorKind.TransferFailed, "InvalidObjectState")]
    [InlineData("EntityTooLarge", 400, DataErrorKind.TransferFailed, "EntityTooLarge")]
    public void Errors_that_stay_are_told_precisely(string code, int status, DataErrorKind kind, string part)
    {
        var error = Describe(code, status);

        Assert.IsNotType<TransientRemoteException>(error);
        Assert.Equal(kind, error.Kind);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.RecommendedAction);
    }

    [Theory]
    [InlineData("SlowDown", 503, true)]
    [InlineData("InternalError", 500, false)]
    [InlineData("BadDigest", 400, false)]
    [InlineData("RequestTimeout", 400, false)]
    [InlineData(null, 502, false)]
    [InlineData(null, 429, true)]
    public void Errors_that_pass_are_told_as_such(string? code, int status, bool isThrottling) =>
        Assert.Equal(isThrottling, Assert.IsType<TransientRemoteException>(Describe(code, status)).IsThrottling);

    [Fact]
    public void A_wrong_region_is_told_with_the_right_one() => Assert.Contains("region = 'eu-west-3'",
        Describe("AuthorizationHeaderMalformed", 400, "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-3'").RecommendedAction, StringComparison.Ordinal);

    [Fact]
    public async Task The_region_of_a_bucket_is_asked_for()
    {
        using var http = new HttpClient(new Answers());

        Assert.Equal("ap-south-1", await S3Region.FindAsync(http, new Uri("https://s3.amazonaws.com"), "far", default));
        Assert.Null(await S3Region.FindAsync(http, new Uri("https://s3.amazonaws.com"), "other", default));
    }

    private static DataVersionException Describe(string? code, int status, string message = "said so") => S3Errors.Describe(
        new Amazon.S3.AmazonS3Exception(message, ErrorType.Sender, code, "1", (HttpStatusCode)status), "read 'k'", "s3://b/p", "k", "access key A")!;

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(home.PathOf(".aws"));
        File.WriteAllText(home.PathOf(".aws/" + name), text);
    }

    private S3Settings Settings(params (string Option, string Value)[] options) => new(
        new RemoteConfiguration("storage", "s3://bucket/prefix", options.ToDictionary(o => o.Option, o => o.Value), [ConfigScope.Repository], true), variables.GetValueOrDefault, home.PathOf(""));

    private async Task<string> OriginAsync(params (string, string)[] options) => (await S3Credentials.FindAsync(Settings(options), default)).Origin;

    private sealed class Answers : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = new HttpResponseMessage(HttpStatusCode.Forbidden);
            if (request.RequestUri!.AbsolutePath == "/far")
                answer.Headers.Add("x-amz-bucket-region", "ap-south-1");
            return Task.FromResult(answer);
        }
    }
}
