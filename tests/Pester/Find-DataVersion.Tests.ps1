BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Find-DataVersion' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
        $file = Get-DataFile model.bin
    }
    AfterAll { Pop-Location }

    It 'finds content by its hash or the first digits of it' {
        $found = Find-DataVersion $file.Hash
        $found | Should -BeOfType ([DataVersion.DataVersionInfo])
        $found.Path, $found.Tags, $found.Size, $found.Stage | Should -Be 'model.bin', 'v2', 17, 'model.bin.dvc'
        (Find-DataVersion $file.Hash.Hex.Substring(0, 6)).Revision | Should -Be (git rev-parse v2)
        Get-Table $found | Should -Match '(?m)^Revision +Date +Tags +Change +Size +Cached +Author +Path'
    }

    It 'takes digits that look like a number as they were typed' {
        # PowerShell reads this as infinity.
        $file.Hash.Hex.Substring(0, 8) | Should -Be '645e4537'
        (Find-DataVersion 645e4537).Path | Should -Be model.bin
    }

    It 'finds content under all its names in all revisions' {
        $dog = Get-DataFile data/images/hound.png
        Find-DataVersion $dog.Hash | ForEach-Object { "$($_.Tags) $($_.Path)" } | Sort-Object | Should -Be 'v1 data/images/dog.png', 'v2 data/images/hound.png'
        (Find-DataVersion ffffffff) | Should -BeNullOrEmpty
    }

    It 'takes every object that has a hash' {
        ($file | Find-DataVersion).Path | Should -Be model.bin
        ($file.Hash | Find-DataVersion).Path | Should -Be model.bin
        ("$($file.Hash)" | Find-DataVersion).Path | Should -Be model.bin
        ([pscustomobject]@{ Hash = $file.Hash.Hex } | Find-DataVersion).Path | Should -Be model.bin
        (Get-FileHash model.bin -Algorithm MD5 | Find-DataVersion).Path | Should -Be model.bin
        (Find-DataVersion -Hash $file, 'ffffffff').Path | Should -Be model.bin
        Break-Object $file.Hash
        (Test-DataCache | Where-Object Verdict -eq Corrupt | Find-DataVersion).Path | Should -Be model.bin
    }

    It 'goes on after what is no hash' {
        ('zzzz', 'ab', "$($file.Hash)" | Find-DataVersion -ErrorAction SilentlyContinue -ErrorVariable problems).Path | Should -Be model.bin
        $problems | Should -HaveCount 2
        Confirm-ErrorRecord $problems[0] HashInvalid
        { Find-DataVersion zz -ErrorAction Stop } | Should -Throw -ErrorId 'HashInvalid,*'
    }

    It 'works on another repository and stops cleanly' {
        Push-Location $TestDrive
        try { Find-DataVersion (Get-DataFile "$repo/data/images/img[1].png" -Repository $repo).Hash -Repository $repo | Select-Object -First 1 | Should -HaveCount 1 } finally { Pop-Location }
    }
}
