using System.Diagnostics;
using DataVersion.Benchmarks.Workflows;

namespace DataVersion.Benchmarks.Remotes;

/// <summary>A tool that moves the same files to the same server, as commands for bash.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Push">Sends the folder <c>$DATA</c> to the place <c>$AT</c>; run again when there is nothing to do.</param>
/// <param name="Pull">Brings everything at <c>$AT</c> into the empty folder <c>$TO</c>.</param>
/// <param name="Few">Brings the files that <c>$LIST</c> names from <c>$AT</c> into <c>$TO</c>; null when it has no such thing.</param>
internal sealed record Peer(string Name, string Push, string Pull, string? Few);

/// <summary>A server of the tests, as the participants of a benchmark see it.</summary>
internal sealed class RemoteService : IDisposable
{
    private readonly string script;
    private readonly string folder;
    private readonly Dictionary<string, string> values = [];

    private RemoteService(string name, string work)
    {
        (Name, folder) = (name, Path.Combine(work, "server-" + name));
        script = Path.Combine(BuiltModule.Checkout, "tests", "servers", name + ".sh");
        if (name == "folder")
            return;
        Run("install");
        Directory.CreateDirectory(folder);
        foreach (var pair in Run($"start '{folder}' {Environment.ProcessId}").Split('\n').First(l => l.StartsWith("READY ", StringComparison.Ordinal)).Split(' ').Skip(1))
            values[pair[..pair.IndexOf('=')]] = pair[(pair.IndexOf('=') + 1)..].Trim();
    }

    /// <summary>folder, or a script of tests/servers.</summary>
    public string Name { get; }

    /// <summary>Starts a server.</summary>
    public static RemoteService Start(string name, string work) => new(name, work);

    /// <summary>The configuration of a remote below a place of its own.</summary>
    public string Configuration(string place) => Name switch
    {
        "folder" => $"url = {Path.Combine(folder, place)}",
        "s3" => $"url = s3://{values["bucket"]}/{place}\n    endpointurl = {values["endpoint"]}\n    region = {values["region"]}\n    access_key_id = {values["accessKey"]}\n    secret_access_key = {values["secretKey"]}",
        "ssh" => $"url = ssh://{values["user"]}@{values["host"]}:{values["port"]}{values["root"]}/{place}\n    keyfile = {values["key"]}",
        "http" => $"url = {values["endpoint"]}/basic/{place}\n    auth = basic\n    user = {values["user"]}\n    password = {values["password"]}\n    method = PUT",
        "webdav" => $"url = {values["endpoint"].Replace("http:", "webdav:", StringComparison.Ordinal)}/dav/{place}\n    user = {values["user"]}\n    password = {values["password"]}",
        _ => throw new BenchmarkException($"There is no service '{Name}'."),
    };

    /// <summary>DVC on this machine can use the service.</summary>
    public bool HasDvc => Shell.Has("dvc") && (Name == "folder" || Shell.FirstLine($"dvc version | grep -cE '^\\s*{Name} \\(' || true") is not "0" and not "");

    /// <summary>Makes what DVC does not make itself.</summary>
    public void PrepareForDvc(string place)
    {
        if (Name == "webdav")
            Shell.Run($"curl -fsS -X MKCOL -u '{values["user"]}:{values["password"]}' '{values["endpoint"]}/dav/{place}' > /dev/null", Path.GetTempPath());
    }

    /// <summary>The tools that are installed.</summary>
    public IEnumerable<Peer> Peers()
    {
        // One place for each: nobody finds what another has sent.
        var place = "peer-a";
        switch (Name)
        {
            case "folder":
                yield return new("cp", $"mkdir -p '{folder}/{place}' && cp -ru \"$DATA/.\" '{folder}/{place}/'", $"cp -r '{folder}/{place}/.' \"$TO/\"",
                    $"while read -r f; do cp '{folder}/{place}/'\"$f\" \"$TO/\"; done < \"$LIST\"");
                break;
            case "s3":
                var aws = $"AWS_ACCESS_KEY_ID={values["accessKey"]} AWS_SECRET_ACCESS_KEY={values["secretKey"]} aws --endpoint-url {values["endpoint"]} --region {values["region"]} s3";
                if (Shell.Has("aws"))
                    yield return new("aws s3 sync", $"{aws} sync --only-show-errors \"$DATA\" s3://{values["bucket"]}/{place}", $"{aws} sync --only-show-errors s3://{values["bucket"]}/{place} \"$TO\"", null);
                place = "peer-b";
                if (Shell.Has("rclone"))
                    yield return Rclone($":s3,provider=Ceph,access_key_id={values["accessKey"]},secret_access_key={values["secretKey"]},endpoint='{values["endpoint"]}':{values["bucket"]}/{place}");
                break;
            case "ssh":
                var options = $"-q -i {values["key"]} -o UserKnownHostsFile={values["knownHosts"]} -o IdentitiesOnly=yes -P {values["port"]}";
                yield return new("sftp", $"printf 'mkdir {values["root"]}/{place}\\nput -r %s/. {values["root"]}/{place}\\n' \"$DATA\" | sftp {options} -b - {values["user"]}@{values["host"]} > /dev/null",
                    $"printf 'get -r {values["root"]}/{place}/. %s\\n' \"$TO\" | sftp {options} -b - {values["user"]}@{values["host"]} > /dev/null", null);
                place = "peer-b";
                if (Shell.Has("rclone"))
                    yield return Rclone($":sftp,host={values["host"]},port={values["port"]},user={values["user"]},key_file={values["key"]},shell_type=none,set_modtime=false:{values["root"]}/{place}");
                break;
            case "webdav":
                if (Shell.Has("rclone"))
                    yield return Rclone($":webdav,url='{values["endpoint"]}/dav',user={values["user"]},pass=$(rclone obscure {values["password"]}):{place}");
                break;
        }
    }

    /// <summary>The folder that a home of the user gets as <c>.ssh</c>.</summary>
    public string? KnownHosts => values.GetValueOrDefault("knownHosts");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Name != "folder")
            Run($"stop '{folder}'");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    // Its S3 client stumbles over a bundle of authorities in the environment. Sizes say whether there is something to do, as its users do it where times are not kept.
    private static Peer Rclone(string at) => new("rclone", $"env -u AWS_CA_BUNDLE rclone copy --transfers 16 --checkers 16 --size-only \"$DATA\" \"{at}\"", $"env -u AWS_CA_BUNDLE rclone copy --transfers 16 --checkers 16 \"{at}\" \"$TO\"",
        $"env -u AWS_CA_BUNDLE rclone copy --files-from \"$LIST\" --no-traverse \"{at}\" \"$TO\"");

    private string Run(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", $"bash '{script}' {arguments}"]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new BenchmarkException($"The server {Name} could not be used ({arguments}).");
    }
}
