# Dot-sourced by every test file: the built module, and a fresh folder to work in.

Import-Module (Join-Path $PSScriptRoot .. .. out DataVersion DataVersion.psd1)

# The configuration of the machine and of the user who runs the tests must not matter.
$env:DVC_SYSTEM_CONFIG_DIR = Join-Path $TestDrive system
$env:DVC_GLOBAL_CONFIG_DIR = Join-Path $TestDrive global

function New-TestRepository {
    $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
    $null = New-Item -ItemType Directory (Join-Path $folder .dvc)
    $null = New-Item (Join-Path $folder .dvc config)
    $folder
}
