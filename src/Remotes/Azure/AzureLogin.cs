using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.Http;

namespace DataVersion.Remotes.Azure;

/// <summary>Who we are at an account, chosen in DVC's order: connection string, service principal, account key, shared access
/// signature, the credentials of the machine or its user, nobody.</summary>
internal sealed class AzureLogin
{
    private readonly Func<BlobClientOptions, BlobServiceClient> open;
    private readonly string? signature;

    private AzureLogin(string description, Func<BlobClientOptions, BlobServiceClient> open, string? signature = null) =>
        (Description, this.open, this.signature) = (description, open, signature?.TrimStart('?'));

    /// <summary>Kind of credentials and where they came from, without any secret.</summary>
    public string Description { get; }

    /// <summary>We are nobody.</summary>
    public bool IsAnonymous { get; private init; }

    /// <summary>Finds the credentials of a remote.</summary>
    /// <param name="remote">The remote.</param>
    /// <param name="environment">Gives environment variables.</param>
    /// <exception cref="DataVersionException">RemoteFailed: there is no account, or a setting is not what it should be.</exception>
    public static AzureLogin Find(RemoteConfiguration remote, Func<string, string?> environment)
    {
        var settings = new AzureSettings(remote, environment);
        if (settings.Find("connection_string", "connection_string") is { } connection)
            return new("connection string: " + connection.Source, options => new BlobServiceClient(connection.Value, options), SignatureOf(connection.Value));
        var account = settings.Find("account_name", "account") ?? throw new DataVersionException(DataErrorKind.RemoteFailed,
            $"The storage account of the remote '{remote.Name}' is not known.", null, "Set its option account_name or connection_string, or the environment variable AZURE_STORAGE_ACCOUNT or AZURE_STORAGE_CONNECTION_STRING.");
        var endpoint = Uri.TryCreate($"https://{account.Value}.blob.core.windows.net", UriKind.Absolute, out var uri) ? uri : throw new DataVersionException(DataErrorKind.RemoteFailed,
            $"'{account.Value}' is no name of a storage account ({account.Source}).", null, "Correct the option account_name.");
        if (settings.Find("tenant_id", null) is { } tenant && settings.Find("client_id", null) is { } client && settings.Find("client_secret", null) is { } secret)
            return new($"service principal '{client.Value}': {secret.Source}",
                options => new BlobServiceClient(endpoint, new ClientSecretCredential(tenant.Value, client.Value, secret.Value, new ClientSecretCredentialOptions { Retry = { MaxRetries = 1 } }), options));
        if (settings.Find("account_key", "key") is { } key)
            return new($"key of the account '{account.Value}': {key.Source}", options => new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account.Value, key.Value), options));
        if (settings.Find("sas_token", "sas_token") is { } token)
            return new($"shared access signature: {token.Source}", options => new BlobServiceClient(endpoint, new AzureSasCredential(token.Value), options), token.Value);
        if (HttpConnections.IsTrue(remote, "allow_anonymous_login"))
            return new("none (anonymous)", options => new BlobServiceClient(endpoint, options)) { IsAnonymous = true };
        return new($"credentials of this machine or user (default chain of Azure) for the account '{account.Value}'", options => new BlobServiceClient(endpoint, DefaultOf(remote), options));
    }

    /// <summary>Uses a credential for an account, whatever the configuration says.</summary>
    internal static AzureLogin Of(Uri endpoint, TokenCredential credential) => new("given", options => new BlobServiceClient(endpoint, credential, options));

    /// <summary>Uses nobody's credentials for an account.</summary>
    internal static AzureLogin Anonymous(Uri endpoint) => new("none (anonymous)", options => new BlobServiceClient(endpoint, options)) { IsAnonymous = true };

    /// <summary>Opens the account.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: the settings cannot be used.</exception>
    public BlobServiceClient Open(BlobClientOptions options)
    {
        try
        {
            return open(options);
        }
        // The message may carry the setting.
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"The credentials of the Azure account cannot be used ({Description}): they are not of the right form.", null,
                "Copy the setting again from the Azure portal.");
        }
    }

    /// <summary>What the signature says that it allows (the letters of its field sp); null when there is none.</summary>
    public string? Rights => FieldOf("sp");

    /// <summary>When the signature ends; null when there is none.</summary>
    public DateTimeOffset? Expires => DateTimeOffset.TryParse(FieldOf("se"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    // Interactive logins of the chain stay off: a command may run where nobody looks.
    private static DefaultAzureCredential DefaultOf(RemoteConfiguration remote) => new(new DefaultAzureCredentialOptions
    {
        ExcludeEnvironmentCredential = HttpConnections.IsTrue(remote, "exclude_environment_credential"),
        ExcludeVisualStudioCodeCredential = HttpConnections.IsTrue(remote, "exclude_visual_studio_code_credential"),
        ExcludeManagedIdentityCredential = HttpConnections.IsTrue(remote, "exclude_managed_identity_credential"),
        Retry = { MaxRetries = 1 },
    });

    private static string? SignatureOf(string connection) => connection.Split(';').Select(p => p.Trim())
        .FirstOrDefault(p => p.StartsWith("SharedAccessSignature=", StringComparison.OrdinalIgnoreCase)) is { } part ? part[(part.IndexOf('=') + 1)..] : null;

    private string? FieldOf(string name) => signature?.Split('&').FirstOrDefault(p => p.StartsWith(name + "=", StringComparison.Ordinal)) is { } field
        ? Uri.UnescapeDataString(field[(name.Length + 1)..]) : null;
}
