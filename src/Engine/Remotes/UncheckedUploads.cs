using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Values that were sent over a way which checks nothing, and have not been read back yet: a note each in <c>.dvc/tmp</c>, written before
/// the first byte goes. Killed between sending and reading back, the next push finds the note and sends the value anew,
/// instead of taking what is there for good by its length.
/// </summary>
/// <param name="folder">Where the notes are; made when one is written.</param>
/// <param name="place">The remote's address, so that remotes are kept apart.</param>
internal sealed class UncheckedUploads(string folder, string place)
{
    // Most remotes have none, and many objects are asked for.
    private readonly Lazy<bool> any = new(() => Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any());

    /// <summary>The notes of a remote.</summary>
    public static UncheckedUploads Of(Repository repository, IRemoteStorage storage) => new(Path.Join(repository.Layout.StateFolder, "unchecked"), storage.Place);

    /// <summary>A value is about to be sent.</summary>
    public void Begin(string key)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(PathOf(key), key);
    }

    /// <summary>What arrived was right, or nothing is there.</summary>
    public void End(string key) => FileRemoval.Try(PathOf(key));

    /// <summary>True when nobody knows whether what is there is right.</summary>
    public bool Contains(string key) => any.Value && File.Exists(PathOf(key));

    private string PathOf(string key) => Path.Join(folder, Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes($"{place}\n{key}"))));
}
