using System.Buffers.Binary;
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
    // What an assembly has that has no code for any processor.
    private const ushort AnyMachine = 0x014C;

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
        try
        {
            return IsForThisPlatform(file) ? context.LoadFromAssemblyPath(file) : null;
        }
        // Missing, torn or not readable: the other copy does the same, only its start is slower.
        catch (Exception error) when (error is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Reads for which machine a file has code. The runtime must not be asked: it refuses foreign code only after it has taken
    /// the assembly's name for that file, and then no other file of that name can be loaded any more.
    /// </summary>
    /// <remarks>
    /// ECMA-335 II.25.2: at 0x3C the place of "PE\0\0", behind it the machine. Precompiled code has the machine of its
    /// processor, combined by exclusive or with a number of its system (.NET runtime, docs/design/coreclr/botr/readytorun-format.md).
    /// </remarks>
    private static bool IsForThisPlatform(string file)
    {
        using var handle = File.OpenHandle(file);
        Span<byte> bytes = stackalloc byte[6];
        if (RandomAccess.Read(handle, bytes[..4], 0x3C) < 4)
            return false;
        var header = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (RandomAccess.Read(handle, bytes, header) < 6 || !bytes[..4].SequenceEqual("PE\0\0"u8))
            return false;
        var machine = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        var system = OperatingSystem.IsWindows() ? 0 : OperatingSystem.IsMacOS() ? 0x4644 : 0x7B79;
        var processor = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 0x8664 : 0xAA64;
        return machine == (processor ^ system) || machine == AnyMachine;
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
