# Dot-sourced by every test file: the built module, repositories to work in, and what the tests ask again and again.

Import-Module (Join-Path $PSScriptRoot .. .. out DataVersion DataVersion.psd1)

# The configuration of the machine and of the user who runs the tests must not matter. While tests are only looked for, there is no drive.
if ($TestDrive) {
    $env:DVC_SYSTEM_CONFIG_DIR = Join-Path $TestDrive system
    $env:DVC_GLOBAL_CONFIG_DIR = Join-Path $TestDrive global
    $env:GIT_CONFIG_NOSYSTEM = '1'
    $env:GIT_CONFIG_GLOBAL = Join-Path $TestDrive gitconfig
}

function Write-TestFile([string] $Path, [string] $Text) {
    $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
    [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($full))
    [IO.File]::WriteAllText($full, $Text)
}

function Read-TestFile([string] $Path) {
    [IO.File]::ReadAllText($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path))
}

# Copy-Item takes six times as long.
function Copy-Folder([string] $From, [string] $To) {
    [void][IO.Directory]::CreateDirectory($To)
    foreach ($folder in [IO.Directory]::EnumerateDirectories($From, '*', 'AllDirectories')) { [void][IO.Directory]::CreateDirectory($To + $folder.Substring($From.Length)) }
    foreach ($file in [IO.Directory]::EnumerateFiles($From, '*', 'AllDirectories')) { [IO.File]::Copy($file, $To + $file.Substring($From.Length)) }
}

function New-GitRepository([string] $Folder) {
    git init --quiet --initial-branch main --template= $Folder
    git -C $Folder config user.name Tester
    git -C $Folder config user.email tester@example.org
    git -C $Folder config core.autocrlf false
}

# Made once for all files of a run, then copied: two versions of a folder and of a file, with a remote that is still empty.
function Get-TestTemplate {
    if ($global:DataVersionTestTemplate) { return $global:DataVersionTestTemplate }
    # Nothing tells that a run has ended, so each removes what ended ones left.
    foreach ($left in Get-ChildItem ([IO.Path]::GetTempPath()) -Directory -Filter DataVersion-Pester-*) {
        if (-not (Get-Process -Id $left.Name.Split('-')[2] -ErrorAction Ignore)) { Remove-Item -LiteralPath $left.FullName -Recurse -Force }
    }
    $folder = Join-Path ([IO.Path]::GetTempPath()) "DataVersion-Pester-$PID-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
    New-GitRepository $folder
    Push-Location $folder
    try {
        $null = Initialize-DataRepository
        Set-DataConfig cache.type copy
        Write-TestFile .dvcignore "*.log`n"
        Write-TestFile notes.txt 'tracked by Git'
        Write-TestFile data/images/cats/tom.png 'tom 1'
        Write-TestFile data/images/dog.png 'dog'
        Write-TestFile 'data/images/img[1].png' 'brackets'
        Write-TestFile data/images/empty.bin ''
        Write-TestFile model.bin 'model 1'
        $null = Add-DataFile data/images, model.bin
        git add --all
        git commit --quiet --message 'First version'
        git tag v1
        git branch side
        Write-TestFile data/images/cats/tom.png 'tom 2 is bigger'
        Write-TestFile data/images/new.png 'new'
        Move-Item data/images/dog.png data/images/hound.png
        Write-TestFile model.bin 'model 2 is bigger'
        $null = Add-DataFile data/images, model.bin
        $null = Add-DataRemote store ../store -Default
        git add --all
        git commit --quiet --message 'Second version'
        git tag v2
        # A copy takes as long as it has files.
        git gc --quiet
    }
    finally { Pop-Location }
    $global:DataVersionTestTemplate = $folder
    $folder
}

# A copy of the prepared repository, in a folder of its own, so that '../store' is nobody else's.
function New-TestRepository {
    $repo = Join-Path $TestDrive ([guid]::NewGuid().ToString('n').Substring(0, 8)) repo
    Copy-Folder (Get-TestTemplate) $repo
    $repo
}

# Everything in a folder that a command could change: names, content, who may write. Git's index and our own state are no data.
function Get-Snapshot([string] $Folder = $PWD) {
    $files = Get-ChildItem -LiteralPath $Folder -Recurse -Force -File | Where-Object FullName -notmatch '[\\/]\.dvc[\\/]tmp[\\/]|[\\/]\.git[\\/]index$' |
        ForEach-Object { "$($_.FullName) $($_.Length) $($_.UnixMode) $($_.LinkType) $([Convert]::ToHexString([Security.Cryptography.MD5]::HashData([IO.File]::ReadAllBytes($_.FullName))))" }
    $folders = Get-ChildItem -LiteralPath $Folder -Recurse -Force -Directory | Where-Object FullName -notmatch '[\\/]\.dvc[\\/]tmp|[\\/]\.git[\\/]' | ForEach-Object FullName
    ($files + $folders | Sort-Object) -join "`n"
}

# What a person sees on the screen, "What if" and prompts included, which no redirection catches.
function Get-Screen([scriptblock] $Action) {
    $file = Join-Path $TestDrive "$([guid]::NewGuid().ToString('n')).txt"
    $null = Start-Transcript -LiteralPath $file -UseMinimalHeader
    try { & $Action | Out-Null } finally { $null = Stop-Transcript }
    (Get-Content -LiteralPath $file -Raw) -replace '\r'
}

# An action with -WhatIf says something that matches, and changes nothing.
function Confirm-WhatIf([scriptblock] $Action, [string] $Says) {
    $before = Get-Snapshot ([IO.Path]::GetDirectoryName("$PWD"))
    Get-Screen $Action | Should -Match "What if:[^\n]*$Says"
    Get-Snapshot ([IO.Path]::GetDirectoryName("$PWD")) | Should -BeExactly $before
}

# An error record as every error of the module is: the kind is the id, the exception is ours, and it says what to do next.
function Confirm-ErrorRecord($Record, [string] $Kind) {
    $Record | Should -HaveCount 1
    $Record[0].FullyQualifiedErrorId | Should -BeLike "$Kind,DataVersion.Cmdlets.*Command"
    $Record[0].Exception | Should -BeOfType ([DataVersion.DataVersionException])
    $Record[0].Exception.Kind | Should -Be $Kind
    $Record[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
}

function Get-Completion([string] $Line) {
    (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText
}

# The default view as plain text, and that it is a table with these columns.
function Get-Table($Objects) {
    $style = $PSStyle.OutputRendering
    $PSStyle.OutputRendering = 'PlainText'
    try { $Objects | Out-String -Width 200 } finally { $PSStyle.OutputRendering = $style }
}

# Where the cache keeps an object.
function Get-ObjectPath($Hash, [string] $Repository = $PWD) {
    Join-Path $Repository .dvc cache files md5 $Hash.Hex.Substring(0, 2) "$("$Hash".Substring(2))"
}

function Break-Object($Hash) {
    $path = Get-ObjectPath $Hash
    [IO.File]::SetAttributes($path, 'Normal')
    [IO.File]::WriteAllText($path, 'damaged')
}
