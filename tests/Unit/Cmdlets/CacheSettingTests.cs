using DataVersion.Engine;
using DataVersion.Tests.Faults;

namespace DataVersion.Tests.Cmdlets;

public sealed class CacheSettingTests
{
    // A cache in memory: no hard link reaches it from the disk.
    [Theory]
    [InlineData("", 1)]
    [InlineData("Set-DataConfig cache.slow_link_warning false", 0)]
    public void Falling_back_to_copies_is_told_unless_the_user_does_not_want_to_know(string setting, int warnings)
    {
        using var other = new ScratchFolder();
        var memory = Directory.Exists("/dev/shm") ? Directory.CreateDirectory($"/dev/shm/dv-cache-{Guid.NewGuid():N}").FullName : other.Root;
        try
        {
            using var repository = new FaultRepository(settings: $"Set-DataConfig cache.dir '{memory}' ; Set-DataConfig cache.type 'hardlink,copy' ; {setting}");
            repository.Write("a.bin", "a");
            if (FileSystemOf(memory) == FileSystemOf(repository.Root))
                return; // One file system only: nothing to fall back from.

            Assert.Equal(warnings, repository.Session.Run("Add-DataFile a.bin").Warnings.Count);
        }
        finally
        {
            Directory.Delete(memory, recursive: true);
        }
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("Set-DataConfig cache.verify true", true)]
    public void Objects_are_read_again_when_the_user_wants_it(string setting, bool read)
    {
        using var place = new FaultRepository(settings: setting.Length > 0 ? setting : null);
        place.Write("a.bin", "a");
        place.Session.Run("Add-DataFile a.bin");
        using var repository = Repository.Open(place.Root);
        var hash = ContentHash.Parse(FaultRepository.Md5("a"u8.ToArray()));
        repository.Verify([hash], OperationContext.Silent);

        Assert.Equal(read, repository.Verify([hash], OperationContext.Silent)[hash].WasRead);
    }

    private static ulong FileSystemOf(string path) => Engine.Files.FileStat.Read(path).Device;
}
