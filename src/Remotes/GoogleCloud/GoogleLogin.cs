using System.Text.Json;
using DataVersion.Engine.Repositories;
using Google.Apis.Auth.OAuth2;

namespace DataVersion.Remotes.GoogleCloud;

/// <summary>Who we are for Google Cloud Storage, and where that came from.</summary>
internal sealed class GoogleLogin
{
    private const string Scope = "https://www.googleapis.com/auth/devstorage.read_write";

    private readonly ITokenAccessWithHeaders? access;

    private GoogleLogin(GoogleCredential? credential, string description)
    {
        access = credential?.CreateScoped(Scope);
        Description = description;
    }

    /// <summary>Kind and source, for people; no secret.</summary>
    public string Description { get; }

    /// <summary>Finds credentials in the order of DVC (and gcsfs): anonymous, the file that the remote names, application default
    /// credentials (the file of GOOGLE_APPLICATION_CREDENTIALS, that of gcloud, the machine's service account); else none, which is
    /// enough for public buckets.</summary>
    /// <param name="remote">The remote.</param>
    /// <param name="environment">Gives the value of an environment variable.</param>
    /// <param name="settings">The folder of gcloud's settings.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="DataVersionException">RemoteFailed: a file cannot be used.</exception>
    public static async Task<GoogleLogin> FindAsync(RemoteConfiguration remote, Func<string, string?> environment, string settings, CancellationToken cancellation)
    {
        if (Http.HttpConnections.IsTrue(remote, "allow_anonymous_login"))
            return new GoogleLogin(null, "anonymous (option allow_anonymous_login)");
        if (remote.Get("credentialpath") is { Length: > 0 } named)
            return await ReadAsync(named, "option credentialpath", cancellation).ConfigureAwait(false);
        if (environment("GOOGLE_APPLICATION_CREDENTIALS") is { Length: > 0 } chosen)
            return await ReadAsync(chosen, "GOOGLE_APPLICATION_CREDENTIALS", cancellation).ConfigureAwait(false);
        var known = Path.Combine(environment("CLOUDSDK_CONFIG") is { Length: > 0 } folder ? folder : settings, "application_default_credentials.json");
        if (File.Exists(known))
            return await ReadAsync(known, "gcloud", cancellation).ConfigureAwait(false);
        return await ComputeCredential.IsRunningOnComputeEngine().WaitAsync(cancellation).ConfigureAwait(false)
            ? new GoogleLogin(GoogleCredential.FromComputeCredential(), "service account of this machine")
            : new GoogleLogin(null, "anonymous (no credentials found)");
    }

    /// <summary>The folder where gcloud keeps its settings when nothing else is said.</summary>
    public static string DefaultSettings => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "gcloud")
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config", "gcloud");

    /// <summary>Puts the token on a request; a new one is asked for when the old one is about to expire.</summary>
    public async Task SignAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        if (access is null)
            return;
        var token = await access.GetAccessTokenWithHeadersForRequestAsync(cancellationToken: cancellation).ConfigureAwait(false);
        token.AddHeaders(request);
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token.AccessToken);
    }

    private static async Task<GoogleLogin> ReadAsync(string path, string source, CancellationToken cancellation)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false);
            using var json = JsonDocument.Parse(bytes);
            string? Of(string name) => json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            var kind = Of("type") ?? throw new InvalidOperationException("it has no \"type\"");
            var credential = await CredentialFactory.FromFileAsync(path, kind, cancellation).ConfigureAwait(false);
            return new GoogleLogin(credential, kind switch
            {
                "service_account" => $"service account {Of("client_email")}, from {source}",
                "authorized_user" => $"user account, from {source}",
                _ => $"{kind.Replace('_', ' ')}, from {source}",
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException or JsonException or FormatException or ArgumentException)
        {
            // What the reader says may hold parts of the file.
            var reason = error is IOException or UnauthorizedAccessException ? error.Message : "it is not the key file of an account";
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"The credentials file '{path}' ({source}) cannot be used: {reason}", path,
                "Name a service account's key file with the option credentialpath, or run 'gcloud auth application-default login'.");
        }
    }
}
