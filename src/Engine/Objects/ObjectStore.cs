using System.Buffers;
using System.IO.Enumeration;
using System.Security.Cryptography;
using DataVersion.Engine.Files;
using DataVersion.Engine.Linking;

namespace DataVersion.Engine.Objects;

/// <summary>An object found in a store.</summary>
/// <param name="Hash">Its name. Nobody has checked its bytes.</param>
/// <param name="Path">Absolute path.</param>
/// <param name="Size">Length in bytes; -1 when sizes were not asked for.</param>
public readonly record struct StoredObject(ContentHash Hash, string Path, long Size);

/// <summary>
/// A folder of objects, each a read-only file under its hash: <c>ab/cdef...</c> (format: DVC's cache). Says where objects
/// are and what is there; whether their bytes are right is the <see cref="ObjectVerifier"/>'s business.
/// </summary>
public sealed class ObjectStore
{
    private readonly ObjectFolders folders;
    private readonly string quarantine;

    /// <summary>Describes a store; nothing is created before something is stored.</summary>
    /// <param name="folder">Absolute path of the folder with the 256 folders <c>00</c> to <c>ff</c>.</param>
    /// <param name="algorithm">The algorithm of the names.</param>
    /// <param name="sharedGroup">Folders are made writable for the group, mode 02775 (<c>cache.shared = group</c>).</param>
    /// <param name="quarantineFolder">Where bad objects go; created when needed.</param>
    public ObjectStore(string folder, ContentHashAlgorithm algorithm, bool sharedGroup, string quarantineFolder)
    {
        Folder = folder;
        Algorithm = algorithm;
        SharedGroup = sharedGroup;
        folders = new ObjectFolders(folder, sharedGroup);
        quarantine = quarantineFolder;
    }

    /// <summary>Absolute path of the store.</summary>
    public string Folder { get; }

    /// <summary>The algorithm of the names.</summary>
    public ContentHashAlgorithm Algorithm { get; }

    /// <summary>True when a group shares the store.</summary>
    public bool SharedGroup { get; }

    /// <summary>Where an object is, or would be.</summary>
    /// <exception cref="ArgumentException">The hash is of another algorithm.</exception>
    public string PathOf(ContentHash hash)
    {
        if (hash.Algorithm != Algorithm)
            throw new ArgumentException($"{hash} is no {Algorithm} hash.", nameof(hash));
        var name = hash.ToString();
        return Path.Join(Folder, name.AsSpan(0, 2), name.AsSpan(2));
    }

    /// <summary>As <see cref="PathOf(ContentHash)"/>, in a buffer of the caller's where it has room for it.</summary>
    internal ReadOnlySpan<char> PathOf(ContentHash hash, Span<char> buffer)
    {
        // The folder, two digits and thirty more, with separators between.
        var (start, length) = (Folder.Length, Folder.Length + 34);
        if (hash.IsDirectory || hash.Algorithm != Algorithm || Path.EndsInDirectorySeparator(Folder) || length > buffer.Length)
            return PathOf(hash);
        Span<byte> bytes = stackalloc byte[16];
        hash.CopyTo(bytes);
        Folder.CopyTo(buffer);
        buffer[start] = buffer[start + 3] = Path.DirectorySeparatorChar;
        Convert.TryToHexStringLower(bytes[..1], buffer[(start + 1)..], out _);
        Convert.TryToHexStringLower(bytes[1..], buffer[(start + 4)..], out _);
        return buffer[..length];
    }

    /// <summary>The stat of an object, links followed; <see cref="FileKind.None"/> when it is not there.</summary>
    public FileStat Stat(ContentHash hash) => FileStat.Read(PathOf(hash), followLinks: true);

    /// <summary>True when a file of that name is there. Its bytes may be wrong.</summary>
    public bool HasObject(ContentHash hash) => Stat(hash).Kind == FileKind.File;

