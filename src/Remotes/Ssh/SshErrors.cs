using System.Net.Sockets;
using DataVersion.Engine.Remotes;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace DataVersion.Remotes.Ssh;

/// <summary>What errors of SSH.NET mean for a transfer.</summary>
internal static class SshErrors
{
    /// <summary>Describes an error; null for what is none of SSH's.</summary>
    /// <param name="error">The error.</param>
    /// <param name="what">What was done, as "read 'key'".</param>
    /// <param name="place">Where the remote is.</param>
    /// <param name="key">What it happened to.</param>
    public static DataVersionException? Describe(Exception error, string what, string place, string key) => error switch
    {
        DataVersionException or OperationCanceledException => null,
        SftpPathNotFoundException => new DataVersionException(DataErrorKind.ObjectMissing, $"Could not {what}: there is no such file at '{place}'.", key, "Push it from a clone that has it.", error),
        SftpPermissionDeniedException => new DataVersionException(DataErrorKind.TransferFailed, $"Could not {what}: '{place}' denies it to this user.", key,
            "Check the permissions of the folder on the server.", error),
        SftpException { StatusCode: StatusCode.NoConnection or StatusCode.ConnectionLost } => Broken(error, what, place, key),
        SftpException status => new DataVersionException(DataErrorKind.TransferFailed, $"Could not {what}: '{place}' answered {status.StatusCode} ({status.Message.TrimEnd('.')}).", key,
            "Check the folder on the server: its space, quota and permissions.", error),
        // A connection that another call found broken is closed under this one; SSH.NET says "The session is not open" then.
        SshException or ObjectDisposedException or InvalidOperationException { Source: "Renci.SshNet" } or SocketException or IOException { InnerException: SocketException } => Broken(error, what, place, key),
        _ => null,
    };

    private static TransientRemoteException Broken(Exception error, string what, string place, string key) =>
        new($"Could not {what}: the connection to '{place}' broke: {error.Message}", key, error);
}
