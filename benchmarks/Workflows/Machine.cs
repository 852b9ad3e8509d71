using System.Runtime.InteropServices;

namespace DataVersion.Benchmarks.Workflows;

/// <summary>What a report says about where it was made.</summary>
internal static class Machine
{
    private static readonly (string Name, string Command)[] Programs =
    [
        ("git", "git --version"), ("dvc", "dvc --version"), ("git lfs", "git lfs version"), ("git annex", "git annex version --raw"),
        ("pwsh", "pwsh --version"), ("core utilities", "cp --version"), ("btrfs", "btrfs --version"),
    ];

    /// <summary>Names and values.</summary>
    public static IEnumerable<(string Name, string Value)> Describe(WorkflowOptions options)
    {
        yield return ("DataVersion", Shell.FirstLine($"git -C '{BuiltModule.Checkout}' describe --always --dirty --tags") + ", Release, in the " + options.Shell + " shell");
        yield return ("processor", $"{Environment.ProcessorCount} x " + Shell.FirstLine("sed -n 's/^model name[^:]*: //p' /proc/cpuinfo")
            + (System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? ", AVX-512" : System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated ? ", AVX2" : ""));
        yield return ("memory", Quantity.Size(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        yield return ("system", $"{RuntimeInformation.OSDescription}, kernel {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}");
        yield return ("page cache", options.Cold ? "cold: emptied before each measurement" : "warm");
        yield return ("rounds", $"{options.Rounds}, all participants in turn");
        foreach (var (name, command) in Programs)
            if (Shell.Has(command.Split(' ')[0]))
                yield return (name, Shell.FirstLine(command));
    }
}
