<#
.SYNOPSIS
    The main job from end to end, in a temporary folder: track, change, switch, damage and heal, push, clone and pull.
.DESCRIPTION
    Makes a Git repository with a folder of files and a big model (some hundred MB in all), records two versions, switches
    between them, damages an object of the cache and heals it from a remote, and brings everything into a fresh clone.
    Needs the DataVersion module and git. The folder is deleted at the end unless -Keep is given.
.EXAMPLE
    pwsh examples/Quickstart.ps1
.EXAMPLE
    dotnet run --project tools/Host -- examples/Quickstart.ps1
#>
[CmdletBinding()]
param(
    # Size of the model in MB.
    [int] $ModelSize = 200,
    # Number of files in the folder; each has 100 KB.
    [int] $FileCount = 1000,
    # Where to work; a new temporary folder when not given.
    [string] $WorkFolder = (Join-Path ([IO.Path]::GetTempPath()) "DataVersion-$([Guid]::NewGuid().ToString('n').Substring(0, 8))"),
    # Leave the folder behind.
    [switch] $Keep
)
$ErrorActionPreference = 'Stop'
$ConfirmPreference = 'None'

if (-not (Get-Command Add-DataFile -ErrorAction Ignore)) {
    $built = Join-Path $PSScriptRoot '../out/DataVersion/DataVersion.psd1'
    Import-Module ($(if (Test-Path $built) { $built } else { 'DataVersion' }))
}

function Step([string] $Text, [scriptblock] $Action) {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    "`n== $Text" | Out-Host
    & $Action | Format-Table | Out-Host
    '   {0:n0} ms' -f $clock.Elapsed.TotalMilliseconds | Out-Host
}

function Git {
    $text = & (Get-Command git -CommandType Application)[0] @args 2>&1
    if ($LASTEXITCODE -ne 0) { throw "git $args failed: $text" }
}

function WriteRandom([string] $Path, [long] $Bytes, [int] $Seed) {
    $random = [Random]::new($Seed)
    $block = [byte[]]::new([Math]::Min(1MB, $Bytes))
    $file = [IO.File]::Create($Path)
    try {
        for ($left = $Bytes; $left -gt 0; $left -= $block.Length) {
            $random.NextBytes($block)
            $file.Write($block, 0, [int] [Math]::Min($left, $block.Length))
        }
    }
    finally { $file.Dispose() }
}

$start = $PWD
$repository = Join-Path $WorkFolder 'repository'
$store = Join-Path $WorkFolder 'store'
$clone = Join-Path $WorkFolder 'clone'
$images = Join-Path $repository 'data/images'
$model = Join-Path $repository 'model.bin'
try {
    [void][IO.Directory]::CreateDirectory($images)
    [void][IO.Directory]::CreateDirectory($store)
    Set-Location -LiteralPath $repository
    Git init -q -b main .
    Git config user.name Quickstart
    Git config user.email quickstart@example.invalid

    "Working in $WorkFolder" | Out-Host
    "Making $FileCount files of 100 KB and a model of $ModelSize MB ..." | Out-Host
    for ($i = 0; $i -lt $FileCount; $i++) { WriteRandom (Join-Path $images ('{0:d5}.png' -f $i)) 100KB $i }
    WriteRandom $model ($ModelSize * 1MB) -1

    Step 'A repository beside Git' { Initialize-DataRepository }
    Step 'Hard links where clones do not work: no byte is copied' { Set-DataConfig cache.type reflink, hardlink, copy -PassThru }
    Step 'Track a folder and a file' { Add-DataFile data/images, model.bin }
    Git add .
    Git commit -q -m 'Version 1'
    Git tag v1

    Step 'To edit a linked file, take a private copy first' { Unprotect-DataFile model.bin }
    WriteRandom $model ($ModelSize * 1MB) -2
    [IO.File]::Delete((Join-Path $images '00000.png'))
    WriteRandom (Join-Path $images 'new.png') 100KB 99999
    Step 'What changed' { Get-DataStatus -Granular }
    Step 'Record it as version 2' { Add-DataFile data/images, model.bin }
    Git commit -q -a -m 'Version 2'
    Git tag v2

    Step 'Differences between the versions' { Compare-DataVersion v1 v2 }
    Step 'History of the model' { Get-DataVersion model.bin }
    Step 'Switch to version 1: Git and data' { Switch-DataVersion v1 }
    Step 'Switch back' { Switch-DataVersion main }
    Step 'Tracked files and how they are linked' { Get-DataFile }

    Step 'A remote folder' { Add-DataRemote store $store -Default }
    Git commit -q -a -m 'Add a remote'
    Step 'Push both versions' {
        Sync-DataRemote -Direction Push -AllTags | Group-Object Outcome | Select-Object Name, Count
    }

    $damaged = (Get-DataFile model.bin -Revision v1).Hash
    $object = Join-Path $repository ".dvc/cache/files/md5/$($damaged.Hex.Substring(0, 2))/$($damaged.Hex.Substring(2))"
    [IO.File]::SetAttributes($object, 'Normal')
    $file = [IO.File]::OpenWrite($object)
    $file.WriteByte(0); $file.WriteByte(1); $file.Dispose()
    Step 'Damage an object of the cache, and find it' { Test-DataCache }
    Step 'Nothing wrong is ever served: the switch is refused before anything is touched' {
        try { Switch-DataVersion v1 } catch { [pscustomobject]@{ Error = $_.FullyQualifiedErrorId; Message = $_.Exception.Message } }
    }
    Step 'Heal it from the remote' { Sync-DataRemote -Direction Fetch -Revision v1 }
    Step 'Now it works' { Switch-DataVersion v1 }
    Step 'And back' { Switch-DataVersion main }

    Git clone -q $repository $clone
    Set-Location -LiteralPath $clone
    Step 'A fresh clone holds only metadata' { Get-DataFile }
    Step 'Pull the data' {
        Sync-DataRemote -Direction Pull | Group-Object { $_.GetType().Name } | Select-Object Name, Count
    }
    Step 'The clone is complete' { Get-DataFile }
    $left = @(Get-DataStatus)
    if ($left.Count -gt 0) { throw "The clone differs: $left" }
    "`nDone: every version could be switched to, healed, pushed and pulled." | Out-Host
}
finally {
    Set-Location -LiteralPath $start.ProviderPath
    if (-not $Keep -and (Test-Path -LiteralPath $WorkFolder)) {
        foreach ($path in [IO.Directory]::EnumerateFiles($WorkFolder, '*', 'AllDirectories')) { [IO.File]::SetAttributes($path, 'Normal') }
        [IO.Directory]::Delete($WorkFolder, $true)
    }
}
