BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Remove-DataRemote' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    BeforeEach {
        Add-DataRemote old-a ../a -Force | Out-Null
        Add-DataRemote old-b ../b -Force | Out-Null
    }
    AfterAll { Pop-Location }

    It 'removes a remote, and the default with it, silently' {
        Add-DataRemote old-a ../a -Default -Force | Out-Null
        Remove-DataRemote old-a | Should -BeNullOrEmpty
        (Get-DataRemote).Name | Should -Not -Contain old-a
        Get-DataConfig core.remote | Should -BeNullOrEmpty
    }

    It 'takes remotes through the pipeline' {
        Get-DataRemote old-* | Remove-DataRemote
        (Get-DataRemote).Name | Should -Be store
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Get-DataRemote old-* | Remove-DataRemote -WhatIf } 'Remove remote.*old-a \(Repository\)'
    }

    It 'names the level when it is another one, and goes on' {
        Add-DataRemote local ../local -Scope Local | Out-Null
        [pscustomobject]@{ Name = 'nowhere' }, [pscustomobject]@{ Name = 'local' }, [pscustomobject]@{ Name = 'old-a' } |
            Remove-DataRemote -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | Should -HaveCount 2
        Confirm-ErrorRecord $problems[0] ConfigurationNotFound
        $problems[1].ErrorDetails.RecommendedAction | Should -Match '-Scope Local'
        (Get-DataRemote).Name | Should -Not -Contain old-a
        Remove-DataRemote local -Scope Local
    }

    It 'works on another repository, and completes names' {
        Push-Location $TestDrive
        try { Remove-DataRemote old-b -Repository $repo } finally { Pop-Location }
        (Get-DataRemote).Name | Should -Not -Contain old-b
        Get-Completion 'Remove-DataRemote old-a' | Should -Be old-a
    }
}