    /// <summary>
    /// All objects, folder by folder in order of the first two digits, found as the enumeration goes on. Temporary files
    /// and names that are no objects are skipped.
    /// </summary>
    /// <param name="withSizes">Ask the file system for each object's size.</param>
    /// <param name="cancellation">Ends the enumeration.</param>
    public IEnumerable<StoredObject> Enumerate(bool withSizes = true, CancellationToken cancellation = default)
    {
        for (var i = 0; i < 256; i++)
        {
            var prefix = i.ToString("x2");
            var folder = Path.Join(Folder, prefix);
            if (!Directory.Exists(folder))
                continue;
            var found = new FileSystemEnumerable<(string Name, long Size)>(folder,
                (ref FileSystemEntry entry) => (entry.FileName.ToString(), withSizes ? entry.Length : -1),
                new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
            {
                ShouldIncludePredicate = static (ref FileSystemEntry entry) =>
                    entry.FileName.Length is 30 or 34 && !entry.IsDirectory,
            };
            foreach (var (name, size) in found)
            {
                cancellation.ThrowIfCancellationRequested();
                if (name.AsSpan().IndexOfAnyInRange('A', 'F') < 0 && ContentHash.TryParse(prefix + name, Algorithm, out var hash))
                    yield return new StoredObject(hash, Path.Join(folder, name), size);
            }
        }
    }

    /// <summary>Stores bytes under their hash, verified by construction. Nothing is written when the same bytes are there.</summary>
    /// <param name="content">The bytes; of a directory's manifest when <paramref name="isDirectory"/>.</param>
    /// <param name="isDirectory">Store a manifest; its hash is the plain MD5 in every store.</param>
    /// <exception cref="DataVersionException">DiskFull, AccessDenied, InputOutput.</exception>
    public ContentHash AddBytes(ReadOnlySpan<byte> content, bool isDirectory)
    {
        if (Algorithm == ContentHashAlgorithm.Md5Dos2Unix && !isDirectory)
            throw new NotSupportedException("Files are stored under their plain MD5 only.");
        Span<byte> bytes = stackalloc byte[16];
        MD5.HashData(content, bytes);
        var hash = new ContentHash(bytes, Algorithm, isDirectory);
        var path = PathOf(hash);
        try
        {
            if (HasBytes(path, content))
                return hash;
            folders.Ensure(hash);
            try
            {
                Write(path, content);
            }
            catch (DirectoryNotFoundException)
            {
                // Another process removed the empty folder (gc) since we made or saw it.
                folders.Forget();
                folders.Ensure(hash);
                Write(path, content);
            }
            return hash;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, path, "store");
        }
    }

    /// <summary>Stores a manifest and gives its hash. Store its members first.</summary>
    /// <inheritdoc cref="AddBytes"/>
    public ContentHash Add(Manifest manifest) => AddBytes(manifest.ToBytes(), isDirectory: true);

    /// <summary>Deletes an object, read-only or not; false when it was not there.</summary>
    public bool Remove(ContentHash hash) => FileRemoval.Delete(PathOf(hash));

