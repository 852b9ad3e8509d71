using System.Globalization;
using DataVersion.Engine.Repositories;

namespace DataVersion.Remotes.S3;

/// <summary>The options of an S3 remote together with the AWS files and variables they leave room for. Source: dvc-compat §1.7, §10.5.</summary>
internal sealed class S3Settings
{
    private readonly RemoteConfiguration remote;
    private readonly Func<string, string?> environment;

    /// <summary>Reads the settings.</summary>
    /// <param name="remote">The remote.</param>
    /// <param name="environment">Gives the value of an environment variable.</param>
    /// <param name="home">The user's home folder.</param>
    /// <exception cref="DataVersionException">RemoteFailed: options that exclude each other; a profile that does not exist.</exception>
    public S3Settings(RemoteConfiguration remote, Func<string, string?> environment, string home)
    {
        (this.remote, this.environment) = (remote, environment);
        // As with DVC: the variables come before the options.
        Profiles = new AwsProfiles(
            Variable("AWS_SHARED_CREDENTIALS_FILE") ?? remote.Get("credentialpath") ?? Path.Combine(home, ".aws", "credentials"),
            Variable("AWS_CONFIG_FILE") ?? remote.Get("configpath") ?? Path.Combine(home, ".aws", "config"));
        IsProfileChosen = remote.Get("profile") is { Length: > 0 };
        Profile = (IsProfileChosen ? remote.Get("profile") : Variable("AWS_PROFILE") ?? Variable("AWS_DEFAULT_PROFILE")) ?? "default";
        if (IsProfileChosen && !Profiles.Has(Profile))
            throw Wrong($"The profile '{Profile}' of the remote '{remote.Name}' is in no AWS file.", "Correct the option profile, or name the file with credentialpath or configpath.");
        if (remote.Get("sse_kms_key_id") is not null && remote.Get("sse_customer_key") is not null)
            throw Wrong($"The remote '{remote.Name}' has both sse_kms_key_id and sse_customer_key, but an object has one encryption.", "Remove one of the options.");
        if (remote.Get("acl") is not null && Grants.Any())
            throw Wrong($"The remote '{remote.Name}' has both acl and grant_… options, which exclude each other.", "Remove acl, or the grants.");
    }

    /// <summary>The profiles of the AWS files.</summary>
    public AwsProfiles Profiles { get; }

    /// <summary>The name of the profile.</summary>
    public string Profile { get; }

    /// <summary>True when the remote itself names the profile; then it comes before the variables with keys.</summary>
    public bool IsProfileChosen { get; }

    /// <summary>The address of the service; null for Amazon's own.</summary>
    public string? Endpoint => remote.Get("endpointurl") ?? Variable("AWS_ENDPOINT_URL_S3") ?? Variable("AWS_ENDPOINT_URL") ?? Profiles.Get(Profile, "endpoint_url");

    /// <summary>True when the way to the service is encrypted.</summary>
    public bool IsTls => Endpoint is { } endpoint ? endpoint.StartsWith("https:", StringComparison.OrdinalIgnoreCase) : !IsFalse("use_ssl");

    /// <summary>The region that something says; null when nothing does.</summary>
    public string? Region => remote.Get("region") ?? Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION") ?? Profiles.Get(Profile, "region");

    /// <summary>True when the bucket stands in the path, not in the host name.</summary>
    public bool IsPathStyle => S3("addressing_style") switch
    {
        "path" => true,
        "virtual" => false,
        _ => Endpoint is not null,
    };

    /// <summary>A setting of the <c>s3 =</c> part of the profile.</summary>
    public string? S3(string setting) => Profiles.Get(Profile, "s3." + setting);

    /// <summary>True when a setting of the <c>s3 =</c> part is true.</summary>
    public bool IsS3True(string setting) => string.Equals(S3(setting), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Bytes that a setting of the <c>s3 =</c> part says, as 8388608, 8MB; null when it says none.</summary>
    public long? S3Bytes(string setting)
    {
        var text = S3(setting)?.Trim().ToUpperInvariant();
        if (string.IsNullOrEmpty(text))
            return null;
        var unit = "KMGT".IndexOf(text.TrimEnd('B')[^1]);
        var number = text.TrimEnd('B').TrimEnd('K', 'M', 'G', 'T');
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count << (10 * (unit + 1)) : null;
    }

    /// <summary>An option of the remote; null when it is not set.</summary>
    public string? Option(string name) => remote.Get(name) is { Length: > 0 } value ? value : null;

    /// <summary>An environment variable; null when it is not set.</summary>
    public string? Variable(string name) => environment(name) is { Length: > 0 } value ? value : null;

    /// <summary>The <c>grant_…</c> options: header and value.</summary>
    public IEnumerable<(string Header, string Value)> Grants =>
        from option in (string[])["grant_read", "grant_read_acp", "grant_write_acp", "grant_full_control"]
        where remote.Get(option) is not null
        select ("x-amz-" + option.Replace('_', '-'), remote.Get(option)!);

    /// <summary>True when nobody logs in.</summary>
    public bool IsAnonymous => Http.HttpConnections.IsTrue(remote, "allow_anonymous_login");

    /// <summary>The remote.</summary>
    public RemoteConfiguration Remote => remote;

    private bool IsFalse(string option) => string.Equals(remote.Get(option), "false", StringComparison.OrdinalIgnoreCase);

    private DataVersionException Wrong(string message, string action) => new(DataErrorKind.RemoteFailed, message, remote.Name, action);
}
