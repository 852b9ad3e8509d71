BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Remove-DataConfig' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    BeforeEach {
        Set-DataConfig core.autostage true
        Set-DataConfig core.remote other -Scope Local
        Set-DataConfig core.autostage true -Scope Local
    }
    AfterAll { Pop-Location }

    It 'removes an option of a level, silently' {
        Remove-DataConfig core.autostage | Should -BeNullOrEmpty
        (Get-DataConfig core.autostage).Scope | Should -Be Local
        Remove-DataConfig core.remote -Scope Local
        (Get-DataConfig core.remote).Value | Should -Be store
    }

    It 'takes entries with their level, and names' {
        Get-DataConfig core.* -Scope Local | Remove-DataConfig
        Get-DataConfig core.* -Scope Local | Should -BeNullOrEmpty
        (Get-DataConfig core.autostage).Scope | Should -Be Repository
        'core.autostage' | Remove-DataConfig
        Get-DataConfig core.autostage | Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Remove-DataConfig core.remote -Scope Local -WhatIf } 'Remove configuration option.*core.remote \(Local\)'
    }

    It 'goes on after an option that is not set' {
        'core.nonsense', 'core.autostage' | Remove-DataConfig -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem ConfigurationNotFound
        Get-DataConfig core.autostage -Scope Repository -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        { Remove-DataConfig core.autostage -ErrorAction Stop } | Should -Throw -ErrorId 'ConfigurationNotFound,*'
    }

    It 'works on another repository, and completes names' {
        Push-Location $TestDrive
        try { Remove-DataConfig core.autostage -Repository $repo } finally { Pop-Location }
        Get-DataConfig core.autostage -Scope Repository -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        Get-Completion 'Remove-DataConfig core.autos' | Should -Be core.autostage
    }
}