    /// <summary>
    /// Takes an object whose bytes are wrong out of the store, so that nothing uses it: moves it to the quarantine folder
    /// under its hash and the time. The bytes stay there for a person to look at.
    /// </summary>
    /// <returns>Where it is now; null when another process was faster.</returns>
    public string? Quarantine(ContentHash hash, string reason)
    {
        var source = PathOf(hash);
        Directory.CreateDirectory(quarantine);
        var time = DateTimeOffset.UtcNow.ToString("yyyyMMdd'T'HHmmssfff", System.Globalization.CultureInfo.InvariantCulture);
        var target = Path.Join(quarantine, $"{hash}.{time}");
        for (var i = 1; File.Exists(target); i++)
            target = Path.Join(quarantine, $"{hash}.{time}-{i}");
        try
        {
            File.Move(source, target);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        try
        {
            AtomicFile.Write(target + ".reason.txt", reason + "\n", durable: false);
        }
        catch (IOException)
        {
            // The note is for people; the object is out of the way in any case.
        }
        return target;
    }

    /// <summary>
    /// Waits until everything stored so far is on the disk (one <c>syncfs</c> on Linux). Storing itself does not wait, as
    /// the files it stored are still in the workspace; whoever is about to overwrite or delete workspace files because
    /// their content is in the store calls this once before, so that losing power then cannot lose both.
    /// </summary>
    public void Flush()
    {
        if (OperatingSystem.IsLinux() && Directory.Exists(Folder))
            LinuxFolders.Flush(Folder);
    }

    /// <summary>Makes the folder of the store, so that links from it can be tried.</summary>
    internal void EnsureRoot() => folders.EnsureRoot();

    /// <summary>Makes the folder of an object.</summary>
    internal string EnsureFolder(ContentHash hash) => folders.Ensure(hash);

    /// <summary>A temporary name in the store itself, for bytes whose hash is not known yet.</summary>
    internal string TemporaryName()
    {
        EnsureRoot();
        return AtomicFile.TemporaryName(Folder);
    }

    /// <summary>Forgets which folders exist: another process may have removed empty ones.</summary>
    internal void ForgetFolders() => folders.Forget();

    /// <summary>
    /// Gives a complete, verified temporary file of this file system the name of an object, read-only before it has it.
    /// False when something of that name is there already; the temporary file stays then.
    /// </summary>
    internal bool TryPublish(string temporary, ContentHash hash)
    {
        ProtectTemporary(temporary);
        FaultPoint.Reach("store.before-rename");
        var path = PathOf(hash);
        EnsureFolder(hash);
        bool renamed;
        try
        {
            renamed = FileRename.ToNewName(temporary, path);
        }
        catch (FileNotFoundException)
        {
            ForgetFolders();
            EnsureFolder(hash);
            renamed = FileRename.ToNewName(temporary, path);
        }
        FaultPoint.Reach("store.after-rename");
        return renamed;
    }

    /// <summary>The same for a file that has no name yet.</summary>
    internal bool TryPublish(NewFile made, ContentHash hash)
    {
        made.SetMode(FileModes.Object);
        FaultPoint.Reach("store.before-rename");
        var path = PathOf(hash);
        EnsureFolder(hash);
        bool named;
        try
        {
            named = made.TryName(path);
        }
        catch (FileNotFoundException)
        {
            ForgetFolders();
            EnsureFolder(hash);
            named = made.TryName(path);
        }
        FaultPoint.Reach("store.after-rename");
        return named;
    }

    /// <summary>
    /// Gives an open, verified file of this file system the name of an object besides the names it has, read-only before it has it:
    /// nobody may write to what has the name and the mode of an object. Without the name it has its mode again.
    /// </summary>
    /// <returns>True; false when something of that name is there; null when open files get no further name here.</returns>
    internal bool? TryPublish(SourceFile source, int mode, ContentHash hash)
    {
        var path = PathOf(hash);
        EnsureFolder(hash);
        var isProtected = TryProtect(source, path);
        FaultPoint.Reach("store.before-rename");
        var error = LinuxDescriptors.TryGiveName(source.Handle, path);
        if (error == LinuxDescriptors.NoEntry)
        {
            ForgetFolders();
            EnsureFolder(hash);
            error = LinuxDescriptors.TryGiveName(source.Handle, path);
        }
        if (error == 0)
        {
            FaultPoint.Reach("store.after-rename");
            return true;
        }
        if (isProtected)
            LinuxDescriptors.SetMode(source.Handle, mode, path);
        return error == LinuxDescriptors.Exists ? false
            : error == LinuxDescriptors.NoEntry || LinkCalls.MeansUnsupported(error) ? null : throw NativeError.ToException(error, path);
    }

    private static bool TryProtect(SourceFile source, string path)
    {
        try
        {
            LinuxDescriptors.SetMode(source.Handle, FileModes.Object, path);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            // As below.
            return false;
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = AtomicFile.TemporaryName(Path.GetDirectoryName(path)!);
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0))
            {
                file.Write(content);
                FileTimes.Settle(file.SafeFileHandle, temporary);
            }
            ProtectTemporary(temporary);
            FaultPoint.Reach("store.before-rename");
            FileRename.Replace(temporary, path);
            FaultPoint.Reach("store.after-rename");
        }
        catch
        {
            FileRemoval.Try(temporary);
            throw;
        }
    }

    private static void ProtectTemporary(string temporary)
    {
        try
        {
            FileModes.Protect(temporary);
        }
        catch (UnauthorizedAccessException)
        {
            // A hard link to a file of another owner. DVC then verifies the object each time it is used.
        }
    }

    // Comparing is as quick as hashing and needs no trust in the name.
    private static bool HasBytes(string path, ReadOnlySpan<byte> content)
    {
        var stat = FileStat.Read(path, followLinks: true);
        if (stat.Kind != FileKind.File || stat.Size != content.Length)
            return false;
        using var file = File.OpenHandle(path);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (long offset = 0; offset < content.Length; )
            {
                var read = RandomAccess.Read(file, buffer, offset);
                if (read == 0 || read > content.Length - offset || !content.Slice((int)offset, read).SequenceEqual(buffer.AsSpan(0, read)))
                    return false;
                offset += read;
            }
            if (stat.Mode != FileModes.Object)
                FileModes.Protect(path);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
