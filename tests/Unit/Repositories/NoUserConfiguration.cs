using System.Runtime.CompilerServices;

namespace DataVersion.Tests.Repositories;

/// <summary>Keeps the configuration of the person who runs the tests out of them.</summary>
internal static class NoUserConfiguration
{
    [ModuleInitializer]
    internal static void Apply()
    {
        var none = Path.Combine(Path.GetTempPath(), "dataversion-no-configuration");
        Environment.SetEnvironmentVariable("DVC_GLOBAL_CONFIG_DIR", none);
        Environment.SetEnvironmentVariable("DVC_SYSTEM_CONFIG_DIR", none);
    }
}
