using System.Diagnostics;

namespace DataVersion.Tests;

/// <summary>The real DVC, for tests that look at our repositories with its eyes.</summary>
internal static class DvcProcess
{
    /// <summary>Runs it in a folder; gives its output, which must be that of a success.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="site">A folder for what DVC keeps for the whole machine.</param>
    /// <param name="arguments">What.</param>
    public static string Run(string folder, string site, params string[] arguments)
    {
        var start = new ProcessStartInfo("dvc", arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["DVC_NO_ANALYTICS"] = "1", ["DVC_SITE_CACHE_DIR"] = site, ["CI"] = "true" },
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dvc {string.Join(' ', arguments)}: {output}\n{error.Result}");
        return output;
    }
}
