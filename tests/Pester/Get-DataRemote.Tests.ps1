BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Get-DataRemote' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
        Add-DataRemote backup ../backup -Option @{ verify = $true } -Scope Local | Out-Null
    }
    AfterAll { Pop-Location }

    It 'shows the remotes of all levels' {
        $remotes = Get-DataRemote
        $remotes | Should -BeOfType ([DataVersion.DataRemote])
        $remotes.Name | Should -Be store, backup
        $store, $backup = $remotes
        $store.IsDefault, $store.Scope, $store.Url | Should -Be $true, 'Repository', ([IO.Path]::GetFullPath("$repo/../store"))
        $backup.IsDefault, $backup.Scope, $backup.Options['verify'] | Should -Be $false, 'Local', 'true'
        Get-Table $remotes | Should -Match '(?m)^Default +Name +Scope +Url\s*\n[- ]+\n\* +store +Repository .*\n +backup +Local'
    }

    It 'takes names and wildcards, and goes on after one that does not exist' {
        (Get-DataRemote STORE).Name | Should -Be store
        (Get-DataRemote b*, s*).Name | Should -Be backup, store
        Get-DataRemote x* -ErrorAction Stop | Should -BeNullOrEmpty
        (Get-DataRemote nowhere, store -ErrorAction SilentlyContinue -ErrorVariable problem).Name | Should -Be store
        Confirm-ErrorRecord $problem RemoteNotFound
    }

    It 'works on another repository, and completes names' {
        Push-Location $TestDrive
        try { (Get-DataRemote -Repository $repo).Name | Should -Be store, backup } finally { Pop-Location }
        Get-Completion 'Get-DataRemote b' | Should -Be backup
    }
}
