BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Get-DataConfig' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
        Set-DataConfig core.remote personal -Scope Global
        Set-DataConfig cache.type hardlink, copy -Scope Local
    }
    AfterAll { Pop-Location }

    It 'shows what counts, and where it comes from' {
        $entry = Get-DataConfig cache.type
        $entry | Should -BeOfType ([DataVersion.DataConfigEntry])
        $entry.Value, $entry.Scope, $entry.Origin | Should -Be 'hardlink,copy', 'Local', (Join-Path $repo .dvc config.local)
        (Get-DataConfig core.remote).Value | Should -Be store
        Get-Table (Get-DataConfig) | Should -Match '(?m)^Name +Value +Scope +Origin\s*\n[- ]+\n(.*\n)*cache.type +hardlink,copy +Local'
    }

    It 'shows what one level says' {
        (Get-DataConfig cache.type -Scope Repository).Value | Should -Be copy
        (Get-DataConfig core.remote -Scope Global).Value | Should -Be personal
        Get-DataConfig -Scope System | Should -BeNullOrEmpty
    }

    It 'takes wildcards, several names, and names through the pipeline' {
        (Get-DataConfig c*.*).Name | Should -Contain cache.type
        (Get-DataConfig cache.type, core.remote).Name | Should -Be cache.type, core.remote
        ('core.remote', 'cache.type' | Get-DataConfig).Name | Should -Be core.remote, cache.type
        (Get-DataConfig cache.type | Get-DataConfig -Scope Repository).Value | Should -Be copy
    }

    It 'gives nothing for an option that is not set, an error for one that does not exist, and goes on' {
        Get-DataConfig core.autostage -ErrorAction Stop | Should -BeNullOrEmpty
        (Get-DataConfig core.autostge, cache.type -ErrorAction SilentlyContinue -ErrorVariable problem).Name | Should -Be cache.type
        Confirm-ErrorRecord $problem ConfigurationNotFound
        Get-DataConfig core.autostage -Scope Local -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem ConfigurationNotFound
    }

    It 'works outside of a repository and on another one' {
        Push-Location $TestDrive
        try {
            (Get-DataConfig core.remote).Value | Should -Be personal
            (Get-DataConfig core.remote -Repository $repo).Value | Should -Be store
            { Get-DataConfig -Repository nowhere } | Should -Throw -ErrorId 'RepositoryNotFound,*'
        }
        finally { Pop-Location }
    }

    It 'stops cleanly, and completes names and levels' {
        Get-DataConfig | Select-Object -First 1 | Should -HaveCount 1
        Get-Completion 'Get-DataConfig cache.ty' | Should -Be cache.type
        Get-Completion 'Get-DataConfig core.autos' | Should -Be core.autostage
        Get-Completion 'Get-DataConfig -Scope L' | Should -Be Local
    }
}
