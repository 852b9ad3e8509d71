BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Uninstall-DataHook' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
        Install-DataHook -WarningAction SilentlyContinue | Out-Null
    }
    AfterEach { Pop-Location }

    It 'removes all of ours' {
        $removed = Uninstall-DataHook
        $removed | Should -BeOfType ([DataVersion.DataHook])
        $removed.Name | Sort-Object | Should -Be merge-driver, post-checkout, pre-commit, pre-push
        $removed.State | Select-Object -Unique | Should -Be NotInstalled
        Get-ChildItem .git/hooks -Exclude *.sample | Should -BeNullOrEmpty
        git config merge.dvc.driver | Should -BeNullOrEmpty
        Uninstall-DataHook | Should -BeNullOrEmpty
        Get-Table $removed | Should -Match '(?m)^Name +State +Path'
    }

    It 'removes only what is named, and nothing of somebody else' {
        (Uninstall-DataHook pre-push).Name | Should -Be pre-push
        Write-TestFile .git/hooks/pre-commit "#!/bin/sh`nexit 0`n"
        (Uninstall-DataHook).Name | Sort-Object | Should -Be merge-driver, post-checkout
        Test-Path .git/hooks/pre-commit | Should -BeTrue
    }

    It 'removes ours from the configuration of pre-commit' {
        Uninstall-DataHook | Out-Null
        Install-DataHook -PreCommitTool -WarningAction SilentlyContinue | Out-Null
        Confirm-WhatIf { Uninstall-DataHook -WhatIf } "Remove the hook 'pre-push'.*pre-commit-config"
        (Uninstall-DataHook pre-push).Path | Should -Be (Join-Path $repo .pre-commit-config.yaml)
        Read-TestFile .pre-commit-config.yaml | Should -Not -Match 'pre-push'
        (Uninstall-DataHook).Name | Should -Be post-checkout, pre-commit, merge-driver
        Test-Path .pre-commit-config.yaml | Should -BeFalse
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Uninstall-DataHook -WhatIf } "Remove the hook 'pre-push'"
    }

    It 'works on another repository, and completes names' {
        Push-Location $TestDrive
        try { (Uninstall-DataHook pre-push -Repository $repo).Name | Should -Be pre-push } finally { Pop-Location }
        Get-Completion 'Uninstall-DataHook me' | Should -Be merge-driver
    }
}
