BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Set-DataConfig' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'sets an option, silently' {
        Set-DataConfig cache.type hardlink, copy | Should -BeNullOrEmpty
        Get-Content .dvc/config | Should -Contain '    type = "hardlink,copy"'
        Set-DataConfig -Name core.autostage -Value true
        (Get-DataConfig core.autostage).Value | Should -Be true
        Set-DataConfig core.autostage false
    }

    It 'writes to the level that is asked for, relative paths from where one stands' {
        Push-Location data
        try { Set-DataConfig cache.dir ../../shared -Scope Local } finally { Pop-Location }
        (Get-DataConfig cache.dir).Value | Should -Be ([IO.Path]::GetFullPath("$repo/../shared"))
        (Get-DataConfig cache.dir).Origin | Should -Be (Join-Path $repo .dvc config.local)
        Remove-DataConfig cache.dir -Scope Local
        Push-Location $TestDrive
        try {
            Set-DataConfig core.remote mine -Scope Global
            (Get-DataConfig core.remote).Scope | Should -Be Global
            { Set-DataConfig core.remote mine -Scope Local -ErrorAction Stop } | Should -Throw -ErrorId 'RepositoryNotFound,*'
        }
        finally { Pop-Location }
    }

    It 'writes the entry with -PassThru' {
        $entry = Set-DataConfig cache.type copy -PassThru
        $entry | Should -BeOfType ([DataVersion.DataConfigEntry])
        $entry.Name, $entry.Value, $entry.Scope | Should -Be 'cache.type', 'copy', 'Repository'
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Set-DataConfig cache.type symlink -WhatIf } 'cache.type = symlink \(Repository\)'
    }

    It 'copies entries to another repository' {
        $other = New-TestRepository
        Set-DataConfig cache.type reflink, copy
        Get-DataConfig cache.type | Set-DataConfig -Repository $other
        (Get-DataConfig cache.type -Repository $other).Value | Should -Be 'reflink,copy'
        Set-DataConfig cache.type copy
    }

    It 'says what to do about a mistake, and goes on' {
        $before = Read-TestFile .dvc/config
        { Set-DataConfig core.autostge true -ErrorAction Stop } | Should -Throw -ErrorId 'ConfigurationNotFound,*'
        Set-DataConfig cache.type cheap -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem ConfigurationInvalid
        Read-TestFile .dvc/config | Should -BeExactly $before
        [pscustomobject]@{ Name = 'core.nonsense'; Value = '1' }, [pscustomobject]@{ Name = 'core.autostage'; Value = 'true' } |
            Set-DataConfig -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem ConfigurationNotFound
        (Get-DataConfig core.autostage).Value | Should -Be true
    }

    It 'completes names and levels' {
        Get-Completion 'Set-DataConfig core.autos' | Should -Be core.autostage
        Get-Completion 'Set-DataConfig remote.store.ver' | Should -Contain remote.store.verify
        Get-Completion 'Set-DataConfig a b -Scope G' | Should -Be Global
    }
}
