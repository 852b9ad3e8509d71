namespace DataVersion.Engine.Repositories;

/// <summary>The options of remotes, by the scheme of their URL. Source: dvc-compat §1.7.</summary>
public static class RemoteSchema
{
    // cache_regions (s3) and replication (hdfs) are missing on purpose: DVC refuses every value that a file can hold.
    private const string Common = """
        url                      | path           | -     | Where the remote is: a folder or a URL.
        jobs                     | int>=1         | -     | Number of parallel transfers.
        checksum_jobs            | int>=1         | -     | Number of threads that hash files.
        version_aware            | bool           | -     | Keep file names on the remote and rely on its own versions.
        worktree                 | bool           | -     | As version_aware, and Update-DataFile takes over what changed there.
        no_traverse              | bool           | -     | Obsolete, no effect.
        """;

    private const string Verify = """
        verify                   | bool           | false | Hash objects from the remote before they are trusted.
        """;

    private const string VerifyByDefault = """
        verify                   | bool           | true  | Hash objects from the remote before they are trusted.
        """;

    private const string Folder = """
        type                     | reflink/hardlink/symlink/copy* | - | How objects are placed.
        shared                   | group          | -     | Make new objects writable for the group.
        slow_link_warning        | bool           | true  | Warn when files must be copied.
        protected                | bool           | false | Obsolete, no effect.
        """;

    private const string S3 = """
        region                   | text           | -     | The region of the bucket.
        profile                  | text           | -     | The profile of the credentials file.
        credentialpath           | path           | -     | The credentials file.
        configpath               | path           | -     | The AWS configuration file.
        endpointurl              | text           | -     | The address of another S3 service.
        access_key_id            | text           | -     | The id of the access key.
        secret_access_key        | text           | -     | The secret of the access key.
        session_token            | text           | -     | The token of temporary credentials.
        use_ssl                  | bool           | true  | Use an encrypted connection.
        ssl_verify               | bool-or-path   | -     | Check the certificate; or a file of trusted authorities.
        allow_anonymous_login    | bool           | false | Use no credentials.
        listobjects              | bool           | false | Obsolete, no effect.
        sse                      | text           | -     | Server-side encryption.
        sse_kms_key_id           | text           | -     | The key of server-side encryption with KMS.
        sse_customer_algorithm   | text           | -     | The algorithm of encryption with a key of your own.
        sse_customer_key         | text           | -     | The key of encryption with a key of your own.
        acl grant_read grant_read_acp grant_write_acp grant_full_control | text | - | Who may use new objects.
        read_timeout             | int            | -     | Seconds to wait for data.
        connect_timeout          | int            | -     | Seconds to wait for a connection.
        """;

    private const string GoogleStorage = """
        projectname              | text           | -     | The project of the bucket.
        credentialpath           | path           | -     | The key file of a service account.
        endpointurl              | text           | -     | The address of another service.
        allow_anonymous_login    | bool           | false | Use no credentials.
        """;

    private const string Azure = """
        connection_string        | text           | -     | The connection string of the account.
        sas_token                | text           | -     | A shared access signature.
        account_name             | text           | -     | The storage account.
        account_key              | text           | -     | The key of the storage account.
        tenant_id                | text           | -     | The tenant of a service principal.
        client_id                | text           | -     | The id of a service principal.
        client_secret            | text           | -     | The secret of a service principal.
        allow_anonymous_login    | bool           | -     | Use no credentials.
        exclude_environment_credential exclude_visual_studio_code_credential exclude_shared_token_cache_credential exclude_managed_identity_credential | bool | - | Do not try this source of credentials.
        timeout                  | int            | -     | Seconds a request may take.
        read_timeout             | int            | -     | Seconds to wait for data.
        connection_timeout       | int            | -     | Seconds to wait for a connection.
        """;

    private const string Ssh = """
        type                     | reflink/hardlink/symlink/copy* | - | How objects are placed.
        user                     | text           | -     | The user.
        port                     | int            | -     | The port.
        password                 | text           | -     | The password.
        ask_password             | bool           | -     | Ask for the password.
        passphrase               | text           | -     | The passphrase of the key.
        ask_passphrase           | bool           | -     | Ask for the passphrase of the key.
        keyfile                  | path           | -     | The private key.
        timeout                  | int            | -     | Seconds to wait for a connection.
        gss_auth                 | bool           | -     | Use Kerberos.
        allow_agent              | bool           | -     | Use the agent's keys.
        max_sessions             | int            | -     | Number of parallel sessions.
        """;

    private const string Http = """
        auth                     | basic/digest/custom | - | How to log in.
        custom_auth_header       | text           | -     | The header that carries the password when auth is custom.
        user                     | text           | -     | The user.
        password                 | text           | -     | The password.
        ask_password             | bool           | -     | Ask for the password.
        ssl_verify               | bool-or-path   | -     | Check the certificate; or a file of trusted authorities.
        method                   | text           | -     | The method of uploads, POST or PUT.
        connect_timeout          | number         | -     | Seconds to wait for a connection.
        read_timeout             | number         | -     | Seconds to wait for data.
        """;

    private const string WebDav = """
        user                     | text           | -     | The user.
        password                 | text           | -     | The password.
        ask_password             | bool           | -     | Ask for the password.
        token                    | text           | -     | A bearer token.
        bearer_token_command     | text           | -     | A command that prints a bearer token.
        custom_auth_header       | text           | -     | A header that carries the password.
        cert_path                | path           | -     | The client certificate.
        key_path                 | path           | -     | The key of the client certificate.
        timeout                  | int            | -     | Seconds a request may take.
        ssl_verify               | bool-or-path   | -     | Check the certificate; or a file of trusted authorities.
        """;

