BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Compare-DataVersion' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'tells files that were added, modified, deleted and renamed' {
        $changes = Compare-DataVersion v1 v2
        $changes | Should -BeOfType ([DataVersion.DataChange])
        $lines = $changes | ForEach-Object { "$($_.Change) $($_.OldPath) $($_.Path)" }
        $lines | Should -Contain 'Modified  model.bin'
        $lines | Should -Contain 'Modified  data/images/cats/tom.png'
        $lines | Should -Contain 'Added  data/images/new.png'
        $lines | Should -Contain 'Renamed data/images/dog.png data/images/hound.png'
        $model = $changes | Where-Object Path -eq model.bin
        $model.OldSize, $model.Size, $model.ReferenceRevision, $model.DifferenceRevision | Should -Be 7, 17, 'v1', 'v2'
        $model.FullName | Should -Be (Join-Path $repo model.bin)
        Get-Table $changes | Should -Match '(?m)^Change +OldSize +Size +Path\s*\n[- ]+\n(.*\n)*Renamed .*data/images/dog.png -> data/images/hound.png'
    }

    It 'compares the workspace with HEAD or a revision' {
        Compare-DataVersion | Should -BeNullOrEmpty
        (Compare-DataVersion -ReferenceRevision v1).Path | Should -Contain data/images/new.png
        Write-TestFile model.bin 'changed'
        (Compare-DataVersion).Path | Should -Be model.bin
        (Compare-DataVersion v2 | Switch-DataVersion -Force).Path | Should -Be model.bin -Because 'a change names its file'
    }

    It 'looks at some paths only, also of objects, from anywhere' {
        (Compare-DataVersion v1 v2 -Path model.bin).Path | Should -Be model.bin
        (Compare-DataVersion v1 v2 -Path data/images/cats).Path | Should -Be data/images/cats/tom.png
        (Compare-DataVersion v1 v2 -Path data/im*).Path | Should -Contain data/images/new.png
        Compare-DataVersion v1 v2 -LiteralPath 'data/images/img[1].png' | Should -BeNullOrEmpty
        Push-Location data
        try { (Get-DataFile ../model.bin | Compare-DataVersion v1 v2).Path | Should -Be model.bin } finally { Pop-Location }
    }

    It 'says what is wrong' {
        (Compare-DataVersion v1 v2 -Path notes.txt, model.bin -ErrorAction SilentlyContinue -ErrorVariable problem).Path | Should -Be model.bin
        Confirm-ErrorRecord $problem PathNotTracked
        { Compare-DataVersion v1 v9 } | Should -Throw -ErrorId 'RevisionNotFound,*'
    }

    It 'works on another repository and stops cleanly' {
        Push-Location $TestDrive
        try { Compare-DataVersion v1 v2 -Repository $repo | Select-Object -First 1 | Should -HaveCount 1 } finally { Pop-Location }
    }

    It 'completes revisions' {
        Get-Completion 'Compare-DataVersion v' | Should -Be v1, v2
        Get-Completion 'Compare-DataVersion v1 s' | Should -Be side
        Get-Completion 'Compare-DataVersion -Path mo' | Should -Be model.bin
    }
}
