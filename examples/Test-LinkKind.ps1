<#
.SYNOPSIS
    Tries every link kind for real in a folder: a test that a person runs on a machine, or a disk, that is new to the module.
.DESCRIPTION
    Makes a repository in a new folder below the given one. For each link kind that Get-DataRepository says works there, files
    of several sizes are placed and checked: the kind that was used, their bytes, that links are read-only, that editing a
    clone or a copy leaves the cache alone, that a protected file becomes private and comes back. Every check is an object;
    the script ends with 1 when one failed. Windows (NTFS, ReFS, Dev Drive), macOS (APFS) and Linux.
.EXAMPLE
    pwsh examples/Test-LinkKind.ps1 -Folder D:\
.EXAMPLE
    pwsh examples/Test-LinkKind.ps1 -Folder /Volumes/Data -Large
#>
[CmdletBinding()]
param(
    # An existing folder on the disk to try.
    [string] $Folder = [IO.Path]::GetTempPath(),
    # Also a file of 5 GiB: clones of more than 4 GiB take several calls on Windows. Needs 10 GiB free for copies.
    [switch] $Large
)
$ErrorActionPreference = 'Stop'
$ConfirmPreference = 'None'

if (-not (Get-Command Add-DataFile -ErrorAction Ignore)) {
    $built = Join-Path $PSScriptRoot '../out/DataVersion/DataVersion.psd1'
    Import-Module ($(if (Test-Path $built) { $built } else { 'DataVersion' }))
}

$failed = 0
function Check([string] $Kind, [string] $Name, [string] $What, [bool] $Passed, [string] $Detail) {
    if (-not $Passed) { $script:failed++ }
    [pscustomobject]@{ Kind = $Kind; Passed = $Passed; Check = $(if ($Name -eq '-') { $What } else { "${Name}: $What" }); Detail = $Detail }
}

function WriteSize([string] $Path, [long] $Bytes) {
    $block = [byte[]]::new([Math]::Min(1MB, [Math]::Max(1, $Bytes)))
    [Random]::new([int] ($Bytes % 1000)).NextBytes($block)
    $file = [IO.File]::Create($Path)
    try {
        for ($left = $Bytes; $left -gt 0; $left -= $block.Length) { $file.Write($block, 0, [int] [Math]::Min($left, $block.Length)) }
    }
    finally { $file.Dispose() }
}

# One byte more and less than a cluster, and what fits into none.
$sizes = @{ 'empty' = 0; 'one' = 1; 'short' = 4095; 'page' = 4096; 'long' = 4097; 'cluster' = 65537; 'megabytes' = 9000001 }
if ($Large) { $sizes['gigabytes'] = 5GB + 1 }

$start = $PWD
$work = Join-Path $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Folder) "DataVersion-links-$([Guid]::NewGuid().ToString('n').Substring(0, 8))"
[void][IO.Directory]::CreateDirectory($work)
try {
    Set-Location -LiteralPath $work
    [void](Initialize-DataRepository -NoGit)
    $repository = Get-DataRepository
    Check '-' '-' "file system: $($repository.FileSystem)" $true ''
    [void][IO.Directory]::CreateDirectory((Join-Path $work 'data'))
    foreach ($name in $sizes.Keys) { WriteSize (Join-Path $work "data/$name") $sizes[$name] }
    [void](Add-DataFile data -WarningAction SilentlyContinue)

    foreach ($capability in $repository.LinkCapabilities) {
        $kind = [string] $capability.Kind
        if (-not $capability.Works) {
            Check $kind '-' 'does not work here' $true $capability.Reason
            continue
        }
        [IO.Directory]::Delete((Join-Path $work 'data'), $true)
        $placed = Switch-DataVersion -LinkKind $kind
        foreach ($result in $placed) {
            $name = [IO.Path]::GetFileName($result.Path)
            Check $kind $name 'placed by this kind' ([string] $result.LinkKind -eq $kind) $result.LinkKind
        }
        Check $kind '-' 'every file was placed' (@($placed).Count -eq $sizes.Count) "$(@($placed).Count) of $($sizes.Count)"
        Check $kind '-' 'the content is right' (@(Get-DataStatus -Granular).Count -eq 0) ''

        $path = Join-Path $work 'data/megabytes'
        if ($kind -in 'Hardlink', 'Symlink') {
            $refused = try { [IO.File]::OpenWrite($path).Dispose(); $false } catch { $true }
            $administrator = -not $IsWindows -and [Environment]::UserName -eq 'root'
            Check $kind 'megabytes' 'is read-only' ($refused -or $administrator) $(if ($administrator) { 'root may write everything' })
            [void](Unprotect-DataFile data)
        }
        $file = [IO.File]::OpenWrite($path)
        $file.WriteByte(42)
        $file.Dispose()
        $bad = @(Test-DataCache)
        Check $kind 'megabytes' 'editing leaves the cache alone' ($bad.Count -eq 0) "$bad"
        [void](Switch-DataVersion -Force -LinkKind $kind -Relink)
        Check $kind 'megabytes' 'comes back' (@(Get-DataStatus).Count -eq 0) ''
    }
}
finally {
    Set-Location -LiteralPath $start.ProviderPath
    foreach ($path in [IO.Directory]::GetFiles($work, '*', 'AllDirectories')) { [IO.File]::SetAttributes($path, 'Normal') }
    [IO.Directory]::Delete($work, $true)
}
if ($failed) {
    Write-Error "$failed check(s) failed." -ErrorAction Continue
    exit 1
}
