BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Get-DataVersion' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'lists the versions of a file, newest first' {
        $versions = Get-DataVersion model.bin
        $versions | Should -BeOfType ([DataVersion.DataVersionInfo])
        $versions.Size | Should -Be 17, 7
        $new, $old = $versions
        $new.Revision | Should -Be (git rev-parse v2)
        $new.Tags, $new.Branches, $new.Change, $new.IsCached | Should -Be 'v2', 'main', 'Modified', $true
        $old.Change, $old.Subject, $old.Path, $old.FullName | Should -Be 'Added', 'First version', 'model.bin', (Join-Path $repo model.bin)
        $old.Date | Should -BeOfType ([DateTimeOffset])
        $old.Author | Should -BeLike 'Tester*'
        Get-Table $versions | Should -Match "(?m)^Revision +Date +Tags +Change +Size +Cached +Author +Path\s*\n[- ]+\n$($new.Revision.Substring(0, 8)) .* v2 +Modified +17 B +True"
    }

    It 'follows files inside folders, and what is gone' {
        (Get-DataVersion data/images/cats/tom.png).Size | Should -Be 15, 5
        (Get-DataVersion data/images/dog.png).Change | Should -Be Deleted, Added
    }

    It 'lists everything, or so many of each' {
        (Get-DataVersion).Path | Select-Object -Unique | Should -Be data/images, model.bin
        (Get-DataVersion -First 1).Path | Should -Be data/images, model.bin
        { Get-DataVersion -First 0 } | Should -Throw
    }

    It 'takes objects, wildcards and literal names, from anywhere' {
        Push-Location data
        try {
            (Get-DataFile | Get-DataVersion -First 1).Path | Should -Be data/images, model.bin
            (Get-DataVersion -LiteralPath 'images/img[1].png').Path | Should -Be 'data/images/img[1].png'
            (Get-DataVersion ../mod* -First 1).Path | Should -Be model.bin
            (Get-ChildItem ../model.bin | Get-DataVersion -First 1).Path | Should -Be model.bin
        }
        finally { Pop-Location }
    }

    It 'goes on after a path that no commit knows' {
        (Get-DataVersion notes.txt, ../outside, model.bin -First 1 -ErrorAction SilentlyContinue -ErrorVariable problems).Path | Should -Be model.bin
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*notes.txt') PathNotTracked
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*outside') PathOutsideRepository
    }

    It 'works on another repository and stops cleanly' {
        Push-Location $TestDrive
        try { Get-DataVersion -Repository $repo | Select-Object -First 1 | Should -HaveCount 1 } finally { Pop-Location }
    }

    It 'completes tracked paths' {
        Get-Completion 'Get-DataVersion mo' | Should -Contain model.bin
    }
}
