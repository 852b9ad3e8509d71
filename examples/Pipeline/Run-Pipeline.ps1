<#
.SYNOPSIS
    A small pipeline that really trains something, in a temporary folder: run, change a parameter, go back.
.DESCRIPTION
    Copies the files beside this script (dvc.yaml, params.yaml, code) into a new Git repository and runs the stages: it makes
    data, splits it, trains a classifier and evaluates it. Then one parameter is changed, which runs two of the five stages
    again, and changed back, which runs none. Needs the DataVersion module, git, a POSIX shell and awk.
    The folder is deleted at the end unless -Keep is given.
.EXAMPLE
    pwsh examples/Pipeline/Run-Pipeline.ps1
.EXAMPLE
    dotnet run --project tools/Host -- examples/Pipeline/Run-Pipeline.ps1
#>
[CmdletBinding()]
param(
    # Where to work; a new temporary folder when not given.
    [string] $WorkFolder = (Join-Path ([IO.Path]::GetTempPath()) "DataVersion-$([Guid]::NewGuid().ToString('n').Substring(0, 8))"),
    # Leave the folder behind.
    [switch] $Keep
)
$ErrorActionPreference = 'Stop'
$ConfirmPreference = 'None'

if (-not (Get-Command Invoke-Stage -ErrorAction Ignore)) {
    $built = Join-Path $PSScriptRoot '../../out/DataVersion/DataVersion.psd1'
    Import-Module ($(if (Test-Path $built) { $built } else { 'DataVersion' }))
}

function Step([string] $Text, [scriptblock] $Action) {
    "`n== $Text" | Out-Host
    & $Action | Out-Host
}

function Git {
    $text = & (Get-Command git -CommandType Application)[0] @args 2>&1
    if ($LASTEXITCODE -ne 0) { throw "git $args failed: $text" }
}

function Set-Rate([string] $Value) {
    $path = Join-Path $WorkFolder 'params.yaml'
    [IO.File]::WriteAllText($path, ([IO.File]::ReadAllText($path) -replace '(?<=rate: )\S+', $Value))
}

$start = $PWD
[void][IO.Directory]::CreateDirectory($WorkFolder)
try {
    Copy-Item -Path (Join-Path $PSScriptRoot dvc.yaml), (Join-Path $PSScriptRoot params.yaml), (Join-Path $PSScriptRoot code) -Destination $WorkFolder -Recurse
    Set-Location -LiteralPath $WorkFolder
    Git init --quiet
    Git config user.name Example
    Git config user.email example@example.org
    Initialize-DataRepository | Out-Null

    Step 'The stages, and what depends on what' { Get-StageGraph -As Tree }
    Step 'The first run: every stage' { Invoke-Stage }
    Git add .
    Git commit --quiet -m 'First run'

    Step 'Again: nothing has changed, nothing is done' { Invoke-Stage }

    Set-Rate 0.05
    Step 'train.rate is 0.05 now. What would be done?' { Invoke-Stage -WhatIf }
    Step 'And why?' { Get-StageReason }
    Step 'Two stages run, the other three do not' { Invoke-Stage }
    Step 'Smaller steps, not far enough' { Get-Content training.json, scores.json }

    Set-Rate 0.5
    Step 'Back to 0.5: that was run before, so it is brought back and not run' { Invoke-Stage }
    Step 'All is as it was committed' { Get-StageReason; & (Get-Command git -CommandType Application)[0] status --short }
}
finally {
    Set-Location -LiteralPath $start
    if (-not $Keep -and (Test-Path -LiteralPath $WorkFolder)) {
        Remove-Item -LiteralPath $WorkFolder -Recurse -Force
    }
}
