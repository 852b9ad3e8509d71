BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Get-DataStatus' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
        Get-DataStatus | Should -BeNullOrEmpty
        Get-DataStatus -IncludeUnchanged | Select-Object -ExpandProperty Change -Unique | Should -Be Unchanged
        Write-TestFile model.bin 'changed'
        Write-TestFile data/images/cats/tom.png 'tom 3'
        Remove-Item data/images/new.png
        Write-TestFile untracked.txt 'nobody'
    }
    AfterAll { Pop-Location }

    It 'tells what differs, typed' {
        $status = Get-DataStatus
        $status | Should -BeOfType ([DataVersion.DataStatus])
        $status | Where-Object Comparison -eq Uncommitted | ForEach-Object Path | Should -Be data/images/, model.bin
        $model = $status | Where-Object Path -eq model.bin
        $model.Change, $model.Size, $model.FullName, $model.Stage | Should -Be 'Modified', 7, (Join-Path $repo model.bin), 'model.bin.dvc'
        $model.Hash, $model.OldHash | Should -BeOfType ([DataVersion.ContentHash])
        Get-Table $status | Should -Match '(?m)^Comparison +Change +Size +Path\s*\n[- ]+\n(.*\n)*Uncommitted +Modified +7 B +model.bin'
    }

    It 'looks into folders with -Granular' {
        $inside = Get-DataStatus -Granular | Where-Object Path -like 'data/images/?*'
        $inside | ForEach-Object { "$($_.Change) $($_.Path)" } | Should -Be 'Modified data/images/cats/tom.png', 'Deleted data/images/new.png'
    }

    It 'looks at some paths only' {
        (Get-DataStatus model.bin).Path | Should -Be model.bin
        (Get-DataStatus mod*).Path | Should -Be model.bin
        (Get-DataStatus data -Granular).Path | Should -Not -Contain model.bin
        (Get-DataStatus data/images/cats -Granular).Path | Should -Be data/images/cats/tom.png
        Get-DataStatus -LiteralPath 'data/images/img[1].png' -Granular | Should -BeNullOrEmpty
    }

    It 'takes objects and names from anywhere' {
        Push-Location data
        try {
            (Get-DataFile | Get-DataStatus).Path | Should -Be data/images/, model.bin
            (Get-ChildItem ../model.bin | Get-DataStatus).Path | Should -Be model.bin
            ('../model.bin' | Get-DataStatus).Path | Should -Be model.bin
        }
        finally { Pop-Location }
    }

    It 'says that a path is not tracked, instead of nothing, and goes on' {
        (Get-DataStatus notes.txt, ../outside, model.bin -ErrorAction SilentlyContinue -ErrorVariable problems).Path | Should -Be model.bin
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*notes.txt') PathNotTracked
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*outside') PathOutsideRepository
    }

    It 'lists what nobody tracks' {
        (Get-DataStatus -Untracked | Where-Object Comparison -eq Untracked).Path | Should -Be untracked.txt
        (Get-DataStatus untracked.txt -Untracked).Change | Should -Be Untracked
        (Get-DataStatus model.bin -Untracked).Path | Should -Be model.bin
    }

    It 'compares with the remote' {
        $lacking = Get-DataStatus -Cloud | Where-Object Change -eq NotInRemote
        $lacking.Path | Should -Contain data/images/hound.png
        (Get-DataStatus -Remote store | Where-Object Change -eq NotInRemote).Path | Should -Be $lacking.Path
        (Get-DataStatus -NotInRemote model.bin).Change | Should -Contain NotInRemote
        { Get-DataStatus -Remote nowhere -ErrorAction Stop } | Should -Throw -ErrorId 'RemoteNotFound,*'
    }

    It 'works on another repository, in strict mode, and stops cleanly' {
        Push-Location $TestDrive
        try { & { Set-StrictMode -Version Latest; Get-Table (Get-DataStatus -Repository $repo) } | Should -Match 'model.bin' } finally { Pop-Location }
        Get-DataStatus -Granular | Select-Object -First 1 | Should -HaveCount 1
    }

    It 'completes tracked paths and remotes' {
        Get-Completion 'Get-DataStatus mo' | Should -Contain model.bin
        Get-Completion 'Get-DataStatus -Remote s' | Should -Be store
    }
}
