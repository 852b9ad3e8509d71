BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Export-DataFile' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'copies a file of an old version to a place of its own' {
        $result = Export-DataFile model.bin old.bin -Revision v1
        $result | Should -BeOfType ([DataVersion.LinkResult])
        $result.Change, $result.FullName, $result.Size | Should -Be 'Exported', (Join-Path $repo old.bin), 7
        Read-TestFile old.bin | Should -BeExactly 'model 1'
        Read-TestFile model.bin | Should -BeExactly 'model 2 is bigger'
        (Get-Item old.bin).IsReadOnly | Should -BeFalse
        Get-Table $result | Should -Match '(?m)^Change +Link +Size +Hash +Path\s*\n[- ]+\nExported +Copy +7 B +\w{8}'
    }

    It 'copies folders and parts of folders, inside a folder that exists' {
        (Export-DataFile data/images ../copy) | Should -HaveCount 5
        Read-TestFile ../copy/cats/tom.png | Should -BeExactly 'tom 2 is bigger'
        $null = New-Item -ItemType Directory ../taken
        Export-DataFile data/images/cats ../taken -Revision v1 | Out-Null
        Read-TestFile ../taken/cats/tom.png | Should -BeExactly 'tom 1'
    }

    It 'overwrites only with -Force' {
        Write-TestFile busy.bin 'mine'
        Export-DataFile model.bin busy.bin -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem PathExists
        Read-TestFile busy.bin | Should -BeExactly 'mine'
        Export-DataFile model.bin busy.bin -Force | Out-Null
        Read-TestFile busy.bin | Should -BeExactly 'model 2 is bigger'
    }

    It 'takes objects, wildcards and literal names' {
        'a', 'b', 'c', 'd' | ForEach-Object { $null = New-Item -ItemType Directory "../into-$_" }
        Get-DataFile | Export-DataFile -Destination ../into-a | Should -HaveCount 6
        Export-DataFile data/images/*.png ../into-b | Should -HaveCount 3
        Export-DataFile -LiteralPath 'data/images/img[1].png' -Destination ../into-c/x.png | Out-Null
        Read-TestFile ../into-c/x.png | Should -BeExactly 'brackets'
        Get-ChildItem model.bin | Export-DataFile -Destination ../into-d | Out-Null
        Read-TestFile ../into-d/model.bin | Should -BeExactly 'model 2 is bigger'
    }

    It 'takes the revision that a piped object is of' {
        Push-Location data
        try { Get-DataFile ../model.bin -Revision v1 | Export-DataFile -Destination ../piped.bin | Out-Null } finally { Pop-Location }
        Read-TestFile piped.bin | Should -BeExactly 'model 1'
        Get-DataVersion model.bin | Select-Object -Last 1 | Export-DataFile -Destination first.bin | Out-Null
        Read-TestFile first.bin | Should -BeExactly 'model 1'
        { Get-DataVersion model.bin | Export-DataFile -Destination two.bin } | Should -Throw -ErrorId 'ArgumentInvalid,*'
    }

    It 'brings data of other repositories and of addresses, inside of a repository and outside' {
        Push-Location $TestDrive
        try {
            Export-DataFile -Source $repo model.bin -Revision v1 -Destination theirs.bin | Out-Null
            Read-TestFile theirs.bin | Should -BeExactly 'model 1'
            (Export-DataFile -Source $repo data/images/cats, notes.txt -Destination .).FullName | Split-Path -Leaf | Should -Be tom.png, notes.txt
            Read-TestFile notes.txt | Should -BeExactly 'tracked by Git'
            Export-DataFile -Source "file://$($repo -replace '\\', '/')" notes.txt -Destination cloned.txt | Out-Null
            Read-TestFile cloned.txt | Should -BeExactly 'tracked by Git'
            Export-DataFile -Source ./theirs.bin -Destination again.bin | Out-Null
            Read-TestFile again.bin | Should -BeExactly 'model 1'
            Export-DataFile -Source ./theirs.bin -Destination again.bin -ErrorAction SilentlyContinue -ErrorVariable problem
            Confirm-ErrorRecord $problem PathExists
            Export-DataFile -Source $repo model.bin -Destination none.bin -WhatIf | Out-Null
            Test-Path none.bin | Should -BeFalse
            Export-DataFile -Source $repo nothing -Destination x -ErrorAction SilentlyContinue -ErrorVariable problem
            Confirm-ErrorRecord $problem PathNotFound
        } finally { Pop-Location }
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Export-DataFile model.bin ../whatif.bin -WhatIf } 'Export.*whatif.bin'
    }

    It 'tells what is wrong' {
        Export-DataFile notes.txt x.txt -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem PathNotTracked
        { Export-DataFile model.bin x.bin -Revision v9 } | Should -Throw -ErrorId 'RevisionNotFound,*'
        $null = New-Item -ItemType Directory ../some
        $done = Export-DataFile notes.txt, ../outside, model.bin ../some -ErrorAction SilentlyContinue -ErrorVariable problems
        $done.Path | Should -HaveCount 1
        $problems | Should -HaveCount 2
        { Export-DataFile model.bin x.bin -Revision '' } | Should -Throw
        Test-Path x.txt, x.bin | Should -Be $false, $false
    }

    It 'works from a folder below and on another repository' {
        Push-Location data
        try { Export-DataFile images/new.png ../below.png | Out-Null } finally { Pop-Location }
        Read-TestFile below.png | Should -BeExactly 'new'
        Push-Location $TestDrive
        try { Export-DataFile "$repo/model.bin" here.bin -Repository $repo | Out-Null; Read-TestFile here.bin | Should -BeExactly 'model 2 is bigger' } finally { Pop-Location }
    }

    It 'completes tracked paths and revisions' {
        Get-Completion 'Export-DataFile mo' | Should -Contain model.bin
        Get-Completion 'Export-DataFile model.bin x -Revision v' | Should -Be v1, v2
    }
}
