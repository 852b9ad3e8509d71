BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Protect-DataFile' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
        Set-DataConfig cache.type hardlink, copy
    }
    BeforeEach {
        Switch-DataVersion -Force | Out-Null
        Unprotect-DataFile data/images, model.bin | Out-Null
    }
    AfterAll { Pop-Location }

    It 'links unchanged data to the cache again' {
        $result = Protect-DataFile model.bin
        $result | Should -BeOfType ([DataVersion.LinkResult])
        $result.Path, $result.Change, $result.LinkKind | Should -Be 'model.bin', 'Protected', 'Hardlink'
        (Get-Item model.bin).IsReadOnly | Should -BeTrue
        Get-Table $result | Should -Match '(?m)^Change +Link +Size +Hash +Path\s*\n[- ]+\nProtected +Hardlink +17 B +\w{8} +model.bin'
    }

    It 'leaves a changed file alone, with an error, and goes on' {
        Write-TestFile model.bin 'changed'
        Write-TestFile data/images/new.png 'changed'
        $done = Protect-DataFile model.bin, data/images -ErrorAction SilentlyContinue -ErrorVariable problems
        $done.Path | Should -Contain data/images/cats/tom.png
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*model.bin') DataChanged
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*new.png') DataChanged
        Read-TestFile model.bin | Should -BeExactly 'changed'
        (Get-Item model.bin).IsReadOnly | Should -BeFalse
    }

    It 'says nothing of what is missing or not tracked inside a folder' {
        Write-TestFile data/images/untracked.png 'mine'
        Remove-Item data/images/new.png
        Protect-DataFile data/images -ErrorAction SilentlyContinue -ErrorVariable problems | Out-Null
        $problems | Should -BeNullOrEmpty
        Test-Path data/images/new.png | Should -BeFalse
        Read-TestFile data/images/untracked.png | Should -BeExactly 'mine'
        Remove-Item data/images/untracked.png
    }

    It 'takes objects, wildcards and literal names' {
        (Get-ChildItem data/images/*.png | Protect-DataFile).Path | Should -Contain 'data/images/img[1].png'
        (Get-DataFile | Protect-DataFile).Path | Should -Contain model.bin
        Unprotect-DataFile data/images, model.bin | Out-Null
        (Protect-DataFile -LiteralPath 'data/images/img[1].png').Path | Should -Be 'data/images/img[1].png'
        (Protect-DataFile mod*).Path | Should -Be model.bin
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Protect-DataFile model.bin -WhatIf } 'Link to the cache.*model.bin'
    }

    It 'goes on after a path that is not tracked' {
        $done = Protect-DataFile notes.txt, ../outside, model.bin -ErrorAction SilentlyContinue -ErrorVariable problems
        $done.Path | Should -Be model.bin
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*notes.txt') PathNotTracked
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*outside') PathOutsideRepository
    }

    It 'works from a folder below and on another repository' {
        Push-Location data/images
        try { (Protect-DataFile new.png).Path | Should -Be data/images/new.png } finally { Pop-Location }
        Push-Location $TestDrive
        try { (Protect-DataFile "$repo/model.bin" -Repository $repo).Path | Should -Be model.bin } finally { Pop-Location }
    }

    It 'completes tracked paths' {
        Get-Completion 'Protect-DataFile mo' | Should -Contain model.bin
    }
}
