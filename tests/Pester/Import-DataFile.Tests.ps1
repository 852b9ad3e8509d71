BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Import-DataFile' {
    BeforeAll {
        $source = New-TestRepository
        $repo = New-TestRepository
        Write-TestFile "$TestDrive/outside/raw.csv" "a`n1`n"
        Write-TestFile "$TestDrive/outside/tree/x" 'x'
        Write-TestFile "$TestDrive/outside/tree/y/z" 'z'
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'brings a file of this machine and says where it came from' {
        $result = Import-DataFile "$TestDrive/outside/raw.csv"
        $result | Should -BeOfType ([DataVersion.DataFile])
        $result.Path, $result.Size, $result.State | Should -Be 'raw.csv', 4, 'Unchanged'
        Read-TestFile raw.csv | Should -BeExactly "a`n1`n"
        Read-TestFile raw.csv.dvc | Should -Match "(?ms)^md5: \w{32}\nfrozen: true\ndeps:\n- md5: (\w{32})\n  size: 4\n  hash: md5\n  path: \S*outside/raw.csv\nouts:\n- md5: \1\n  size: 4\n  hash: md5\n  path: raw.csv\n$"
        git check-ignore raw.csv | Should -Be 'raw.csv'
    }

    It 'brings a folder under another name' {
        (Import-DataFile ../outside/tree -Destination taken -ErrorAction SilentlyContinue -ErrorVariable problem) | Should -BeNullOrEmpty
        Confirm-ErrorRecord $problem PathNotFound
        $result = Import-DataFile "$TestDrive/outside/tree" -Destination taken
        $result.FileCount, $result.Kind | Should -Be 2, 'Directory'
        Read-TestFile taken/y/z | Should -BeExactly 'z'
    }

    It 'brings tracked data of another repository at a revision, and locks the commit' {
        Import-DataFile $source model.bin -Destination old.bin -Revision v1 | Out-Null
        Read-TestFile old.bin | Should -BeExactly 'model 1'
        Read-TestFile old.bin.dvc | Should -Match "rev: v1\n    rev_lock: $(git -C $source rev-parse v1)\n"
    }

    It 'brings parts of folders and files of Git' {
        Import-DataFile $source data/images/cats | Out-Null
        Read-TestFile cats/tom.png | Should -BeExactly 'tom 2 is bigger'
        Import-DataFile $source notes.txt -Destination theirs.txt | Out-Null
        Read-TestFile theirs.txt | Should -BeExactly 'tracked by Git'
    }

    It 'clones what is no folder' {
        Import-DataFile "file://$($source -replace '\\', '/')" notes.txt -Destination cloned.txt -Revision v1 | Out-Null
        Read-TestFile cloned.txt | Should -BeExactly 'tracked by Git'
    }

    It 'records without bringing anything, and a pull brings it' {
        $lazy = Import-DataFile $source model.bin -Destination lazy.bin -Revision v1 -NoDownload
        $lazy.State, $lazy.Hash | Should -Be 'Missing', $null
        Test-Path lazy.bin | Should -BeFalse
        Read-TestFile lazy.bin.dvc | Should -Match 'rev_lock'
        Sync-DataRemote -Direction Pull -Path lazy.bin | Out-Null
        Read-TestFile lazy.bin | Should -BeExactly 'model 1'
    }

    It 'writes metadata only with -NoExec' {
        Import-DataFile $source nowhere/at/all -Destination later -NoExec | Out-Null
        Read-TestFile later.dvc | Should -BeExactly "frozen: true`ndeps:`n- path: nowhere/at/all`n  repo:`n    url: $source`nouts:`n- hash: md5`n  path: later`n"
        Remove-Item later.dvc
    }

    It 'overwrites only with -Force' {
        Write-TestFile mine.csv 'mine'
        Import-DataFile "$TestDrive/outside/raw.csv" -Destination mine.csv -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem PathExists
        Read-TestFile mine.csv | Should -BeExactly 'mine'
        Import-DataFile "$TestDrive/outside/raw.csv" -Destination mine.csv -Force | Out-Null
        Read-TestFile mine.csv | Should -BeExactly "a`n1`n"
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Import-DataFile $source model.bin -Destination whatif.bin -WhatIf } 'Import from model.bin.*whatif.bin'
        Test-Path whatif.bin.dvc | Should -BeFalse
    }

    It 'warns before a secret goes into Git' {
        Import-DataFile s3://bucket/key -Option @{ secret_access_key = 'hush' } -WhatIf -WarningVariable warning -WarningAction SilentlyContinue | Out-Null
        "$warning" | Should -Match 'secret_access_key'
        "$warning" | Should -Not -Match 'hush'
    }

    It 'tells what is wrong' {
        foreach ($case in @(
                @{ Kind = 'PathNotFound'; Call = { Import-DataFile "$TestDrive/outside/absent" -ErrorAction Stop } }
                @{ Kind = 'PathNotFound'; Call = { Import-DataFile $source absent -ErrorAction Stop } }
                @{ Kind = 'RevisionNotFound'; Call = { Import-DataFile $source model.bin -Revision nope -Destination x -ErrorAction Stop } }
                @{ Kind = 'RepositoryNotFound'; Call = { Import-DataFile ../absent model.bin -Destination x -ErrorAction Stop } }
                @{ Kind = 'PathNotFound'; Call = { Import-DataFile $source model.bin -Destination no/such/folder -ErrorAction Stop } }
                @{ Kind = 'ArgumentInvalid'; Call = { Import-DataFile ftp://host/x -ErrorAction Stop } }
                @{ Kind = 'ArgumentInvalid'; Call = { Import-DataFile $source model.bin -Destination x -ToRemote -NoDownload -ErrorAction Stop } }
                @{ Kind = 'ArgumentInvalid'; Call = { Import-DataFile "$TestDrive/outside/raw.csv" -Destination x -Revision v1 -ErrorAction Stop } }
                @{ Kind = 'RemoteNotFound'; Call = { Import-DataFile remote://nope/x -ErrorAction Stop } })) {
            $case.Call | Should -Throw -ErrorId "$($case.Kind),*"
        }
    }

    It 'completes revisions of the source' {
        Get-Completion "Import-DataFile $source model.bin -Revision v" | Should -Contain 'v1'
    }
}
