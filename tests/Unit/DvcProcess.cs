using System.Diagnostics;

namespace DataVersion.Tests;

/// <summary>The real DVC, for tests that look at our repositories with its eyes.</summary>
internal static class DvcProcess
{
    /// <summary>Why DVC cannot use a service; null when it can: its plugins are installed one by one.</summary>
    /// <param name="scheme">Scheme of the service's addresses.</param>
    public static string? WhyNot(string scheme) => Run(Path.GetTempPath(), Path.GetTempPath(), "version") is var version
        && version.Split('\n').Any(line => line.TrimStart().StartsWith(scheme + " (", StringComparison.Ordinal)) ? null : $"DVC has no plugin for {scheme}.";

    /// <summary>Runs it in a folder; gives its output, which must be that of a success.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="site">A folder for what DVC keeps for the whole machine.</param>
    /// <param name="arguments">What.</param>
    public static string Run(string folder, string site, params string[] arguments)
    {
        var start = new ProcessStartInfo("dvc", arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            // Checksums behind the body, the default of its library, are unknown to older gateways, as that of Ceph 16.
            Environment =
            {
                ["AWS_REQUEST_CHECKSUM_CALCULATION"] = "when_required", ["AWS_RESPONSE_CHECKSUM_VALIDATION"] = "when_required",
                ["DVC_NO_ANALYTICS"] = "1", ["DVC_SITE_CACHE_DIR"] = site, ["CI"] = "true",
            },
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dvc {string.Join(' ', arguments)}: {output}\n{error.Result}");
        return output;
    }
}
