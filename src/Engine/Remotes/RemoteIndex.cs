using System.Globalization;
using System.Text;
using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// What is remembered of a remote, in <c>.dvc/tmp</c>: the manifests all of whose files were known to be there. When such a
/// manifest is still there, its files are taken to be there too, without a question for each: whoever cleans a remote removes
/// manifests before their files. Lost, wrong or old, it costs the questions and nothing else: entries end after a week, and
/// all of them when a file is missed.
/// </summary>
internal sealed class RemoteIndex
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    private readonly string path;
    private Dictionary<string, DateTimeOffset>? confirmed;

    private RemoteIndex(string path) => this.path = path;

    /// <summary>The index of a remote.</summary>
    public static RemoteIndex Of(Repository repository, RemoteConfiguration remote)
    {
        // Another endpoint is another remote, even when the bucket has the same name.
        var identity = string.Join('\n', remote.Url, remote.Get("endpointurl"), remote.Get("account_name"), remote.Get("connection_string"));
        return new RemoteIndex(Path.Join(repository.Layout.StateFolder, "remotes",
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..32]));
    }

    /// <summary>True when all files of a manifest were known to be there.</summary>
    public bool IsConfirmed(ContentHash manifest) => Confirmed.ContainsKey(Name(manifest));

    /// <summary>Remembers manifests all of whose files are there.</summary>
    public void Confirm(IEnumerable<ContentHash> manifests)
    {
        var now = DateTimeOffset.UtcNow;
        var isNew = false;
        foreach (var manifest in manifests)
            isNew |= Confirmed.TryAdd(Name(manifest), now);
        if (!isNew)
            return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, string.Concat(Confirmed.Select(c => FormattableString.Invariant($"{c.Key} {c.Value.ToUnixTimeSeconds()}\n"))), durable: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It costs the questions the next time.
        }
    }

    /// <summary>Forgets everything: it was not true.</summary>
    public void Forget()
    {
        confirmed = [];
        FileRemoval.Try(path);
    }

    private Dictionary<string, DateTimeOffset> Confirmed => confirmed ??= Load();

    private static string Name(ContentHash manifest) => $"{manifest.Algorithm}:{manifest}";

    private Dictionary<string, DateTimeOffset> Load()
    {
        var found = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return found;
        }
        var now = DateTimeOffset.UtcNow;
        foreach (var line in lines)
            if (line.Split(' ') is [var name, var time] && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 1L << 36
                && DateTimeOffset.FromUnixTimeSeconds(seconds) is var when && when <= now && now - when < Life)
                found[name] = when;
        return found;
    }
}
