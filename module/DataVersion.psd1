@{
    # The build fills in what follows from the sources: the version and the list of commands.
    ModuleVersion        = '0.0.0'
    CmdletsToExport      = @()

    GUID                 = '6b9f1d0e-64a5-4f0e-9c55-0d8f1b6b6c1e'
    Author               = 'The DataVersion authors'
    CompanyName          = 'DataVersion'
    Copyright            = '(c) The DataVersion authors. MIT License.'
    Description          = 'Data version control for PowerShell: track, cache, link and switch big files and folders beside Git, compatible with DVC 3.x (same files, hashes, cache and locks), without Python.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')

    # The public types come first; nested modules load before the root module, so the initializer in DataVersion.dll makes
    # the engine in lib/ reachable before the types of DataVersion.Cmdlets.dll are enumerated.
    RequiredAssemblies   = @('DataVersion.dll')
    NestedModules        = @('DataVersion.dll')
    RootModule           = 'DataVersion.Cmdlets.dll'
    FormatsToProcess     = @('DataVersion.format.ps1xml')
    TypesToProcess       = @('DataVersion.types.ps1xml')

    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()

    PrivateData          = @{
        PSData = @{
            Tags         = @('PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'DVC', 'data', 'versioning', 'dataset', 'git', 'machine-learning', 'pipeline', 'S3')
            LicenseUri   = 'https://opensource.org/license/mit'
        }
    }
}
