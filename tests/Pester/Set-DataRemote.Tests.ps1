BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Set-DataRemote' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
        Add-DataRemote backup ../backup | Out-Null
    }
    AfterAll { Pop-Location }

    It 'changes address and options, silently' {
        Set-DataRemote store -Url ../elsewhere -Option @{ verify = $true; jobs = 2 } | Should -BeNullOrEmpty
        $store = Get-DataRemote store
        $store.Url, $store.Options['verify'], $store.Options['jobs'] | Should -Be ([IO.Path]::GetFullPath("$repo/../elsewhere")), 'true', '2'
        Set-DataRemote store -Option @{ jobs = $null }
        (Get-DataRemote store).Options.Keys | Should -Be verify
    }

    It 'chooses the default and takes that back' {
        $remote = Set-DataRemote backup -Default -PassThru
        $remote | Should -BeOfType ([DataVersion.DataRemote])
        $remote.IsDefault | Should -BeTrue
        Set-DataRemote backup -Default:$false
        Get-DataRemote | Where-Object IsDefault | Should -BeNullOrEmpty
        Set-DataRemote store -Default -Scope Local
        (Get-DataConfig core.remote).Scope | Should -Be Local
    }

    It 'writes nothing when one of the changes is wrong' {
        $before = Read-TestFile .dvc/config
        Set-DataRemote store -Url ../wrong -Option @{ nonsense = '1' } -Default -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem ConfigurationNotFound
        Read-TestFile .dvc/config | Should -BeExactly $before
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Set-DataRemote store -Url ../x -WhatIf } 'Change remote.*store \(Repository\)'
    }

    It 'takes remotes, and goes on after one that does not exist' {
        Get-DataRemote | Set-DataRemote -Option @{ verify = $false }
        (Get-DataRemote backup).Options['verify'] | Should -Be false
        [pscustomobject]@{ Name = 'nowhere' }, [pscustomobject]@{ Name = 'backup' } |
            Set-DataRemote -Option @{ verify = $true } -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem ConfigurationNotFound
        (Get-DataRemote backup).Options['verify'] | Should -Be true
    }

    It 'works on another repository, and completes names' {
        Push-Location $TestDrive
        try { (Set-DataRemote backup -Url ./b -Repository $repo -PassThru).Url | Should -Be ([IO.Path]::GetFullPath("$TestDrive/b")) } finally { Pop-Location }
        Get-Completion 'Set-DataRemote b' | Should -Be backup
    }
}
