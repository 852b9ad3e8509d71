using System.Buffers;
using DataVersion.Engine.Remotes;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace DataVersion.Remotes.Ssh;

/// <summary>What is done to one file of a server.</summary>
internal static class SshFiles
{
    /// <summary>Attributes of what is at a path, links followed; null for nothing.</summary>
    public static SftpFileAttributes? Stat(SftpClient client, string path)
    {
        try
        {
            return client.GetAttributes(path);
        }
        catch (SftpPathNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Deletes a file; false when it was not there.</summary>
    public static bool Delete(SftpClient client, string path)
    {
        try
        {
            client.DeleteFile(path);
            return true;
        }
        catch (SftpPathNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Gives a file another name, in the place of what may have that name.</summary>
    public static void Rename(SftpClient client, string from, string to)
    {
        try
        {
            client.RenameFile(from, to, isPosix: true);
        }
        // A server without OpenSSH's extension takes no name that is taken.
        catch (NotSupportedException)
        {
            try
            {
                client.RenameFile(from, to);
            }
            catch (SftpException error) when (error is not SftpPathNotFoundException)
            {
                Delete(client, to);
                client.RenameFile(from, to);
            }
        }
    }

    /// <inheritdoc cref="Rename(SftpClient, string, string)"/>
    public static void Rename(SshConnection connection, string from, string to)
    {
        if (connection.Pipe is { CanReplace: true } pipe)
            pipe.Replace(from, to).Done(pipe.Patience);
        else
            Rename(connection.Client, from, to);
    }

    /// <summary>Writes the bytes of a file, or a part of them, to a stream.</summary>
    public static void Read(SshConnection connection, string path, Stream target, ByteRange range)
    {
        if (connection.Pipe is { } pipe)
            SftpFiles.Read(pipe, path, target, range.Offset, range.IsWhole ? null : range.Length);
        else if (range.IsWhole)
            connection.Client.DownloadFile(path, target);
        else
            ReadRange(connection.Client, path, target, range);
    }

    /// <summary>What makes a file of the bytes of a stream; there must be none of that name.</summary>
    public static Action Writer(SshConnection connection, string temporary, Stream stream) => connection.Pipe is { } pipe
        ? () =>
        {
            var handle = pipe.Open(temporary, SftpOpening.Write | SftpOpening.Create | SftpOpening.New).Handle(pipe.Patience);
            var buffer = ArrayPool<byte>.Shared.Rent(pipe.Piece);
            try
            {
                SftpFiles.WriteAndClose(pipe, handle, 0, most => buffer.AsMemory(0, stream.Read(buffer, 0, most)));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        : () => connection.Client.UploadFile(stream, temporary, canOverride: false);

    private static void ReadRange(SftpClient client, string path, Stream target, ByteRange range)
    {
        using var file = client.Open(path, FileMode.Open, FileAccess.Read);
        file.Position = range.Offset;
        var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(range.Length ?? long.MaxValue, 1 << 16));
        var left = range.Length ?? long.MaxValue;
        for (int read; left > 0 && (read = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length))) > 0; left -= read)
            target.Write(buffer, 0, read);
    }
}
