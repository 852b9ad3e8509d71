#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests, packs or measures the module. Everything it does is a plain dotnet command, so that a machine without
    PowerShell can do the same.
.EXAMPLE
    ./build.ps1                                 # out/DataVersion, the shipped folder
.EXAMPLE
    ./build.ps1 Test
.EXAMPLE
    ./build.ps1 Pack -Configuration Release     # out/DataVersion.<version>.nupkg
.EXAMPLE
    ./build.ps1 Bench workflows --dataset many-10k --rounds 5
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Pack', 'Bench')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # Passed on to the task: arguments of dotnet test or of the benchmarks.
    [Parameter(ValueFromRemainingArguments)]
    [string[]] $ArgumentList = @()
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

$root = $PSScriptRoot
$actions = @{
    Build = { dotnet build $root/src/Module --configuration $Configuration --nologo @ArgumentList }
    Test  = { dotnet test $root --configuration $Configuration --nologo @ArgumentList }
    Pack  = { dotnet pack $root/src/Module --configuration $Configuration --nologo @ArgumentList }
    # Without arguments everything from end to end, which takes hours; benchmarks says what else there is.
    Bench = { dotnet run --project $root/benchmarks --configuration Release -- ($ArgumentList.Count ? $ArgumentList : @('workflows')) }
}
foreach ($name in $Task) { & $actions[$name] }
