using DataVersion.Engine.Repositories;

namespace DataVersion.Tests.Remotes.Servers;

/// <summary>Remotes at the Google Cloud Storage server of the tests.</summary>
internal static class GoogleRemotes
{
    /// <summary>A remote below a prefix of the server's bucket.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="port">Another port in place of the server's.</param>
    /// <param name="options">Further options; without a value they are taken away.</param>
    public static RemoteConfiguration At(string prefix, int? port = null, params (string Option, string? Value)[] options)
    {
        var server = TestServer.Get("gcs");
        var all = new Dictionary<string, string>
        {
            ["endpointurl"] = port is null ? server["endpoint"] : $"http://127.0.0.1:{port}", ["credentialpath"] = server["accountFile"],
        };
        foreach (var (option, value) in options)
            if (value is null)
                all.Remove(option);
            else
                all[option] = value;
        return new RemoteConfiguration("storage", $"gs://{server["bucket"]}/{prefix}", all, [ConfigScope.Repository], true);
    }
}
