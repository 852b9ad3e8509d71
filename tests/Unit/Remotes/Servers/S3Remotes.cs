using DataVersion.Engine.Repositories;

namespace DataVersion.Tests.Remotes.Servers;

/// <summary>Remotes at the S3 servers of the tests.</summary>
internal static class S3Remotes
{
    /// <summary>A remote below a prefix of the server's bucket.</summary>
    /// <param name="server">s3 or swift.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="port">Another port in place of the server's.</param>
    /// <param name="options">Further options; without a value they are taken away.</param>
    public static RemoteConfiguration At(TestServer server, string prefix, int? port = null, params (string Option, string? Value)[] options)
    {
        var all = new Dictionary<string, string>
        {
            ["endpointurl"] = port is null ? server["endpoint"] : $"http://127.0.0.1:{port}", ["region"] = server["region"],
            ["access_key_id"] = server["accessKey"], ["secret_access_key"] = server["secretKey"],
        };
        foreach (var (option, value) in options)
            if (value is null)
                all.Remove(option);
            else
                all[option] = value;
        return new RemoteConfiguration("storage", $"s3://{server["bucket"]}/{prefix}", all, [ConfigScope.Repository], true);
    }
}
