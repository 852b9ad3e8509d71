using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Values that were sent over a way which checks nothing, and have not been read back yet: noted in <c>.dvc/tmp</c> before the
/// first byte goes. Killed between sending and reading back, the next push finds the note and sends the value anew, instead of
/// taking what is there for good by its length. One file for each remote, to which a line is added for what begins and for what
/// ends, because a file of its own for each value would cost more than to send it; it goes when nothing is left open. The lock
/// of the repository keeps other commands away.
/// </summary>
/// <param name="folder">Where the notes are; made when one is written.</param>
/// <param name="place">The remote's address, so that remotes are kept apart.</param>
internal sealed class UncheckedUploads(string folder, string place)
{
    private readonly string path = Path.Join(folder, Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(place))));
    private readonly Lock gate = new();
    private HashSet<string>? open;
    private FileStream? file;

    /// <summary>The notes of a remote.</summary>
    public static UncheckedUploads Of(Repository repository, IRemoteStorage storage) => new(Path.Join(repository.Layout.StateFolder, "unchecked"), storage.Place);

    /// <summary>A value is about to be sent.</summary>
    public void Begin(string key)
    {
        lock (gate)
            if (Open().Add(key))
                Note('+', key);
    }

    /// <summary>What arrived was right, or nothing is there.</summary>
    public void End(string key)
    {
        lock (gate)
        {
            if (!Open().Remove(key))
                return;
            if (open!.Count > 0)
            {
                Note('-', key);
                return;
            }
            file?.Dispose();
            file = null;
            FileRemoval.Try(path);
        }
    }

    /// <summary>True when there is any note.</summary>
    public bool Any
    {
        get
        {
            lock (gate)
                return Open().Count > 0;
        }
    }

    /// <summary>True when nobody knows whether what is there is right.</summary>
    public bool Contains(string key)
    {
        lock (gate)
            return Open().Contains(key);
    }

    private HashSet<string> Open()
    {
        if (open is not null)
            return open;
        open = new HashSet<string>(StringComparer.Ordinal);
        if (File.Exists(path))
            // The last line may be torn: then its value was not sent yet, or is sent once more.
            foreach (var line in File.ReadAllLines(path))
                _ = line.Length > 1 && (line[0] == '+' ? open.Add(line[1..]) : open.Remove(line[1..]));
        return open;
    }

    // One call of the operating system for each line, so that it is there when the process is killed.
    private void Note(char sign, string key)
    {
        if (file is null)
        {
            Directory.CreateDirectory(folder);
            file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
            // Not on the line that a killed session or a full disk cut off.
            if (file.Length > 0)
                file.Write("\n"u8);
        }
        file.Write(Encoding.UTF8.GetBytes($"{sign}{key}\n"));
    }
}
