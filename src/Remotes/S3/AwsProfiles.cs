using Amazon.Runtime.CredentialManagement;

namespace DataVersion.Remotes.S3;

/// <summary>The profiles of the AWS credentials and configuration files. Read by ourselves, because the SDK finds a
/// configuration file of the user's choice only through the environment of the whole process, and does not read <c>s3 =</c>.</summary>
internal sealed class AwsProfiles : ICredentialProfileSource
{
    private readonly Dictionary<string, Dictionary<string, string>> profiles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string>> sessions = new(StringComparer.Ordinal);

    /// <summary>Reads both files; one that does not exist has no profiles.</summary>
    /// <param name="credentials">Absolute path of the credentials file.</param>
    /// <param name="configuration">Absolute path of the configuration file.</param>
    /// <exception cref="DataVersionException">RemoteFailed: a file that exists cannot be read.</exception>
    public AwsProfiles(string credentials, string configuration)
    {
        Read(configuration, section => section == "default" ? profiles : section.StartsWith("profile ", StringComparison.Ordinal) ? profiles
            : section.StartsWith("sso-session ", StringComparison.Ordinal) ? sessions : null);
        // What is in both files counts as the credentials file has it.
        Read(credentials, _ => profiles);
    }

    /// <summary>True when there is a profile of this name.</summary>
    public bool Has(string profile) => profiles.ContainsKey(profile);

    /// <summary>A setting of a profile; one of a nested section is <c>section.setting</c>. Null when there is none.</summary>
    public string? Get(string profile, string setting) => profiles.GetValueOrDefault(profile)?.GetValueOrDefault(setting);

    /// <summary>The profile as the SDK takes it.</summary>
    public bool TryGetProfile(string profileName, out CredentialProfile profile)
    {
        profile = null!;
        if (!profiles.TryGetValue(profileName, out var settings))
            return false;
        var session = settings.TryGetValue("sso_session", out var name) ? sessions.GetValueOrDefault(name) : null;
        string? Of(string setting) => settings.GetValueOrDefault(setting) ?? session?.GetValueOrDefault(setting);
        profile = new CredentialProfile(profileName, new CredentialProfileOptions
        {
            AccessKey = Of("aws_access_key_id"), SecretKey = Of("aws_secret_access_key"), Token = Of("aws_session_token"),
            RoleArn = Of("role_arn"), RoleSessionName = Of("role_session_name"), ExternalID = Of("external_id"), MfaSerial = Of("mfa_serial"),
            SourceProfile = Of("source_profile"), CredentialSource = Of("credential_source"), CredentialProcess = Of("credential_process"),
            WebIdentityTokenFile = Of("web_identity_token_file"), SsoSession = name, SsoAccountId = Of("sso_account_id"), SsoRoleName = Of("sso_role_name"),
            SsoRegion = Of("sso_region"), SsoStartUrl = Of("sso_start_url"), SsoRegistrationScopes = Of("sso_registration_scopes"),
        });
        if (Of("region") is { Length: > 0 } region)
            profile.Region = Amazon.RegionEndpoint.GetBySystemName(region);
        return true;
    }

    private static string NameOf(string section) => section.IndexOf(' ') is >= 0 and var space ? section[space..].Trim().Trim('"') : section;

    private static void Read(string path, Func<string, Dictionary<string, Dictionary<string, string>>?> home)
    {
        string[] lines;
        try
        {
            if (!File.Exists(path))
                return;
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"The AWS file '{path}' cannot be read: {error.Message}", path,
                "Make it readable, or name another one with the options credentialpath and configpath.", error);
        }
        Dictionary<string, string>? section = null;
        var outer = "";
        foreach (var line in lines)
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] is '#' or ';')
                continue;
            if (line[0] == '[' && text.IndexOf(']') is > 0 and var end)
            {
                var name = text[1..end].Trim();
                section = home(name) is { } all ? all.TryGetValue(NameOf(name), out var known) ? known : all[NameOf(name)] = new(StringComparer.OrdinalIgnoreCase) : null;
                outer = "";
                continue;
            }
            if (section is null || text.IndexOf('=') is not (> 0 and var sign))
                continue;
            var (key, value) = (text[..sign].TrimEnd(), text[(sign + 1)..].TrimStart());
            // Indented lines belong to the setting without a value above them.
            var isNested = outer.Length > 0 && char.IsWhiteSpace(line[0]);
            if (!isNested)
                outer = value.Length == 0 ? key + "." : "";
            section[isNested ? outer + key : key] = value;
        }
    }
}
