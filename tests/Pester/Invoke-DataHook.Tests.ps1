BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Invoke-DataHook' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterEach { Pop-Location }

    It 'brings the data of a commit, not of single files' {
        git checkout --quiet v1
        Invoke-DataHook post-checkout -ArgumentList a, b, 0 6>&1 | Should -BeNullOrEmpty
        Read-TestFile model.bin | Should -BeExactly 'model 2 is bigger'
        "$(Invoke-DataHook post-checkout -ArgumentList a, b, 1 6>&1)" | Should -Match '\d+ data file'
        Read-TestFile model.bin | Should -BeExactly 'model 1'
    }

    It 'understands the tool pre-commit, which gives no arguments' {
        Install-DataHook post-checkout -PreCommitTool -WarningAction SilentlyContinue | Out-Null
        $words = (Select-String '(?s)entry: (.*?)\n +language' -InputObject (Read-TestFile .pre-commit-config.yaml)).Matches[0].Groups[1].Value -replace '\s+', ' '
        $words | Should -BeLike "pwsh *'*'"
        $code = $words.Split("'")[1]
        $modules = $env:PSModulePath
        $env:PSModulePath = (Split-Path (Split-Path (Get-Module DataVersion).Path)) + [IO.Path]::PathSeparator + $modules
        try {
            git checkout --quiet v1
            foreach ($type in '0', '1') {
                Read-TestFile model.bin | Should -BeExactly 'model 2 is bigger'
                $env:PRE_COMMIT_CHECKOUT_TYPE = $type
                pwsh -NoProfile -NonInteractive -CommandWithArgs $code | Out-Null
                $LASTEXITCODE | Should -Be 0
            }
            Read-TestFile model.bin | Should -BeExactly 'model 1'
        }
        finally { $env:PSModulePath, $env:PRE_COMMIT_CHECKOUT_TYPE = $modules, $null }
    }

    It 'never overwrites data that would be lost' {
        Write-TestFile model.bin 'unsaved'
        git checkout --quiet v1
        { Invoke-DataHook post-checkout -ArgumentList a, b, 1 } | Should -Throw -ErrorId 'UnsavedData,*'
        Read-TestFile model.bin | Should -BeExactly 'unsaved'
    }

    It 'shows before a commit what it does not record, and never fails' {
        Write-TestFile model.bin 'changed'
        "$(Invoke-DataHook pre-commit 6>&1)" | Should -Match 'modified +model.bin'
        Write-TestFile model.bin.dvc 'outs: ['
        Invoke-DataHook pre-commit -WarningAction SilentlyContinue -WarningVariable warnings -ErrorAction Stop
        $warnings | Should -Not -BeNullOrEmpty
    }

    It 'pushes before a push, and fails when that fails' {
        Invoke-DataHook pre-push
        Get-DataStatus -Cloud | Should -BeNullOrEmpty
        $hash = (Get-DataFile model.bin).Hash
        Remove-Item -LiteralPath (Get-ObjectPath $hash), "../store/files/md5/$($hash.Hex.Substring(0, 2))/$($hash.Hex.Substring(2))" -Force
        { Invoke-DataHook pre-push -WarningAction SilentlyContinue } | Should -Throw -ErrorId 'TransferFailed,*'
    }

    It 'merges two versions of a folder' {
        git switch --quiet side
        Switch-DataVersion | Out-Null
        Write-TestFile data/images/mine.png 'mine'
        Add-DataFile data/images | Out-Null
        git show v1:data/images.dvc | Set-Content base.dvc
        Copy-Item data/images.dvc ours.dvc
        git show v2:data/images.dvc | Set-Content theirs.dvc
        Invoke-DataHook merge-driver -ArgumentList base.dvc, ours.dvc, theirs.dvc, data/images.dvc
        Move-Item ours.dvc data/images.dvc -Force
        Remove-Item base.dvc, theirs.dvc
        (Get-DataFile data/images -Recurse).Path | Should -Contain data/images/mine.png
        (Get-DataFile data/images -Recurse).Path | Should -Contain data/images/new.png
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Invoke-DataHook pre-push -WhatIf } "Run the hook 'pre-push'"
    }

    It 'does nothing outside a repository and when it is told so' {
        Push-Location $TestDrive
        try { Invoke-DataHook pre-commit -ErrorAction Stop 6>&1 | Should -BeNullOrEmpty } finally { Pop-Location }
        Write-TestFile model.bin 'changed'
        $env:DATAVERSION_SKIP_HOOKS = '1'
        try { Invoke-DataHook pre-commit 6>&1 | Should -BeNullOrEmpty } finally { $env:DATAVERSION_SKIP_HOOKS = $null }
        Push-Location $TestDrive
        try { "$(Invoke-DataHook pre-commit -Repository $repo 6>&1)" | Should -Match 'model.bin' } finally { Pop-Location }
    }

    It 'completes names' {
        Get-Completion 'Invoke-DataHook post' | Should -Be post-checkout
    }
}
