BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Get-DataRepository' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'tells where everything is and which links work' {
        $found = Get-DataRepository
        $found | Should -BeOfType ([DataVersion.DataRepository])
        $found.Root, $found.GitRoot, $found.CacheFolder, $found.DefaultRemote | Should -Be $repo, $repo, (Join-Path $repo .dvc cache), 'store'
        $found.LinkOrder | Should -Be Copy
        $found.LinkCapabilities.Kind | Should -Be Reflink, Hardlink, Symlink, Copy
        ($found.LinkCapabilities | Where-Object Kind -eq Copy).Works | Should -BeTrue
        $found.LinkCapabilities | Where-Object { -not $_.Works } | ForEach-Object { $_.Reason | Should -Not -BeNullOrEmpty }
        $found.FileSystem | Should -Not -BeNullOrEmpty
    }

    It 'shows a list' {
        Get-Table (Get-DataRepository) | Should -Match '(?m)^Root +: .*\nGit +: .*\nCache +: .*\nRemote +: store\s*\nFileSystem +: .*\nLinkOrder +: Copy\s*\nLinks +: .*\nLockHolders +:'
    }

    It 'finds the repository from a folder below, of another drive, or by name' {
        Push-Location data/images
        try { (Get-DataRepository).Root | Should -Be $repo } finally { Pop-Location }
        Push-Location Env:
        try { (Get-DataRepository).Root | Should -Be $repo -Because 'the location in the file system counts' } finally { Pop-Location }
        Push-Location $TestDrive
        try {
            (Get-DataRepository -Repository (Join-Path $repo data)).Root | Should -Be $repo
            $nothing = try { Get-DataRepository } catch [DataVersion.DataVersionException] { $_ }
            Confirm-ErrorRecord $nothing RepositoryNotFound
        }
        finally { Pop-Location }
    }

    It 'leaves nothing behind' {
        $before = Get-Snapshot
        Get-DataRepository | Out-Null
        Get-Snapshot | Should -BeExactly $before
    }
}
