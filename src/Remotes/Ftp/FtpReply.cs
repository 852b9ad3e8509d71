using System.Globalization;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Ftp;

/// <summary>An answer on the control connection. Source: RFC 959 §4.2.</summary>
/// <param name="Code">Three digits.</param>
/// <param name="Lines">Its lines, without the code in the first and last one.</param>
internal sealed record FtpReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>A data connection follows, or is used.</summary>
    public bool IsPreliminary => Code / 100 == 1;

    /// <summary>Done.</summary>
    public bool IsSuccess => Code / 100 == 2;

    /// <summary>Done so far; another command is expected.</summary>
    public bool IsIntermediate => Code / 100 == 3;

    /// <summary>The command is not known, or not with this parameter.</summary>
    public bool IsNotSupported => Code is 500 or 501 or 502 or 504;

    /// <summary>The text of the last line.</summary>
    public string Text => Lines.Count == 0 ? "" : Lines[^1];

    // Some say 530 to one connection too many, as if the login were wrong.
    private bool IsAboutNumbers => Text.Contains("too many", StringComparison.OrdinalIgnoreCase) || Text.Contains("maximum", StringComparison.OrdinalIgnoreCase);

    /// <summary>What it means for a transfer, when it is no success.</summary>
    /// <param name="what">What was done, as "read 'key'".</param>
    /// <param name="place">Where the remote is.</param>
    /// <param name="key">What it happened to.</param>
    public DataVersionException Describe(string what, string place, string key)
    {
        var message = $"Could not {what}: '{place}' answered {Code.ToString(CultureInfo.InvariantCulture)} {Text.TrimEnd('.')}.";
        return Code switch
        {
            421 or 530 when Code == 421 || IsAboutNumbers => new TransientRemoteException(message, key) { IsThrottling = true },
            452 or 552 => new DataVersionException(DataErrorKind.TransferFailed, message, key, "Make room on the server, or raise the quota, and run the command again."),
            // ProFTPD answers so to a data connection without the session of the control connection.
            >= 400 and < 500 => new TransientRemoteException(message, key),
            522 => new DataVersionException(DataErrorKind.RemoteFailed, message, place, "The server wants TLS sessions to be resumed in a way that does not work here; let it not require that."),
            530 or 532 or 533 or 534 => new DataVersionException(DataErrorKind.RemoteFailed, message, place, "Check the user, the password and the option tls of the remote."),
            _ => new DataVersionException(DataErrorKind.TransferFailed, message, key, "Check the folder on the server, and what this user may do there."),
        };
    }
}
