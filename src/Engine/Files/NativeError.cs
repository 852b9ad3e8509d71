using System.Runtime.InteropServices;

namespace DataVersion.Engine.Files;

/// <summary>Turns error numbers of the operating system into the exceptions that .NET would have thrown.</summary>
internal static class NativeError
{
    public static Exception ToException(int error, string path)
    {
        var text = $"{Marshal.GetPInvokeErrorMessage(error)}: '{path}'";
        if (OperatingSystem.IsWindows())
            return error switch
            {
                5 => new UnauthorizedAccessException(text),
                2 or 3 => new FileNotFoundException(text, path),
                _ => new IOException(text, unchecked((int)0x80070000) | error),
            };
        return error switch
        {
            1 or 13 => new UnauthorizedAccessException(text),
            2 => new FileNotFoundException(text, path),
            _ => new IOException(text, error),
        };
    }
}
