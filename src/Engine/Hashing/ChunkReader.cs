using DataVersion.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Hashing;

/// <summary>A new file that gets the bytes which are hashed.</summary>
/// <param name="Handle">The file, open for reading and writing.</param>
/// <param name="Path">Its path, for errors.</param>
internal readonly record struct CopyTarget(SafeFileHandle Handle, string Path)
{
    /// <summary>Writes all bytes at an offset.</summary>
    public void Write(ReadOnlySpan<byte> content, long offset)
    {
        if (OperatingSystem.IsLinux())
            LinuxDescriptors.Write(Handle, content, offset, Path);
        else
            RandomAccess.Write(Handle, content, offset);
    }
}

/// <summary>Reads chunks of a file for hashing; with a target, the bytes it gives are those that were written there.</summary>
internal struct ChunkReader(SourceFile file, CopyTarget? copy)
{
    private bool inKernel = OperatingSystem.IsLinux();

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    public int Read(Span<byte> buffer, long offset)
    {
        if (copy is not { } target)
            return file.Fill(buffer, offset);
        // In the kernel where it can, then read back while the page is still warm.
        if (inKernel)
        {
            var done = 0L;
            while (done < buffer.Length)
            {
                var copied = LinuxDescriptors.Copy(file.Handle, target.Handle, offset + done, buffer.Length - done, target.Path);
                inKernel = copied >= 0;
                if (copied <= 0)
                    break;
                done += copied;
            }
            if (inKernel)
                return SourceFile.Of(target.Handle, target.Path).Fill(buffer[..(int)done], offset);
        }
        var read = file.Fill(buffer, offset);
        target.Write(buffer[..read], offset);
        return read;
    }
}
