BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Lock-Stage' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
        Write-TestFile dvc.yaml "stages:`n  # one`n  a:`n    cmd: x   # run`n    outs:`n    - a.txt`n`n  b:`n    cmd: y`n  each:`n    foreach: [1, 2]`n    do:`n      cmd: echo `${item}`n"
        Write-TestFile a.txt 'a'
        Add-Content .gitignore '/a.txt'
    }
    AfterEach { Pop-Location }

    It 'freezes stages and data and changes no other line' {
        $before = Read-TestFile dvc.yaml
        Lock-Stage b | Should -BeNullOrEmpty
        (Lock-Stage a, model.bin.dvc -PassThru).IsFrozen | Should -Be $true, $true
        Read-TestFile dvc.yaml | Should -BeExactly $before.Replace("    - a.txt`n", "    - a.txt`n    frozen: true`n").Replace("    cmd: y`n", "    cmd: y`n    frozen: true`n")
        Get-Content model.bin.dvc | Should -Contain 'frozen: true'
    }

    It 'refuses what is made of templates and does the rest' {
        Lock-Stage each, b -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.Count | Should -Be 2
        Confirm-ErrorRecord $problems[0] StageTemplated
        (Get-Stage b).IsFrozen | Should -BeTrue
    }

    It 'changes nothing with -WhatIf' {
        Confirm-WhatIf { Lock-Stage a -WhatIf } 'Freeze.*a'
    }
}
