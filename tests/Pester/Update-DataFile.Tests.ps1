BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Update-DataFile' {
    BeforeAll {
        $source = New-TestRepository
        $repo = New-TestRepository
        Write-TestFile "$TestDrive/update/raw.csv" 'one'
        Push-Location $repo
        Import-DataFile "$TestDrive/update/raw.csv" | Out-Null
        Import-DataFile $source model.bin -Destination theirs.bin -Revision main | Out-Null
    }
    AfterAll { Pop-Location }

    It 'does nothing when nothing is new' {
        $before = Read-TestFile theirs.bin.dvc
        $result = Update-DataFile theirs.bin, raw.csv
        $result | Should -HaveCount 2
        $result.State | Should -Be 'Unchanged', 'Unchanged'
        Read-TestFile theirs.bin.dvc | Should -BeExactly $before
        Get-DataStatus -IncludeUpdates | Where-Object Comparison -EQ Dependency | Should -BeNullOrEmpty
    }

    It 'brings what is new, found by the status' {
        Write-TestFile "$TestDrive/update/raw.csv" 'two is longer'
        $found = Get-DataStatus -IncludeUpdates | Where-Object Change -EQ UpdateAvailable
        $found.Path | Should -Be 'raw.csv'
        ($found | Update-DataFile).Size | Should -Be 13
        Read-TestFile raw.csv | Should -BeExactly 'two is longer'
    }

    It 'follows another revision' {
        Update-DataFile theirs.bin -Revision v1 | Out-Null
        Read-TestFile theirs.bin | Should -BeExactly 'model 1'
        Read-TestFile theirs.bin.dvc | Should -Match 'rev: v1'
    }

    It 'keeps what only the workspace has, unless forced' {
        Write-TestFile raw.csv 'my own work'
        Write-TestFile "$TestDrive/update/raw.csv" 'three'
        $before = Read-TestFile raw.csv.dvc
        Update-DataFile raw.csv -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem UnsavedData
        Read-TestFile raw.csv | Should -BeExactly 'my own work'
        Read-TestFile raw.csv.dvc | Should -BeExactly $before
        Update-DataFile raw.csv -Force | Out-Null
        Read-TestFile raw.csv | Should -BeExactly 'three'
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Write-TestFile "$TestDrive/update/raw.csv" 'four'
        Confirm-WhatIf { Update-DataFile raw.csv -WhatIf } 'Update from.*raw.csv'
        Read-TestFile raw.csv | Should -BeExactly 'three'
    }

    It 'says what is no import' {
        Update-DataFile model.bin -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem ArgumentInvalid
        Update-DataFile nothing.bin -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem PathNotTracked
        { Update-DataFile raw.csv -Revision v1 -ErrorAction Stop } | Should -Throw -ErrorId 'ArgumentInvalid,*'
    }
}
