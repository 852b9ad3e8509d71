using System.Diagnostics;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Exchange;

/// <summary>One way to one service, as both tools are told of it: options that everybody gets, and secrets for this machine.</summary>
/// <param name="Url">Address of a folder of its own there.</param>
/// <param name="Options">What stands in <c>.dvc/config</c> beside the address.</param>
/// <param name="Secrets">What stands in <c>.dvc/config.local</c>.</param>
/// <param name="Put">Puts a text under a path below the address, not through either tool.</param>
internal sealed record ExchangeService(string Url, IReadOnlyDictionary<string, string> Options, IReadOnlyDictionary<string, string> Secrets, Action<string, string> Put)
{
    /// <summary>The ways that are tried; each names its server.</summary>
    public static readonly string[] Ways = ["s3", "s3 with TLS", "ssh with a key", "ssh with a password", "webdav", "webdav with TLS"];

    /// <summary>Opens a way. The folder's name has what addresses may stumble over.</summary>
    public static ExchangeService Open(string way)
    {
        var server = TestServer.Get(way.Split(' ')[0]);
        var folder = $"exchange {Guid.NewGuid():N}/a b";
        return way switch
        {
            "s3" or "s3 with TLS" => OfBucket(server, folder, way != "s3"),
            "ssh with a key" => OfShell(server, folder, $"ssh://{server["user"]}@{server["host"]}:{server["port"]}", new(), new() { ["keyfile"] = server["key"] }),
            "ssh with a password" => OfShell(server, folder, $"ssh://{server["host"]}", new() { ["user"] = server["user"], ["port"] = server["port"] },
                new() { ["password"] = server["password"] }),
            _ => OfWeb(server, folder, way != "webdav"),
        };
    }

    private static ExchangeService OfBucket(TestServer server, string folder, bool tls)
    {
        var endpoint = server[tls ? "secureEndpoint" : "endpoint"];
        Dictionary<string, string> options = new() { ["endpointurl"] = endpoint, ["region"] = server["region"] };
        if (tls)
            options["ssl_verify"] = server["ca"];
        return new($"s3://{server["bucket"]}/{folder}", options,
            new Dictionary<string, string> { ["access_key_id"] = server["accessKey"], ["secret_access_key"] = server["secretKey"] }, (name, text) =>
            {
                using var storage = new Amazon.S3.AmazonS3Client(server["accessKey"], server["secretKey"], new Amazon.S3.AmazonS3Config { ServiceURL = server["endpoint"], ForcePathStyle = true });
                storage.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = server["bucket"], Key = $"{folder}/{name}", ContentBody = text, UseChunkEncoding = false }).GetAwaiter().GetResult();
            });
    }

    private static ExchangeService OfShell(TestServer server, string folder, string host, Dictionary<string, string> options, Dictionary<string, string> secrets) =>
        new($"{host}{server["root"]}/{folder}", options, secrets, (name, text) => Write(server["root"], $"{folder}/{name}", text, server["user"]));

    private static ExchangeService OfWeb(TestServer server, string folder, bool tls)
    {
        Dictionary<string, string> options = new() { ["user"] = server["user"] };
        if (tls)
            options["ssl_verify"] = server["ca"];
        return new((tls ? server["secureEndpoint"].Replace("https:", "webdavs:", StringComparison.Ordinal) : server["endpoint"].Replace("http:", "webdav:", StringComparison.Ordinal)) + "/dav/" + folder,
            options, new Dictionary<string, string> { ["password"] = server["password"] }, (name, text) => Write(Path.Combine(server["files"], "dav"), $"{folder}/{name}", text, "www-data"));
    }

    // The servers of root give their files to another user.
    private static void Write(string root, string name, string text, string owner)
    {
        var path = Path.Combine(root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (Environment.UserName == "root")
            Process.Start("chown", ["-R", owner + ":", Path.Combine(root, name.Split('/')[0])])!.WaitForExit();
    }
}
