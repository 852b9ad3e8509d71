BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Add-DataRemote' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'adds a remote; a folder counts from where one stands' {
        Push-Location data
        try { $remote = Add-DataRemote Backup ../../backup } finally { Pop-Location }
        $remote | Should -BeOfType ([DataVersion.DataRemote])
        $remote.Name, $remote.Url, $remote.Scope, $remote.IsDefault | Should -Be 'backup', ([IO.Path]::GetFullPath("$repo/../backup")), 'Repository', $false
        Get-Content .dvc/config | Should -Contain '    url = ../../backup'
        Test-Path ../backup | Should -BeFalse
        Get-Table $remote | Should -Match '(?m)^Default +Name +Scope +Url\s*\n[- ]+\n +backup +Repository +'
    }

    It 'takes options, a level, and makes it the default' {
        $remote = Add-DataRemote mine ../mine -Option @{ verify = $true; jobs = 4 } -Scope Local -Default
        $remote.Scope, $remote.IsDefault, $remote.Options['verify'], $remote.Options['jobs'] | Should -Be 'Local', $true, 'true', '4'
        Get-Content .dvc/config.local | Should -Contain '    remote = mine'
        Remove-DataRemote mine -Scope Local
    }

    It 'replaces one only with -Force' {
        $before = Read-TestFile .dvc/config
        { Add-DataRemote store ../new } | Should -Throw -ErrorId 'ConfigurationInvalid,*'
        Read-TestFile .dvc/config | Should -BeExactly $before
        (Add-DataRemote store ../store2 -Force).Url | Should -Be ([IO.Path]::GetFullPath("$repo/../store2"))
    }

    It 'writes nothing when an option is wrong' {
        $before = Read-TestFile .dvc/config
        $problem = try { Add-DataRemote wrong ../wrong -Option @{ nonsense = '1' } } catch [DataVersion.DataVersionException] { $_ }
        Confirm-ErrorRecord $problem ConfigurationNotFound
        Read-TestFile .dvc/config | Should -BeExactly $before
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Add-DataRemote other ../other -WhatIf } 'Add remote.*other = \.\./other \(Repository\)'
    }

    It 'works on another repository' {
        Push-Location $TestDrive
        try { (Add-DataRemote far ./far -Repository $repo).Url | Should -Be ([IO.Path]::GetFullPath("$TestDrive/far")) } finally { Pop-Location }
        (Get-DataRemote far).Name | Should -Be far
    }
}
