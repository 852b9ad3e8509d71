using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;

namespace DataVersion.Remotes.S3;

/// <summary>Who we are for an S3 service, and where that came from.</summary>
/// <param name="Value">The credentials.</param>
/// <param name="Origin">Kind and source, for people; no secret.</param>
internal sealed record S3Credentials(AWSCredentials Value, string Origin)
{
    /// <summary>Finds credentials in the order of DVC (and boto3): anonymous, the remote's options, a profile that the remote
    /// names, variables, web identity, the default profile, container and instance.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: there are none, or the profile's cannot be had.</exception>
    public static async Task<S3Credentials> FindAsync(S3Settings settings, CancellationToken cancellation)
    {
        if (settings.IsAnonymous)
            return new S3Credentials(new AnonymousAWSCredentials(), "anonymous (option allow_anonymous_login)");
        if (settings.Option("access_key_id") is { } id && settings.Option("secret_access_key") is { } secret)
            return Keys(id, secret, settings.Option("session_token"), "options of the remote");
        if (settings.IsProfileChosen)
            return OfProfile(settings) ?? throw NoKeys(settings);
        if (settings.Variable("AWS_ACCESS_KEY_ID") is { } name && settings.Variable("AWS_SECRET_ACCESS_KEY") is { } password)
            return Keys(name, password, settings.Variable("AWS_SESSION_TOKEN"), "environment variables");
        if (settings.Variable("AWS_WEB_IDENTITY_TOKEN_FILE") is null && settings.Profiles.Has(settings.Profile) && OfProfile(settings) is { } found)
            return found;
        try
        {
            var others = await new DefaultAWSCredentialsIdentityResolver().ResolveIdentityAsync(null, cancellation).ConfigureAwait(false);
            return new S3Credentials(others, others switch
            {
                AssumeRoleWithWebIdentityCredentials => "web identity (AWS_WEB_IDENTITY_TOKEN_FILE)",
                GenericContainerCredentials => "role of the container",
                _ when others.GetType().Name.Contains("InstanceProfile", StringComparison.Ordinal) => "role of the machine (instance metadata)",
                _ => others.GetType().Name,
            });
        }
        catch (Exception error) when (error is AmazonClientException or AmazonServiceException or InvalidOperationException or HttpRequestException)
        {
            throw NoKeys(settings, error);
        }
    }

    private static S3Credentials Keys(string id, string secret, string? token, string origin) =>
        new(token is null ? new BasicAWSCredentials(id, secret) : new SessionAWSCredentials(id, secret, token), $"access key {id}{(token is null ? "" : " (temporary)")}, from {origin}");

    private static S3Credentials? OfProfile(S3Settings settings)
    {
        if (!settings.Profiles.TryGetProfile(settings.Profile, out var profile))
            return null;
        try
        {
            var credentials = AWSCredentialsFactory.GetAWSCredentials(profile, settings.Profiles);
            var kind = credentials switch
            {
                BasicAWSCredentials or SessionAWSCredentials => $"access key {profile.Options.AccessKey}",
                AssumeRoleAWSCredentials => $"role {profile.Options.RoleArn}",
                SSOAWSCredentials => "single sign-on",
                ProcessAWSCredentials => "credential process",
                _ => credentials.GetType().Name,
            };
            return new S3Credentials(credentials, $"{kind}, from the profile '{settings.Profile}'");
        }
        catch (Exception error) when (error is InvalidDataException or AmazonClientException or InvalidOperationException or ArgumentException)
        {
            // A profile may hold settings only.
            return settings.IsProfileChosen ? throw NoKeys(settings, error) : null;
        }
    }

    private static DataVersionException NoKeys(S3Settings settings, Exception? cause = null) => new(DataErrorKind.RemoteFailed,
        settings.IsProfileChosen ? $"The profile '{settings.Profile}' gives no credentials for the remote '{settings.Remote.Name}'{(cause is null ? "" : ": " + cause.Message.TrimEnd('.'))}."
            : $"There are no credentials for the remote '{settings.Remote.Name}': none in its options, the environment, the AWS files or this machine's role.",
        settings.Remote.Name, "Run Set-DataRemote -Credential, log in with the AWS command line, or set allow_anonymous_login for a public bucket.", cause);
}
