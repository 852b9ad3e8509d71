BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Remove-DataFile' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterEach { Pop-Location }

    It 'stops tracking and keeps the data, and says nothing' {
        Remove-DataFile model.bin | Should -BeNullOrEmpty
        Test-Path model.bin, model.bin.dvc | Should -Be $true, $false
        Get-Content .gitignore -ErrorAction SilentlyContinue | Should -Not -Contain '/model.bin'
        (Get-DataFile).Path | Should -Be data/images
    }

    It 'deletes the data with -DeleteData, writes it with -PassThru' {
        $removed = Remove-DataFile data/images.dvc, model.bin -DeleteData -PassThru
        $removed | Should -BeOfType ([DataVersion.DataFile])
        $removed.Path | Sort-Object | Should -Be data/images, model.bin
        ($removed | Where-Object Kind -eq File).Size | Should -Be 17
        Test-Path model.bin, data/images | Should -Be $false, $false
        Test-Path (Get-ObjectPath ($removed | Where-Object Kind -eq File).Hash) | Should -BeTrue
        Get-Table $removed | Should -Match '(?m)^State +Kind +Link +Size +Files +Hash +Path'
    }

    It 'keeps data that is in no cache, unless -Force is given' {
        Write-TestFile model.bin 'unsaved'
        Remove-DataFile model.bin -DeleteData -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem UnsavedData
        Read-TestFile model.bin | Should -BeExactly 'unsaved'
        if (-not (Test-Path model.bin.dvc)) { git checkout --quiet model.bin.dvc }
        Remove-DataFile model.bin -DeleteData -Force
        Test-Path model.bin | Should -BeFalse
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Remove-DataFile model.bin, data/images -DeleteData -WhatIf } 'Stop tracking and delete the data.*model.bin'
    }

    It 'takes objects and wildcards, and goes on after what is not tracked' {
        Write-TestFile 'x[1].bin' 'x'
        Add-DataFile -LiteralPath 'x[1].bin' | Out-Null
        Remove-DataFile notes.txt, ../outside, model.* -ErrorAction SilentlyContinue -ErrorVariable problems
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*notes.txt') PathNotTracked
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*outside') PathOutsideRepository
        (Get-DataFile).Path | Should -Be data/images, 'x[1].bin'
        Get-DataFile | Remove-DataFile
        Get-DataFile | Should -BeNullOrEmpty
    }

    It 'works from a folder below and on another repository' {
        Push-Location data
        try { Remove-DataFile images } finally { Pop-Location }
        Test-Path data/images.dvc | Should -BeFalse
        Push-Location $TestDrive
        try { Remove-DataFile -LiteralPath "$repo/model.bin" -Repository $repo } finally { Pop-Location }
        Test-Path model.bin.dvc | Should -BeFalse
    }

    It 'completes tracked paths' {
        Get-Completion 'Remove-DataFile mo' | Should -Contain model.bin
    }
}
