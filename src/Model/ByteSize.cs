using System.Globalization;

namespace DataVersion;

/// <summary>How the module writes sizes for people: binary multiples, three significant digits.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>For example <c>0 B</c>, <c>1023 B</c>, <c>1.5 KB</c>, <c>117 MB</c>; 1 KB is 1024 bytes, as in PowerShell.</summary>
    /// <param name="bytes">Bytes; negative values keep their sign.</param>
    public static string Format(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        while (Math.Abs(value) >= 999.5 && (unit > 0 || Math.Abs(value) >= 1024) && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        var format = unit == 0 || Math.Abs(value) >= 99.95 ? "0" : Math.Abs(value) >= 9.995 ? "0.#" : "0.##";
        return value.ToString(format, CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
