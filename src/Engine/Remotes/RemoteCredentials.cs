using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes;

/// <summary>A user name and a secret in the words of each service.</summary>
public static class RemoteCredentials
{
    /// <summary>How the value of an option begins that names a secret of Microsoft.PowerShell.SecretManagement:
    /// <c>secret:Name</c> or <c>secret:Vault/Name</c>.</summary>
    public const string SecretMark = "secret:";

    /// <summary>The options that a user name and a secret are for the service of a URL.</summary>
    /// <returns>Name and value of both options.</returns>
    /// <exception cref="DataVersionException">ArgumentInvalid: the service knows no user and secret.</exception>
    public static (string UserOption, string SecretOption) OptionsFor(string url) => RemoteSchema.SchemeOf(url) switch
    {
        "s3" => ("access_key_id", "secret_access_key"),
        "azure" => ("account_name", "account_key"),
        "ssh" or "http" or "https" or "webdav" or "webdavs" or "ftp" or "ftps" => ("user", "password"),
        "" => throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"'{url}' is a folder: it takes no credentials.", url, "Leave -Credential out."),
        var scheme => throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"A {scheme}:// remote takes no user and password.", url,
            scheme == "gs" ? "Name the key file of a service account with the option credentialpath." : "See its options with Get-Help Add-DataRemote."),
    };

    /// <summary>The remote with these credentials instead of what its configuration says.</summary>
    public static RemoteConfiguration With(this RemoteConfiguration remote, string user, string secret)
    {
        var (userOption, secretOption) = OptionsFor(remote.Url);
        var options = new Dictionary<string, string>(remote.Options, StringComparer.OrdinalIgnoreCase) { [userOption] = user, [secretOption] = secret };
        if (remote.Scheme is "http" or "https" && !options.ContainsKey("auth"))
            options["auth"] = "basic";
        // It goes before the key, also when it is one of the environment; an empty one is none.
        if (remote.Scheme == "azure")
            options["connection_string"] = "";
        return remote with { Options = options };
    }

    /// <summary>The remote with options replaced.</summary>
    public static RemoteConfiguration With(this RemoteConfiguration remote, IReadOnlyDictionary<string, string> replaced)
    {
        if (replaced.Count == 0)
            return remote;
        var options = new Dictionary<string, string>(remote.Options, StringComparer.OrdinalIgnoreCase);
        foreach (var (option, value) in replaced)
            options[option] = value;
        return remote with { Options = options };
    }
}
