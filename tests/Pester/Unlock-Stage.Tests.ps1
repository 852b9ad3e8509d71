BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Unlock-Stage' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
        Write-TestFile dvc.yaml "stages:`n  # one`n  a:`n    cmd: x   # run`n    outs:`n    - a.txt`n`n  b:`n    cmd: y`n  each:`n    foreach: [1, 2]`n    do:`n      cmd: echo `${item}`n"
        Write-TestFile a.txt 'a'
        Add-Content .gitignore '/a.txt'
    }
    AfterEach { Pop-Location }

    It 'leaves no trace of what was frozen' {
        $before = Read-TestFile dvc.yaml
        Lock-Stage a, b, model.bin.dvc
        Unlock-Stage b | Should -BeNullOrEmpty
        (Get-Stage -Recurse | Where-Object IsFrozen | Unlock-Stage -PassThru).IsFrozen | Should -Be $false, $false
        Read-TestFile dvc.yaml | Should -BeExactly $before
        Get-Content model.bin.dvc | Should -Not -Contain 'frozen: true'
    }

    It 'changes nothing with -WhatIf' {
        Lock-Stage a
        Confirm-WhatIf { Unlock-Stage a -WhatIf } 'Thaw.*a'
    }
}
