using System.Management.Automation;

namespace DataVersion.Loading;

/// <summary>
/// Runs when PowerShell imports <c>DataVersion.dll</c>, which the manifest lists under <c>NestedModules</c>: nested modules
/// load before the root module, whose public types could not be enumerated without the engine being reachable.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    /// <summary>Makes the engine reachable. Runs again in every runspace and with every <c>-Force</c>.</summary>
    public void OnImport() => EngineLoadContext.Install();
}