    // Not DVC's: kept in a file of our own.
    private const string Ftp = """
        user                     | text           | -     | The user; anonymous when none is named.
        port                     | int            | -     | The port.
        password                 | text           | -     | The password.
        ask_password             | bool           | -     | Ask for the password.
        tls                      | auto/explicit/implicit/never | - | When the connection is encrypted: auto, when the server offers it, for ftp; implicit, from the start, for ftps.
        ssl_verify               | bool-or-path   | -     | Check the certificate; or a file of trusted authorities.
        timeout                  | int            | -     | Seconds to wait for a connection.
        """;

    private const string Hdfs = """
        user                     | text           | -     | The user.
        kerb_ticket              | text           | -     | The Kerberos ticket cache.
        """;

    private const string WebHdfs = """
        user kerberos_principal proxy_to token password data_proxy_target | text | - | See DVC's documentation of WebHDFS.
        kerberos use_https       | bool           | -     | See DVC's documentation of WebHDFS.
        ssl_verify               | bool-or-path   | -     | Check the certificate; or a file of trusted authorities.
        """;

    private const string Oss = """
        oss_key_id oss_key_secret oss_endpoint | text | - | See DVC's documentation of OSS.
        """;

    private const string GoogleDrive = """
        profile gdrive_client_id gdrive_client_secret gdrive_service_account_user_email | text | - | See DVC's documentation of Google Drive.
        gdrive_use_service_account | bool         | -     | Log in with a service account.
        gdrive_user_credentials_file gdrive_service_account_json_file_path | path | - | See DVC's documentation of Google Drive.
        gdrive_trash_only gdrive_acknowledge_abuse | bool | false | See DVC's documentation of Google Drive.
        """;

    private static readonly HashSet<string> Secrets = new(StringComparer.OrdinalIgnoreCase)
    {
        "secret_access_key", "session_token", "sse_customer_key", "connection_string", "sas_token", "account_key", "client_secret", "password",
        "passphrase", "token", "oss_key_secret", "gdrive_client_secret",
    };

    private static readonly Dictionary<string, Dictionary<string, ConfigurationOption>> ByScheme = new(StringComparer.Ordinal)
    {
        [""] = Make(Folder, Verify),
        ["s3"] = Make(S3, Verify),
        ["gs"] = Make(GoogleStorage, Verify),
        ["azure"] = Make(Azure, Verify),
        ["ssh"] = Make(Ssh, Verify),
        ["http"] = Make(Http, Verify),
        ["https"] = Make(Http, Verify),
        ["webdav"] = Make(WebDav, Verify),
        ["webdavs"] = Make(WebDav, Verify),
        ["ftp"] = Make(Ftp, Verify),
        ["ftps"] = Make(Ftp, Verify),
        ["hdfs"] = Make(Hdfs, ""),
        ["webhdfs"] = Make(WebHdfs, Verify),
        ["oss"] = Make(Oss, VerifyByDefault),
        ["gdrive"] = Make(GoogleDrive, VerifyByDefault),
    };

    private static readonly Dictionary<string, ConfigurationOption> Any = ByScheme.Values
        .SelectMany(options => options.Values).DistinctBy(o => o.Option).ToDictionary(o => o.Option, StringComparer.Ordinal);

    /// <summary>The schemes that remotes may have; "" is a folder.</summary>
    public static IReadOnlyCollection<string> Schemes => ByScheme.Keys;

    /// <summary>Each option that some kind of remote takes, once.</summary>
    public static IEnumerable<ConfigurationOption> AllOptions => Any.Values;

    /// <summary>
    /// The options of a remote with this URL; without a URL, and for <c>remote://</c>, whatever any remote takes. Null values
    /// never occur; a scheme that is not known gives no options at all.
    /// </summary>
    /// <param name="url">The URL, or null when it is not known.</param>
    public static IReadOnlyDictionary<string, ConfigurationOption> OptionsOf(string? url) =>
        url is null || SchemeOf(url) == "remote" ? Any : ByScheme.GetValueOrDefault(SchemeOf(url)) ?? [];

    /// <summary>True for options whose value nobody else may see.</summary>
    public static bool IsSecret(string option) => Secrets.Contains(option);

    /// <summary>True when DVC knows no remotes of this URL, and refuses a file that names one.</summary>
    public static bool IsOurs(string url) => SchemeOf(url) is "ftp" or "ftps";

    /// <summary>True when there are remotes of this URL.</summary>
    internal static bool IsKnown(string url) => SchemeOf(url) is "remote" || ByScheme.ContainsKey(SchemeOf(url));

    /// <summary>The scheme in lower case, "" for a folder: without <c>//host</c> a text is a folder, as in DVC.</summary>
    public static string SchemeOf(string url)
    {
        var end = url.IndexOf("://", StringComparison.Ordinal);
        if (end <= 0 || !char.IsAsciiLetter(url[0]) || url.AsSpan(0, end).ContainsAnyExcept(SchemeCharacters))
            return "";
        // "file:///x" and "s3:///x" have no host.
        return end + 3 >= url.Length || url[end + 3] is '/' or '?' or '#' ? "" : url[..end].ToLowerInvariant();
    }

    private static readonly System.Buffers.SearchValues<char> SchemeCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    private static Dictionary<string, ConfigurationOption> Make(string own, string verify) =>
        OptionText.Read("remote.NAME.", string.Join('\n', Common, own, verify)).ToDictionary(o => o.Option, StringComparer.Ordinal);
}
