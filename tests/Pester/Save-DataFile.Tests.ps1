BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Save-DataFile' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'records what changed, without a path everywhere' {
        Write-TestFile model.bin 'model 3'
        Write-TestFile data/images/cats/tom.png 'tom 3'
        $saved = Save-DataFile -Force
        $saved | Should -BeOfType ([DataVersion.DataFile])
        $saved.Path | Sort-Object | Should -Be data/images, model.bin
        Get-Content model.bin.dvc | Should -Contain '  size: 7'
        Get-DataStatus | Where-Object Comparison -eq Uncommitted | Should -BeNullOrEmpty
        Get-Table $saved | Should -Match '(?m)^State +Kind +Link +Size +Files +Hash +Path'
    }

    It 'does not record changed data without -Force when nobody can answer' {
        Write-TestFile model.bin 'model 4'
        $before = Read-TestFile model.bin.dvc
        Save-DataFile model.bin -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        Confirm-ErrorRecord $problem DataChanged
        Read-TestFile model.bin.dvc | Should -BeExactly $before
        Save-DataFile model.bin -Force | Out-Null
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Write-TestFile model.bin 'model 5'
        Confirm-WhatIf { Save-DataFile -Force -WhatIf } 'Record changed data.*model.bin'
    }

    It 'completes what was added with -NoCommit' {
        Write-TestFile later.bin 'later'
        $file = Add-DataFile later.bin -NoCommit
        (Save-DataFile later.bin).Path | Should -Be later.bin
        Read-TestFile (Get-ObjectPath $file.Hash) | Should -BeExactly 'later'
    }

    It 'leaves the files as they are with -NoRelink' {
        Set-DataConfig cache.type hardlink
        try {
            Write-TestFile model.bin 'model 6'
            Save-DataFile model.bin -Force -NoRelink | Out-Null
            (Get-DataFile model.bin).LinkKind | Should -Be Copy
            Write-TestFile model.bin 'model 7'
            (Save-DataFile model.bin -Force).LinkKind | Should -Be Hardlink
            (Get-DataFile model.bin).LinkKind | Should -Be Hardlink
        }
        finally {
            Set-DataConfig cache.type copy
            Unprotect-DataFile model.bin | Out-Null
        }
    }

    It 'takes objects, wildcards and literal names' {
        'x[1].bin', 'x2.bin' | ForEach-Object { Write-TestFile "more/$_" $_ }
        Get-ChildItem more | Add-DataFile | Out-Null
        Write-TestFile 'more/x[1].bin' 'changed'
        (Get-DataFile | Where-Object State -eq Modified | Save-DataFile -Force).Path | Should -Be 'more/x[1].bin'
        Write-TestFile 'more/x[1].bin' 'changed again'
        (Save-DataFile -LiteralPath 'more/x[1].bin' -Force).Path | Should -Be 'more/x[1].bin'
        Write-TestFile more/x2.bin 'changed'
        (Save-DataFile more/x?.bin -Force).Path | Should -Be more/x2.bin
        Write-TestFile more/x2.bin 'changed again'
        (Get-DataStatus more/x2.bin | Where-Object Comparison -eq Uncommitted | Save-DataFile -Force).Path | Should -Be more/x2.bin
    }

    It 'goes on after a path that is not tracked' {
        Write-TestFile model.bin 'model 8'
        $saved = Save-DataFile notes.txt, ../outside, model.bin -Force -ErrorAction SilentlyContinue -ErrorVariable problems
        $saved.Path | Should -Be model.bin
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*notes.txt') PathNotTracked
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*outside') PathOutsideRepository
    }

    It 'works from a folder below and on another repository' {
        Write-TestFile data/images/new.png 'newer'
        Push-Location data/images
        try { (Save-DataFile . -Force).Path | Should -Be data/images } finally { Pop-Location }
        $other = New-TestRepository
        Write-TestFile "$other/model.bin" 'other'
        (Save-DataFile -Repository $other -Force).Path | Should -Be model.bin
    }

    It 'completes tracked paths' {
        Get-Completion 'Save-DataFile mo' | Should -Contain model.bin
    }
}
