BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Sync-DataRemote' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterEach { Pop-Location }

    It 'pushes what the remote lacks, and then nothing' {
        $sent = Sync-DataRemote -Direction Push
        $sent | Should -BeOfType ([DataVersion.TransferResult])
        $sent.Outcome | Select-Object -Unique | Should -Be Transferred
        $model = $sent | Where-Object Path -eq model.bin
        $model.Direction, $model.Remote, $model.Size | Should -Be 'Push', 'store', 17
        Read-TestFile "../store/files/md5/$($model.Hash.Hex.Substring(0, 2))/$($model.Hash.Hex.Substring(2))" | Should -BeExactly 'model 2 is bigger'
        Get-Table $sent | Should -Match '(?m)^Direction +Outcome +Size +Remote +Hash +Path\s*\n[- ]+\n(.*\n)*Push +Transferred +17 B +store +\w{8} +model.bin'
        Sync-DataRemote -Direction Push | Should -BeNullOrEmpty
    }

    It 'takes paths, objects and literal names, from anywhere' {
        (Sync-DataRemote -Direction Push -Path mod*).Path | Should -Be model.bin
        Push-Location data
        try {
            (Sync-DataRemote -Direction Push -LiteralPath 'images/img[1].png').Path | Should -Contain 'data/images/img[1].png'
            (Get-DataFile | Sync-DataRemote -Direction Push -ThrottleLimit 1 -Recurse).Path | Should -Contain data/images/new.png
        }
        finally { Pop-Location }
        (Sync-DataRemote -Direction Push -Path notes.txt, ../outside, model.bin -Revision v1, v2 -ErrorAction SilentlyContinue -ErrorVariable problems).Path | Should -Be model.bin
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*notes.txt') PathNotTracked
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*outside') PathOutsideRepository
    }

    It 'pushes other versions: <_>' -ForEach '-Revision v1', '-AllBranches', '-AllTags', '-AllCommits' {
        $sent = Invoke-Expression "Sync-DataRemote store Push $_"
        $sent.Hash | Should -Contain (Get-DataFile model.bin -Revision v1).Hash
        ($sent.Hash -contains (Get-DataFile model.bin).Hash) | Should -Be ($_ -notlike '-Revision*')
    }

    It 'changes nothing with -WhatIf, says what it would do, and writes what would travel' {
        Confirm-WhatIf { Sync-DataRemote -Direction Push -WhatIf } 'Push \d+ object\(s\).*store'
        $plan = Sync-DataRemote -Direction Push -WhatIf
        $plan.Outcome | Select-Object -Unique | Should -Be Planned
        ($plan | Measure-Object Size -Sum).Sum | Should -BeGreaterThan 40
        Test-Path ../store | Should -BeFalse
    }

    It 'fetches into the cache, pulls into the workspace, and shows both in one table' {
        Sync-DataRemote -Direction Push -AllCommits | Out-Null
        $clone = Join-Path $TestDrive "clone-$([guid]::NewGuid())"
        git clone --quiet $repo $clone
        Push-Location $clone
        try {
            Set-DataConfig remote.store.url "$repo/../store" -Scope Local
            Set-DataConfig cache.type copy -Scope Local
            $got = Sync-DataRemote -Direction Fetch -Path model.bin
            $got.Direction, $got.Outcome | Should -Be 'Fetch', 'Transferred'
            Test-Path model.bin | Should -BeFalse
            $pulled = Sync-DataRemote -Direction Pull
            $placed = $pulled | Where-Object { $_ -is [DataVersion.LinkResult] }
            $placed.Path | Should -Contain 'data/images/img[1].png'
            $placed.Path | Should -Contain model.bin
            Get-DataStatus | Should -BeNullOrEmpty
            $text = Get-Table $pulled
            $text | Should -Match '(?m)^Direction +Outcome +Size +Remote +Hash +Path'
            $text | Should -Match '(?m)^Workspace +Added +17 B +\w{8} +model.bin'
            $text | Should -Not -Match 'FullName'
            Write-TestFile model.bin 'unsaved'
            { Sync-DataRemote -Direction Pull } | Should -Throw -ErrorId 'UnsavedData,*'
            Sync-DataRemote -Direction Pull -Force | Out-Null
            Read-TestFile model.bin | Should -BeExactly 'model 2 is bigger'
            Write-TestFile model.bin 'third'
            Save-DataFile model.bin -Force | Out-Null
            (Sync-DataRemote -Direction Both).Direction | Should -Be Push
        }
        finally { Pop-Location }
    }

    It 'names what is on neither side, and does the rest' {
        $hash = (Get-DataFile model.bin).Hash
        Remove-Item -LiteralPath (Get-ObjectPath $hash) -Force
        $results = Sync-DataRemote -Direction Push -ErrorAction SilentlyContinue -ErrorVariable problems
        ($results | Where-Object Path -eq model.bin).Outcome | Should -Be Missing
        ($results | Where-Object Path -eq data/images/new.png).Outcome | Should -Be Transferred
        Confirm-ErrorRecord ($problems | Where-Object FullyQualifiedErrorId -like 'ObjectMissing*') ObjectMissing
        Confirm-ErrorRecord ($problems | Where-Object FullyQualifiedErrorId -like 'TransferFailed*') TransferFailed
        Sync-DataRemote -Direction Push -AllowMissing -ErrorVariable problems -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
        $problems | Should -BeNullOrEmpty
        "$warnings" | Should -Match "$hash"
    }

    It 'never stores bytes that do not match' {
        $hash = (Get-DataFile model.bin).Hash
        Break-Object $hash
        $results = Sync-DataRemote -Direction Push -Path model.bin -ErrorAction SilentlyContinue -ErrorVariable problems
        $results.Outcome | Should -Be Corrupt
        Test-Path "../store/files/md5/$($hash.Hex.Substring(0, 2))/$($hash.Hex.Substring(2))" | Should -BeFalse
        $caught = try { Sync-DataRemote -Direction Push -ErrorAction Stop } catch [DataVersion.DataVersionException] { $_.Exception.Kind }
        $caught | Should -Not -BeNullOrEmpty
    }

    It 'copies the run cache with -RunCache' {
        $run = "runs/ab/$('ab' * 32)/$('cd' * 32)"
        Write-TestFile ".dvc/cache/$run" 'a run'
        Sync-DataRemote -Direction Push -RunCache | Out-Null
        Read-TestFile "../store/$run" | Should -BeExactly 'a run'
    }

    It 'says that there is no such remote' {
        { Sync-DataRemote nowhere -Direction Push } | Should -Throw -ErrorId 'RemoteNotFound,*'
        Remove-DataConfig core.remote
        { Sync-DataRemote -Direction Push } | Should -Throw -ErrorId 'RemoteNotFound,*'
    }

    It 'works on another repository, stops cleanly, and goes on' {
        Push-Location $TestDrive
        try { Sync-DataRemote -Direction Push -Repository $repo | Select-Object -First 1 | Should -HaveCount 1 } finally { Pop-Location }
        Sync-DataRemote -Direction Push -ErrorAction Stop | Out-Null
        Get-DataStatus -Cloud | Should -BeNullOrEmpty
    }

    It 'completes remotes, directions, paths and revisions' {
        Get-Completion 'Sync-DataRemote s' | Should -Be store
        Get-Completion 'Sync-DataRemote -Direction P' | Should -Be Pull, Push
        Get-Completion 'Sync-DataRemote -Direction Push -Path mo' | Should -Be model.bin
        Get-Completion 'Sync-DataRemote -Direction Push -Revision v' | Should -Be v1, v2
    }
}
