BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Switch-DataVersion' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    BeforeEach {
        git switch --quiet --force main
        Switch-DataVersion -Force | Out-Null
    }
    AfterAll { Pop-Location }

    It 'switches Git, then the data, and tells each file' {
        $results = Switch-DataVersion v1
        $results | Should -BeOfType ([DataVersion.LinkResult])
        git describe --tags --exact-match | Should -Be v1
        Read-TestFile model.bin | Should -BeExactly 'model 1'
        Test-Path data/images/dog.png, data/images/new.png | Should -Be $true, $false
        $model = $results | Where-Object Path -eq model.bin
        $model.Change, $model.LinkKind, $model.Size, $model.FullName | Should -Be 'Modified', 'Copy', 7, (Join-Path $repo model.bin)
        ($results | Where-Object Path -eq data/images/new.png).Change | Should -Be Deleted
        Get-Table $results | Should -Match '(?m)^Change +Link +Size +Hash +Path\s*\n[- ]+\n(.*\n)*Modified +Copy +7 B +\w{8} +model.bin'
        Switch-DataVersion side | Should -BeNullOrEmpty -Because 'it is the same commit'
        git branch --show-current | Should -Be side
        Switch-DataVersion main | Out-Null
        Read-TestFile model.bin | Should -BeExactly 'model 2 is bigger'
    }

    It 'refuses, before anything is touched, when data or Git would lose changes' {
        Write-TestFile model.bin 'unsaved'
        $before = Get-Snapshot
        $unsaved = try { Switch-DataVersion v1 } catch [DataVersion.UnsavedDataException] { $_ }
        Confirm-ErrorRecord $unsaved UnsavedData
        $unsaved.Exception.Paths | Should -Be model.bin
        Get-Snapshot | Should -BeExactly $before
        Switch-DataVersion v1 -Force | Out-Null
        Read-TestFile model.bin | Should -BeExactly 'model 1'
        Switch-DataVersion main | Out-Null
        Add-Content model.bin.dvc '# edited by hand'
        { Switch-DataVersion v1 } | Should -Throw -ErrorId 'GitChangesInTheWay,*'
        Get-Content model.bin.dvc | Should -Contain '# edited by hand'
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Switch-DataVersion v1 -WhatIf } "Switch to 'v1'.*Git: \d+ file.*data: \d+ file"
        Remove-Item model.bin
        Confirm-WhatIf { Switch-DataVersion -WhatIf } 'Add 1 file.*model.bin'
    }

    It 'brings back what was deleted, for paths, objects and literal names' {
        Remove-Item model.bin, data/images -Recurse
        (Switch-DataVersion -Path mod*).Path | Should -Be model.bin
        Push-Location data
        try {
            (Switch-DataVersion -LiteralPath 'images/img[1].png').Path | Should -Be 'data/images/img[1].png'
            Test-Path images/new.png | Should -BeFalse
            (Get-DataFile | Where-Object State -ne Unchanged | Switch-DataVersion).Path | Should -Contain data/images/new.png
        }
        finally { Pop-Location }
        Write-TestFile model.bin 'changed'
        (Get-DataStatus | Switch-DataVersion -Force).Path | Should -Be model.bin
    }

    It 'takes a revision of an object, and no guess when it could be meant otherwise' {
        Get-DataVersion model.bin | Select-Object -Last 1 -Property Revision | Switch-DataVersion | Out-Null
        Read-TestFile model.bin | Should -BeExactly 'model 1'
        { Get-DataVersion model.bin -First 1 | Switch-DataVersion } | Should -Throw -ErrorId 'ArgumentInvalid,*'
        { Switch-DataVersion v2 -Path model.bin } | Should -Throw -ErrorId 'ArgumentInvalid,*'
        { Switch-DataVersion $nothing } | Should -Throw
        { Switch-DataVersion v9 } | Should -Throw -ErrorId 'RevisionNotFound,*'
        Read-TestFile model.bin | Should -BeExactly 'model 1'
    }

    It 'changes the kind of links with -Relink and -LinkKind' {
        $results = Switch-DataVersion -Relink -LinkKind Hardlink, Copy
        ($results | Where-Object Path -eq model.bin).Change, ($results | Where-Object Path -eq model.bin).LinkKind | Should -Be Relinked, Hardlink
        (Get-DataFile model.bin).LinkKind | Should -Be Hardlink
        (Switch-DataVersion -Path model.bin -Relink -LinkKind Copy).LinkKind | Should -Be Copy
        (Get-Item model.bin).IsReadOnly | Should -BeFalse
        Switch-DataVersion -Relink | Out-Null
    }

    It 'names what is missing or damaged, and goes on with the others' {
        $hash = (Get-DataFile model.bin).Hash
        $object = Get-ObjectPath $hash
        Move-Item $object "$TestDrive/away"
        try {
            Remove-Item model.bin, data/images/new.png
            (Switch-DataVersion -ErrorAction SilentlyContinue -ErrorVariable problem).Path | Should -Be data/images/new.png
            Confirm-ErrorRecord $problem ObjectMissing
            Switch-DataVersion -AllowMissing -ErrorAction Stop | Should -BeNullOrEmpty
            Write-TestFile $object 'damaged'
            Switch-DataVersion -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
            Confirm-ErrorRecord $problem ObjectCorrupt
            Test-Path model.bin | Should -BeFalse
        }
        finally { Move-Item "$TestDrive/away" $object -Force }
        (Switch-DataVersion -Path notes.txt, ../outside, model.bin -ErrorAction SilentlyContinue -ErrorVariable problems).Path | Should -Be model.bin
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*notes.txt') PathNotTracked
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*outside') PathOutsideRepository
    }

    It 'works on another repository and stops cleanly' {
        Push-Location $TestDrive
        try { Switch-DataVersion v1 -Repository $repo | Select-Object -First 1 | Should -HaveCount 1 } finally { Pop-Location }
        Switch-DataVersion | Out-Null
        Get-DataStatus | Should -BeNullOrEmpty -Because 'the next run does the rest'
        git describe --tags --exact-match | Should -Be v1
    }

    It 'waits for another process only as long as -LockTimeout says' {
        $hold = Join-Path $repo .dvc tmp lock
        $file = [IO.File]::Open($hold, 'OpenOrCreate', 'ReadWrite', 'None')
        try {
            $busy = try { Switch-DataVersion -LockTimeout 0 } catch [DataVersion.RepositoryBusyException] { $_ }
            Confirm-ErrorRecord $busy RepositoryBusy
        }
        finally { $file.Dispose() }
    }

    It 'completes revisions, paths and kinds of links' {
        Get-Completion 'Switch-DataVersion v' | Should -Be v1, v2
        Get-Completion 'Switch-DataVersion -Path mo' | Should -Be model.bin
        Get-Completion 'Switch-DataVersion -Relink -LinkKind H' | Should -Be Hardlink
    }
}
