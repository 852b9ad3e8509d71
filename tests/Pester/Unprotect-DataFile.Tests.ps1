BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Unprotect-DataFile' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
        Set-DataConfig cache.type hardlink, copy
    }
    BeforeEach { Switch-DataVersion -Relink | Out-Null }
    AfterAll { Pop-Location }

    It 'makes a private, writable copy' {
        (Get-Item model.bin).IsReadOnly | Should -BeTrue
        $result = Unprotect-DataFile model.bin
        $result | Should -BeOfType ([DataVersion.LinkResult])
        $result.Path, $result.Change, $result.LinkKind, $result.Size | Should -Be 'model.bin', 'Unprotected', 'Copy', 17
        (Get-Item model.bin).IsReadOnly | Should -BeFalse
        (Get-DataFile model.bin).LinkKind | Should -Be Copy
        Get-Table $result | Should -Match '(?m)^Change +Link +Size +Hash +Path\s*\n[- ]+\nUnprotected +Copy +17 B +\w{8} +model.bin'
    }

    It 'works on a part of a tracked folder' {
        (Unprotect-DataFile data/images/cats).Path | Should -Be data/images/cats/tom.png
        (Get-Item data/images/cats/tom.png).IsReadOnly | Should -BeFalse
        (Get-Item data/images/new.png).IsReadOnly | Should -BeTrue
    }

    It 'takes objects, wildcards and literal names' {
        (Get-ChildItem data/images/*.png | Unprotect-DataFile).Path | Should -Contain 'data/images/img[1].png'
        (Unprotect-DataFile -LiteralPath 'data/images/img[1].png').Path | Should -Be 'data/images/img[1].png'
        (Unprotect-DataFile mod*).Path | Should -Be model.bin
        (Get-DataFile model.bin | Unprotect-DataFile).Path | Should -Be model.bin
        ('model.bin' | Unprotect-DataFile).Path | Should -Be model.bin
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Unprotect-DataFile model.bin -WhatIf } 'private cop.*model.bin'
    }

    It 'goes on after a path that is not tracked' {
        $done = Unprotect-DataFile notes.txt, ../outside, model.bin -ErrorAction SilentlyContinue -ErrorVariable problems
        $done.Path | Should -Be model.bin
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*notes.txt') PathNotTracked
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*outside') PathOutsideRepository
    }

    It 'works from a folder below, on another repository, and stops cleanly' {
        Push-Location data/images
        try { (Unprotect-DataFile new.png).Path | Should -Be data/images/new.png } finally { Pop-Location }
        Push-Location $TestDrive
        try { (Unprotect-DataFile "$repo/model.bin" -Repository $repo).Path | Should -Be model.bin } finally { Pop-Location }
        Get-DataFile | Unprotect-DataFile | Select-Object -First 1 | Should -HaveCount 1
    }

    It 'completes tracked paths' {
        Get-Completion 'Unprotect-DataFile mo' | Should -Contain model.bin
    }
}
