using DataVersion.Engine.Hashing;
using DataVersion.Engine.Linking;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>
/// A file that is being made and gets its name as its last step. Until then it has a temporary name, or none where the file
/// system knows such files and that is quicker (clones on Linux: with two processors a third quicker than a rename, which
/// the folder has to wait for twice). Disposed before, nothing is left of it.
/// </summary>
internal sealed class NewFile : IDisposable
{
    private readonly string? temporary;
    private SafeFileHandle? handle;
    private bool isNamed;

    private NewFile(string folder, string? temporary, SafeFileHandle? handle)
    {
        (this.temporary, this.handle) = (temporary, handle);
        Path = temporary ?? folder;
    }

    /// <summary>For errors: its temporary name, or its folder.</summary>
    public string Path { get; }

    /// <summary>The bytes that it holds.</summary>
    public SourceFile Content => SourceFile.Of(Handle, Path);

    /// <summary>Takes bytes.</summary>
    public CopyTarget Target => new(Handle, Path);

    private SafeFileHandle Handle => handle ??= File.OpenHandle(temporary!, FileMode.Open, FileAccess.ReadWrite);

    /// <summary>Makes an empty one under a temporary name.</summary>
    /// <param name="folder">Absolute path of a folder on the file system where it will have its name.</param>
    /// <param name="mode">Permissions, less the umask.</param>
    public static NewFile Create(string folder, int mode)
    {
        var name = AtomicFile.TemporaryName(folder);
        return new NewFile(folder, name, OperatingSystem.IsLinux() ? LinuxDescriptors.CreateNew(name, mode)
            : File.OpenHandle(name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None));
    }

    /// <summary>Makes a clone; call <see cref="Settle"/> if its stat is to be remembered. 0, or an error number of the operating system; then nothing is left.</summary>
    /// <param name="source">What is cloned.</param>
    /// <param name="sourcePath">Its path.</param>
    /// <param name="folder">As for <see cref="Create"/>.</param>
    /// <param name="mode">Permissions, less the umask.</param>
    /// <param name="made">The clone.</param>
    /// <exception cref="IOException">No file can be made in the folder at all.</exception>
    public static int Clone(SourceFile source, string sourcePath, string folder, int mode, out NewFile? made)
    {
        int error;
        made = null;
        if (!OperatingSystem.IsLinux())
        {
            var name = AtomicFile.TemporaryName(folder);
            if ((error = LinkCalls.Make(LinkKind.Reflink, sourcePath, name, mode)) == 0)
                made = new NewFile(folder, name, null);
            return error;
        }
        var file = LinuxDescriptors.CreateNameless(folder, mode) is { } nameless ? new NewFile(folder, null, nameless) : Create(folder, mode);
        try
        {
            if ((error = LinuxLinks.Clone(source.Handle, file.Handle)) == 0)
                (made, file) = (file, null);
            return error;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>See <see cref="FileTimes"/>.</summary>
    public void Settle() => FileTimes.Settle(Handle, Path);

    /// <summary>Sets permission bits.</summary>
    public void SetMode(int mode)
    {
        if (OperatingSystem.IsLinux())
            LinuxDescriptors.SetMode(Handle, mode, Path);
        else
            FileModes.Set(Path, mode);
    }

    /// <summary>Gives it a name on its file system; false when something of that name is there. Its stat is that of the name then.</summary>
    public bool TryName(string path)
    {
        if (temporary is null)
            return isNamed = LinuxDescriptors.GiveName(Handle, path);
        Close();
        return isNamed = FileRename.ToNewName(temporary, path);
    }

    /// <summary>Gives it a name, in the place of what may be there.</summary>
    public void Replace(string path)
    {
        if (temporary is not null)
        {
            Close();
            FileRename.Replace(temporary, path);
        }
        else if (!LinuxDescriptors.GiveName(Handle, path))
        {
            var name = AtomicFile.TemporaryName(System.IO.Path.GetDirectoryName(path)!);
            LinuxDescriptors.GiveName(Handle, name);
            try
            {
                FileRename.Replace(name, path);
            }
            catch
            {
                FileRemoval.Try(name);
                throw;
            }
        }
        isNamed = true;
    }

    /// <summary>The stat of the file that has this name now.</summary>
    public FileStat StatAs(string path) => OperatingSystem.IsLinux() ? LinuxFiles.Stat(Handle, path) : FileStat.Read(path, followLinks: true);

    public void Dispose()
    {
        handle?.Dispose();
        if (!isNamed && temporary is not null)
            FileRemoval.Try(temporary);
    }

    // An open file cannot be renamed everywhere.
    private void Close()
    {
        if (OperatingSystem.IsLinux())
            return;
        handle?.Dispose();
        handle = null;
    }
}
