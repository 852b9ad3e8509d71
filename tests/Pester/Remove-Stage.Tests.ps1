BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Remove-Stage' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
        Write-TestFile dvc.yaml "stages:`n  # one`n  a:`n    cmd: x   # run`n    outs:`n    - a.txt`n`n  b:`n    cmd: y`n  each:`n    foreach: [1, 2]`n    do:`n      cmd: echo `${item}`n"
        Write-TestFile a.txt 'a'
        Add-Content .gitignore '/a.txt'
    }
    AfterEach { Pop-Location }

    It 'removes a stage, keeps what it made, and no other line changes' {
        Remove-Stage a | Should -BeNullOrEmpty
        Read-TestFile dvc.yaml | Should -BeExactly "stages:`n  # one`n`n  b:`n    cmd: y`n  each:`n    foreach: [1, 2]`n    do:`n      cmd: echo `${item}`n"
        Read-TestFile a.txt | Should -BeExactly a
        Get-Content .gitignore | Should -Not -Contain '/a.txt'
    }

    It 'goes on after what it cannot remove' {
        Get-Stage | Remove-Stage -PassThru -ErrorAction SilentlyContinue -ErrorVariable problems | ForEach-Object Target | Should -Be a, b
        $problems.Count | Should -Be 2
        Confirm-ErrorRecord $problems[0] StageTemplated
        Remove-Stage model.bin.dvc -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem ArgumentInvalid
    }

    It 'keeps data that is in no cache unless -Force is given' {
        Remove-Stage a -DeleteData -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem UnsavedData
        Read-TestFile a.txt | Should -BeExactly a
        Remove-Stage a -DeleteData -Force
        Test-Path a.txt | Should -BeFalse
    }

    It 'changes nothing with -WhatIf' {
        Confirm-WhatIf { Remove-Stage a -WhatIf } 'Remove the stage.*a'
    }
}
