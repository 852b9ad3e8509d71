using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using DataVersion.Loading;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Architecture;

/// <summary>
/// lib/PLATFORM/ holds twins of the assemblies in lib/ with code compiled for that platform: taken where they load, and
/// nothing but speed is lost where they do not.
/// </summary>
public sealed class PrecompiledCodeTests
{
    private const string Engine = "DataVersion.Engine.dll", Yaml = "YamlDotNet.dll";

    private static string Platform => LibraryFolder.Platform ?? throw new InvalidOperationException("No platform that we compile for.");

    [Fact]
    public void The_twin_for_this_platform_is_taken_and_works()
    {
        using var module = new ModuleCopy();
        module.AddTwin(Engine, bytes => bytes);

        Assert.Equal(["a.bin", $"{Platform}/{Engine}", $"lib/{Yaml}"], module.Use());
    }

    [Theory]
    [InlineData("text")]
    [InlineData("empty")]
    [InlineData("torn")]
    [InlineData("foreign")]
    public void A_twin_that_cannot_be_loaded_does_not_matter(string kind)
    {
        using var module = new ModuleCopy();
        foreach (var name in new[] { Engine, Yaml })
            module.AddTwin(name, bytes => kind switch
            {
                "text" => "no assembly"u8.ToArray(),
                "empty" => [],
                "torn" => bytes[..(bytes.Length / 2)],
                _ => ForForeignProcessor(bytes),
            });

        Assert.Equal(["a.bin", $"lib/{Engine}", $"lib/{Yaml}"], module.Use());
    }

    [Fact]
    public void Twins_with_code_for_another_platform_do_not_matter()
    {
        // A Debug build ships none; the theory above has a made-up one for it.
        var others = Directory.GetDirectories(Path.Combine(ModuleSession.ModuleFolder, "lib"))
            .Where(f => File.Exists(Path.Combine(f, Engine)) && Path.GetFileName(f) != Platform);
        foreach (var other in others)
        {
            using var module = new ModuleCopy();
            foreach (var name in new[] { Engine, Yaml })
                module.AddTwin(name, _ => File.ReadAllBytes(Path.Combine(other, name)));

            Assert.Equal(["a.bin", $"lib/{Engine}", $"lib/{Yaml}"], module.Use());
        }
    }

    [Fact]
    public void A_torn_twin_with_code_does_not_matter()
    {
        using var module = new ModuleCopy();
        var twin = Path.Combine(ModuleSession.ModuleFolder, "lib", Platform, Engine);
        module.AddTwin(Engine, bytes => File.Exists(twin) ? File.ReadAllBytes(twin)[..^100_000] : bytes[..^100_000]);

        Assert.Equal(["a.bin", $"lib/{Engine}", $"lib/{Yaml}"], module.Use());
    }

    [Fact]
    public void Twins_of_other_platforms_are_not_looked_at()
    {
        using var module = new ModuleCopy();
        module.AddTwin(Engine, bytes => bytes, platform: "plan9-mips");

        Assert.Equal(["a.bin", $"lib/{Engine}", $"lib/{Yaml}"], module.Use());
    }

    [Fact]
    public void The_shipped_module_uses_the_twin_that_it_brings_for_this_platform()
    {
        var twin = Path.Combine(ModuleSession.ModuleFolder, "lib", Platform, Engine);

        Assert.Equal(File.Exists(twin) ? $"{Platform}/{Engine}" : $"lib/{Engine}", ModuleCopy.Use(ModuleSession.Manifest)[1]);
    }

    [Fact]
    public void Every_platform_has_all_twins_of_this_very_build()
    {
        var lib = Path.Combine(ModuleSession.ModuleFolder, "lib");
        foreach (var folder in Directory.GetDirectories(lib).Where(f => Directory.EnumerateFileSystemEntries(f).Any()))
        {
            Assert.Equal(["AWSSDK.Core.dll", "AWSSDK.S3.dll", "DataVersion.Engine.dll", "DataVersion.Remotes.dll", "Renci.SshNet.dll", "System.IO.Hashing.dll", "YamlDotNet.dll"],
                Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            foreach (var twin in Directory.GetFiles(folder))
            {
                var (build, hasCode) = Describe(twin);
                Assert.True(hasCode, $"{twin} has no precompiled code.");
                Assert.Equal(Describe(Path.Combine(lib, Path.GetFileName(twin))), (build, false));
            }
        }
    }

    private static (Guid Build, bool HasCode) Describe(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        var reader = image.GetMetadataReader();
        return (reader.GetGuid(reader.GetModuleDefinition().Mvid), image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0);
    }

    // ECMA-335 II.25.2: at 0x3C the place of "PE\0\0", behind it the machine. No .NET runs on the one of a DEC Alpha.
    private static byte[] ForForeignProcessor(byte[] assembly)
    {
        BitConverter.GetBytes((ushort)0x0184).CopyTo(assembly, BitConverter.ToInt32(assembly, 0x3C) + 4);
        return assembly;
    }

    /// <summary>The built module without any precompiled code, in a folder of its own.</summary>
    private sealed class ModuleCopy : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("dataversion-module-");

        public ModuleCopy()
        {
            foreach (var part in new[] { "", "lib" })
            {
                Directory.CreateDirectory(Path.Combine(folder.FullName, part));
                foreach (var file in Directory.GetFiles(Path.Combine(ModuleSession.ModuleFolder, part)))
                    File.Copy(file, Path.Combine(folder.FullName, part, Path.GetFileName(file)));
            }
        }

        public void AddTwin(string name, Func<byte[], byte[]> change, string? platform = null)
        {
            var lib = Path.Combine(folder.FullName, "lib");
            Directory.CreateDirectory(Path.Combine(lib, platform ?? Platform));
            File.WriteAllBytes(Path.Combine(lib, platform ?? Platform, name), change(File.ReadAllBytes(Path.Combine(lib, name))));
        }

        /// <summary>A tracked file, then which copies of the engine and of the YAML reader were loaded.</summary>
        public IReadOnlyList<string> Use() => Use(Path.Combine(folder.FullName, "DataVersion.psd1"));

        /// <inheritdoc cref="Use()"/>
        public static IReadOnlyList<string> Use(string manifest) => IsolationTests.Run($$"""
            Import-Module '{{manifest}}'
            Set-Content a.bin x
            $null = Add-DataFile a.bin
            Add-Content a.bin.dvc "# an ordinary file is read without YamlDotNet"
            (Get-DataFile).Path
            foreach ($name in 'DataVersion.Engine', 'YamlDotNet') {
                foreach ($assembly in ([System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -eq 'DataVersion').Assemblies) {
                    if ($assembly.GetName().Name -eq $name) {
                        "$([IO.Path]::GetFileName([IO.Path]::GetDirectoryName($assembly.Location)))/$([IO.Path]::GetFileName($assembly.Location))"
                    }
                }
            }
            """);

        public void Dispose() => folder.Delete(recursive: true);
    }
}
