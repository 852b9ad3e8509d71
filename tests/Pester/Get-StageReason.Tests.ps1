BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Get-StageReason' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
        Write-TestFile params.yaml "lr: 0.5`nlayers: [1, 2]`n"
        Write-TestFile dvc.yaml "stages:`n  first:`n    cmd: sort notes.txt > one.txt`n    deps: [notes.txt]`n    outs: [one.txt]`n  last:`n    cmd: cat one.txt > two.txt`n    deps: [one.txt]`n    params: [lr, layers]`n    outs: [two.txt]`n"
        Write-TestFile sub/dvc.yaml "stages:`n  below:`n    cmd: echo 1 > x`n    outs: [x]`n"
        Invoke-Stage -All -Quiet | Out-Null
    }
    AfterEach { Pop-Location }

    It 'says nothing of what is up to date, and changes nothing' {
        $before = Get-Snapshot
        Get-StageReason | Should -BeNullOrEmpty
        Get-Stage | ForEach-Object State | Should -Be UpToDate, UpToDate
        Write-TestFile params.yaml "lr: 0.05`nlayers: [1, 2]`n"
        $before = Get-Snapshot
        Get-StageReason | Should -HaveCount 1
        (Get-Stage).State | Should -Be UpToDate, Changed
        Get-Snapshot | Should -BeExactly $before
    }

    It 'gives the old and the new value of a parameter' {
        Write-TestFile params.yaml "lr: 0.05`nlayers: [1]`n"
        $reasons = Get-StageReason
        $reasons | Should -BeOfType ([DataVersion.StageReason])
        $reasons.Kind | Should -Be ParameterModified, ParameterModified
        $lr = $reasons | Where-Object Name -eq lr
        $lr.Path | Should -BeExactly params.yaml
        $lr.OldValue | Should -Be 0.5
        $lr.NewValue | Should -Be 0.05
        "$lr" | Should -BeExactly "parameter 'lr' in 'params.yaml' changed: 0.5 -> 0.05"
        ($reasons | Where-Object Name -eq layers).Change | Should -BeExactly '[1, 2] -> [1]'
        Get-Table $reasons | Should -Match '(?m)^Stage +Kind +What'
        Get-Table $reasons | Should -Match '(?m)^last +ParameterModified +params\.yaml:lr: 0\.5 -> 0\.05'
    }

    It 'names every other cause' {
        $old = (Get-Stage first).Dependencies.Hash.Hex
        Write-TestFile notes.txt 'other notes'
        Remove-Item two.txt
        Write-TestFile sub/dvc.yaml "stages:`n  below:`n    cmd: echo 2 > x`n    outs: [x]`n"
        $reasons = Get-StageReason
        $reasons | ForEach-Object { "$($_.Target): $_" } | Sort-Object | Should -BeExactly @(
            "first: dependency 'notes.txt' changed", "last: 'first' runs before it", "last: output 'two.txt' is missing", 'sub/dvc.yaml:below: its command changed')
        $changed = $reasons | Where-Object Kind -eq DependencyModified
        $changed.OldValue.Hex | Should -BeExactly $old
        $changed.NewValue.Hex | Should -BeExactly (Get-FileHash notes.txt -Algorithm MD5).Hash.ToLower()
        ($reasons | Where-Object Kind -eq CommandChanged).Change | Should -BeExactly 'echo 1 > x -> echo 2 > x'
    }

    It 'takes names, wildcards, folders and objects' {
        Write-TestFile notes.txt 'other notes'
        Remove-Item sub/x
        Get-StageReason 'la*' | ForEach-Object Target | Should -Be first, last
        Get-StageReason last -SingleItem | Should -BeNullOrEmpty
        Get-Stage first | Get-StageReason | ForEach-Object Target | Should -Be first
        # Of several objects too: a name that arrays have as a member of their own would not do.
        (Get-Stage).Target | Should -Contain last
        Get-DataFile two.txt | Get-StageReason | ForEach-Object Target | Should -Contain last
        (Get-StageReason sub -Recurse).Kind | Should -Be OutputMissing
        Get-StageReason sub -Recurse -AllowMissing | Should -HaveCount 0
        Get-Completion 'Get-StageReason fi' | Should -Contain first
        Get-Stage | Where-Object Name -eq nothing | Get-StageReason | Should -BeNullOrEmpty
    }

    It 'reports what it cannot find and goes on' {
        Write-TestFile notes.txt 'other notes'
        $reasons = Get-StageReason frist, first -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem StageNotFound
        "$problem" | Should -BeLike "*Did you mean 'first'*"
        $reasons.Target | Should -Be first
        { Get-StageReason frist -ErrorAction Stop } | Should -Throw -ErrorId 'StageNotFound*'
        Write-TestFile dvc.yaml "stages:`n  a:`n    cmd: x`n    params: [gone]`n    outs: [o]`n"
        Get-StageReason a -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        Confirm-ErrorRecord $problem DependencyMissing
        "$problem" | Should -BeLike "*'gone'*missing from 'params.yaml'*"
        Write-TestFile dvc.yaml "stages:`n  a:`n    cmd: x`n    deps: [a]`n    outs: [a]`n"
        { Get-StageReason } | Should -Throw -ErrorId 'StageCycle*'
    }
}
