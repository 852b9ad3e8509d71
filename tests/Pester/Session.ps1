# Dot-sourced by every test file: the built module, and a fresh repository to work in.

Import-Module (Join-Path $PSScriptRoot .. .. out DataVersion DataVersion.psd1)

# The configuration of the machine and of the user who runs the tests must not matter.
$env:DVC_SYSTEM_CONFIG_DIR = Join-Path $TestDrive system
$env:DVC_GLOBAL_CONFIG_DIR = Join-Path $TestDrive global

function New-TestRepository {
    $folder = New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid().ToString('n')))
    git init --quiet --initial-branch main $folder.FullName
    git -C $folder.FullName config user.name Tester
    git -C $folder.FullName config user.email tester@example.org
    $null = Initialize-DataRepository $folder.FullName
    $folder.FullName
}
