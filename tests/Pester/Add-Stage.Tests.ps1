BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Add-Stage' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterEach { Pop-Location }

    It 'writes a stage as DVC writes it, ignores its output, and says nothing' {
        Add-Stage train 'sort notes.txt > out.txt' -Dependency notes.txt, data -Parameter lr, 'p.json:b,a' -Output out.txt -MetricNoCache m.json | Should -BeNullOrEmpty
        Read-TestFile dvc.yaml | Should -BeExactly "stages:`n  train:`n    cmd: sort notes.txt > out.txt`n    deps:`n    - data`n    - notes.txt`n    params:`n    - lr`n    - p.json:`n      - a`n      - b`n    outs:`n    - out.txt`n    metrics:`n    - m.json:`n        cache: false`n"
        Get-Content .gitignore | Should -Contain '/out.txt'
    }

    It 'keeps every line that a person wrote' {
        Write-TestFile dvc.yaml "# ours`nstages:`n    a:   # first`n        cmd: 'x'`n`n# end`n"
        Add-Stage b 'echo 1', 'echo 2' -Output b.txt
        Read-TestFile dvc.yaml | Should -BeExactly "# ours`nstages:`n    a:   # first`n        cmd: 'x'`n    b:`n      cmd:`n      - echo 1`n      - echo 2`n      outs:`n      - b.txt`n`n# end`n"
    }

    It 'works in the folder it is called in, and gives the stage with -PassThru' {
        Push-Location data
        try { $stage = Add-Stage here 'x' -Dependency ../notes.txt -Output o -PassThru } finally { Pop-Location }
        $stage | Should -BeOfType ([DataVersion.Stage])
        $stage.Target | Should -BeExactly 'data/dvc.yaml:here'
        $stage.WorkingDirectory | Should -BeExactly data
        $stage.Dependencies.Path | Should -BeExactly notes.txt
        Test-Path data/dvc.yaml | Should -BeTrue
    }

    It 'does not replace a stage without -Force' {
        Add-Stage a 'one'
        { Add-Stage a 'two' } | Should -Throw -ErrorId 'StageExists*'
        Add-Stage a 'two' -Force
        Read-TestFile dvc.yaml | Should -BeExactly "stages:`n  a:`n    cmd: two`n"
    }

    It 'completes paths and parameters as they are written' {
        Write-TestFile params.yaml "lr: 1`nnet: {depth: 2}`n"
        Write-TestFile other.json '{"size": 3}'
        Get-Completion 'Add-Stage a x -Dependency no' | Should -BeExactly notes.txt
        Get-Completion 'Add-Stage a x -Dependency notes.txt, data/im' | Should -Contain data/images
        Get-Completion 'Add-Stage a x -WorkingDirectory data -Dependency im' | Should -Contain images
        Get-Completion 'Add-Stage a x -Parameter ' | Should -BeExactly lr, net, net.depth
        Get-Completion 'Add-Stage a x -Parameter other.json:s' | Should -BeExactly other.json:size
    }

    It 'refuses a circle before anything is written' {
        Add-Stage a 'x' -Dependency one -Output two
        $before = Get-Snapshot
        { Add-Stage b 'x' -Dependency two -Output one } | Should -Throw -ErrorId 'StageCycle*'
        Get-Snapshot | Should -BeExactly $before
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Add-Stage a 'x' -Output o -WhatIf } 'Add the stage.*a'
    }
}
