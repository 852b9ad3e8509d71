BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Move-DataFile' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterEach { Pop-Location }

    It 'moves the data with its pointer file' {
        $moved = Move-DataFile model.bin best.bin
        $moved | Should -BeOfType ([DataVersion.DataFile])
        $moved.Path, $moved.Size | Should -Be 'best.bin', 17
        Test-Path model.bin, model.bin.dvc, best.bin, best.bin.dvc | Should -Be $false, $false, $true, $true
        Get-Content .gitignore | Should -Be '/best.bin'
        Get-Table $moved | Should -Match '(?m)^State +Kind +Link +Size +Files +Hash +Path'
    }

    It 'moves into a folder that exists, also what wildcards and objects name' {
        $null = New-Item -ItemType Directory archive
        (Move-DataFile data/im* archive).Path | Should -Be archive/images
        Read-TestFile archive/images/cats/tom.png | Should -BeExactly 'tom 2 is bigger'
        'x[1].bin', 'y.bin' | ForEach-Object { Write-TestFile $_ $_ }
        Add-DataFile -LiteralPath 'x[1].bin', y.bin | Out-Null
        (Get-DataFile 'x[1].bin', y.bin | Move-DataFile -Destination archive).Path | Should -Be 'archive/x[1].bin', archive/y.bin
        (Get-ChildItem archive/y.bin | Move-DataFile -Destination .).Path | Should -Be y.bin
        ('y.bin' | Move-DataFile -Destination z.bin).Path | Should -Be z.bin
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Move-DataFile model.bin best.bin -WhatIf } 'Move tracked data.*model.bin -> best.bin'
    }

    It 'refuses what is in the way or not tracked, and goes on with the others' {
        Write-TestFile taken.bin 'taken'
        Move-DataFile model.bin taken.bin -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem PathExists
        Test-Path model.bin.dvc | Should -BeTrue
        $null = New-Item -ItemType Directory archive
        $moved = 'notes.txt', '../outside', 'model.bin' | Move-DataFile -Destination archive -ErrorAction SilentlyContinue -ErrorVariable problems
        $moved.Path | Should -Be archive/model.bin
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*notes.txt') PathNotTracked
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*outside') PathOutsideRepository
        { Move-DataFile archive/model.bin ../away.bin -ErrorAction Stop } | Should -Throw -ErrorId 'PathOutsideRepository,*'
    }

    It 'works from a folder below and on another repository' {
        Push-Location data
        try { (Move-DataFile images pictures).Path | Should -Be data/pictures } finally { Pop-Location }
        Push-Location $TestDrive
        try { (Move-DataFile "$repo/model.bin" "$repo/far.bin" -Repository $repo).Path | Should -Be far.bin } finally { Pop-Location }
    }

    It 'completes tracked paths' {
        Get-Completion 'Move-DataFile mo' | Should -Contain model.bin
    }
}
