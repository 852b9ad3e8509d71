using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace DataVersion.Loading;

/// <summary>
/// The module's folder <c>lib/</c>: assemblies that run everywhere, and in a folder per platform the same ones with code that
/// was compiled when the module was built, which a first command need not compile again.
/// </summary>
/// <param name="path">Where it is.</param>
internal sealed class LibraryFolder(string path)
{
    private readonly string? precompiled = Platform is { } platform ? Path.Combine(path, platform) : null;

    /// <summary>Name of the folder for this process, such as <c>linux-x64</c>; null where none is made.</summary>
    public static string? Platform { get; } = FindPlatform();

    /// <summary>Loads an assembly, with precompiled code if that can be loaded here.</summary>
    /// <param name="context">What loads it.</param>
    /// <param name="name">Its simple name.</param>
    /// <returns>Null if the module does not bring it along.</returns>
    public Assembly? Load(AssemblyLoadContext context, string name)
    {
        var file = Path.Combine(path, name + ".dll");
        // Only beside the one that runs everywhere: what an older version left behind is not taken.
        if (!File.Exists(file))
            return null;
        return LoadPrecompiled(context, name + ".dll") ?? context.LoadFromAssemblyPath(file);
    }

    private Assembly? LoadPrecompiled(AssemblyLoadContext context, string fileName)
    {
        if (precompiled is null)
            return null;
        var file = Path.Combine(precompiled, fileName);
        if (!File.Exists(file))
            return null;
        try
        {
            return context.LoadFromAssemblyPath(file);
        }
        // Of another platform, torn or not readable: the other copy does the same, only its start is slower.
        catch (Exception error) when (error is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Not RuntimeInformation.RuntimeIdentifier: a runtime that a distribution built names that distribution there.
    private static string? FindPlatform()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : OperatingSystem.IsLinux() ? "linux" : null;
        return (system, RuntimeInformation.ProcessArchitecture) switch
        {
            (null, _) => null,
            (_, Architecture.X64) => system + "-x64",
            (_, Architecture.Arm64) => system + "-arm64",
            _ => null,
        };
    }
}
