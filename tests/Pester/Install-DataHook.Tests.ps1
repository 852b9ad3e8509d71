BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Install-DataHook' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterEach { Pop-Location }

    It 'installs hooks and the merge driver, and says how Git uses it' {
        $hooks = Install-DataHook -WarningVariable warnings -WarningAction SilentlyContinue
        $hooks | Should -BeOfType ([DataVersion.DataHook])
        $hooks.Name | Sort-Object | Should -Be merge-driver, post-checkout, pre-commit, pre-push
        $hooks.State | Select-Object -Unique | Should -Be Installed
        "$warnings" | Should -Match ([regex]::Escape('*.dvc merge=dvc'))
        Test-Path .git/hooks/post-checkout | Should -BeTrue
        git config merge.dvc.driver | Should -Match 'Invoke-DataHook'
        Get-Table $hooks | Should -Match '(?m)^Name +State +Path\s*\n[- ]+\n(.*\n)*pre-push +Installed +'
        Add-Content .gitattributes '*.dvc merge=dvc'
        Install-DataHook -WarningVariable warnings | Out-Null
        $warnings | Should -BeNullOrEmpty
    }

    It 'installs only what is named' {
        (Install-DataHook pre-push).Name | Should -Be pre-push
        Get-ChildItem .git/hooks -Exclude *.sample | ForEach-Object Name | Should -Be pre-push
        { Install-DataHook pre-nothing } | Should -Throw
    }

    It 'never replaces a hook of somebody else, those of DVC only with -Force' {
        Write-TestFile .git/hooks/pre-commit "#!/bin/sh`nexit 0`n"
        $problem = try { Install-DataHook } catch [DataVersion.DataVersionException] { $_ }
        Confirm-ErrorRecord $problem HookExists
        Test-Path .git/hooks/pre-push | Should -BeFalse -Because 'it is all or nothing'
        Write-TestFile .git/hooks/pre-commit "#!/bin/sh`nexec dvc git-hook pre-commit `$@`n"
        { Install-DataHook pre-commit } | Should -Throw -ErrorId 'HookExists,*'
        (Install-DataHook pre-commit -Force).State | Should -Be Installed
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Install-DataHook -WhatIf } "Install the hook 'pre-push'.*pre-push"
    }

    It 'adds the hooks to the configuration of pre-commit with -PreCommitTool' {
        Write-TestFile .pre-commit-config.yaml "# ours`nrepos: []   # none yet`n"
        $hooks = Install-DataHook -PreCommitTool -WarningVariable warnings -WarningAction SilentlyContinue
        $hooks.State | Select-Object -Unique | Should -Be Installed
        $hooks.Path | Select-Object -Unique | Should -Be (Join-Path $repo .pre-commit-config.yaml), merge.dvc.driver
        Read-TestFile .pre-commit-config.yaml | Should -Match '(?s)^# ours\n.*repo: local.*id: dataversion-pre-push'
        git config merge.dvc.driver | Should -Match 'Invoke-DataHook'
        Get-ChildItem .git/hooks -Exclude *.sample | Should -BeNullOrEmpty
        "$warnings" | Should -Match 'pre-commit install --hook-type post-checkout --hook-type pre-commit --hook-type pre-push'
    }

    It 'changes nothing with -PreCommitTool -WhatIf' {
        Confirm-WhatIf { Install-DataHook -PreCommitTool -WhatIf } "Install the hook 'pre-push'.*pre-commit-config"
    }

    It 'works on another repository and from a folder below, and completes names' {
        Push-Location data
        try { (Install-DataHook pre-push).Path | Should -Be (Join-Path $repo .git hooks pre-push) } finally { Pop-Location }
        Push-Location $TestDrive
        try { (Install-DataHook pre-commit -Repository $repo).Path | Should -Be (Join-Path $repo .git hooks pre-commit) } finally { Pop-Location }
        Get-Completion 'Install-DataHook pre' | Should -Be pre-commit, pre-push
    }

    It 'makes Git bring the data' {
        Install-DataHook post-checkout | Out-Null
        git checkout --quiet v1 2>&1 | Out-Null
        Read-TestFile model.bin | Should -BeExactly 'model 1'
    }
}
