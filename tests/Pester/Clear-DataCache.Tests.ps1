BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Clear-DataCache' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
        $old = (Get-DataFile model.bin -Revision v1).Hash
        $new = (Get-DataFile model.bin).Hash
    }
    AfterEach { Pop-Location }

    It 'removes what only other versions use' {
        $removed = Clear-DataCache -Workspace -Confirm:$false
        $removed | Should -BeOfType ([DataVersion.CachePlan])
        $removed.Hash | Should -Contain $old
        $removed.Hash | Should -Not -Contain $new
        $removed.IsRemoved | Select-Object -Unique | Should -BeTrue
        Test-Path (Get-ObjectPath $old), (Get-ObjectPath $new) | Should -Be $false, $true
        Get-Table $removed | Should -Match '(?m)^Removed +Hash +Size +LastWriteTime +Location\s*\n[- ]+\nTrue +\w{8}'
        Clear-DataCache -Workspace -Confirm:$false | Should -BeNullOrEmpty
    }

    It 'keeps what is named: <_>' -ForEach '-AllBranches', '-AllTags', '-AllCommits', '-Revision v1', '-AllBranches -First 2', '-Revision main -First -1', '-Since 2000-01-01', '-Workspace -GracePeriod 1:00:00' {
        Invoke-Expression "Clear-DataCache $_ -Confirm:`$false" | Should -BeNullOrEmpty
        Test-Path (Get-ObjectPath $old) | Should -BeTrue
    }

    It 'removes more when less is named: <_>' -ForEach '-Revision main', '-AllBranches -First 1', '-Since 2100-01-01' {
        git branch --quiet --delete --force side
        (Invoke-Expression "Clear-DataCache $_ -Confirm:`$false").Hash | Should -Contain $old
    }

    It 'changes nothing with -WhatIf and writes what would go' {
        Confirm-WhatIf { Clear-DataCache -Workspace -WhatIf } 'Removing \d+ objects \(.*B\).*not used by the workspace'
        $plan = Clear-DataCache -Workspace -WhatIf
        $plan.Hash | Should -Contain $old
        $plan.IsRemoved | Select-Object -Unique | Should -BeFalse
    }

    It 'does nothing when nobody can confirm' {
        { Clear-DataCache -Workspace } | Should -Throw
        Test-Path (Get-ObjectPath $old) | Should -BeTrue
    }

    It 'wants to know what is to be kept' {
        { Clear-DataCache -Confirm:$false } | Should -Throw -ErrorId 'ArgumentInvalid,*'
        { Clear-DataCache -AllTags -First 3 -Confirm:$false } | Should -Throw -ErrorId 'ArgumentInvalid,*'
        { Clear-DataCache -Workspace -Remote store -GracePeriod 1:00 -Confirm:$false } | Should -Throw -ErrorId 'ArgumentInvalid,*'
        { Clear-DataCache -Revision v9 -Confirm:$false } | Should -Throw -ErrorId 'RevisionNotFound,*'
    }

    It 'removes with -NotInRemote what the remote holds, and with -Remote from the remote' {
        Sync-DataRemote -Direction Push -AllCommits | Out-Null
        $removed = Clear-DataCache -Workspace -NotInRemote -Confirm:$false
        $removed.Hash | Should -Contain $new
        (Get-DataCache).ObjectCount | Should -Be 0
        Sync-DataRemote -Direction Fetch | Out-Null
        $removed = Clear-DataCache -Workspace -Remote store -Confirm:$false
        ($removed | Where-Object Location -eq store).Hash | Should -Contain $old
        Test-Path "../store/files/md5/$($old.Hex.Substring(0, 2))/$($old.Hex.Substring(2))" | Should -BeFalse
    }

    It 'keeps what another project of the same cache uses' {
        $other = New-TestRepository
        git -C $other checkout --quiet v1
        Set-DataConfig cache.dir (Join-Path $repo .dvc cache) -Scope Local -Repository $other
        Clear-DataCache -Workspace -Project $other -Confirm:$false | Should -BeNullOrEmpty
        Test-Path (Get-ObjectPath $old) | Should -BeTrue
    }

    It 'refuses when the list of a used folder is missing, unless -Force is given' {
        Remove-Item -LiteralPath (Get-ObjectPath (Get-DataFile data/images).Hash) -Force
        Remove-Item data/images -Recurse
        { Clear-DataCache -Workspace -Confirm:$false } | Should -Throw -ErrorId 'ObjectMissing,*'
        Test-Path (Get-ObjectPath $old) | Should -BeTrue
        (Clear-DataCache -Workspace -Force -Confirm:$false).Hash | Should -Contain $old
    }

    It 'works on another repository, and completes revisions and remotes' {
        Push-Location $TestDrive
        try { Clear-DataCache -AllCommits -Repository $repo -Confirm:$false | Should -BeNullOrEmpty } finally { Pop-Location }
        Get-Completion 'Clear-DataCache -Revision v' | Should -Be v1, v2
        Get-Completion 'Clear-DataCache -Remote s' | Should -Be store
    }
}
