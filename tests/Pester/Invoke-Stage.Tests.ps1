BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Invoke-Stage' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
        Write-TestFile params.yaml "lr: 1`n"
        Write-TestFile dvc.yaml "stages:`n  first:`n    cmd: sort notes.txt > one.txt`n    deps: [notes.txt]`n    outs: [one.txt]`n  last:`n    cmd: echo trained; cat one.txt > two.txt`n    deps: [one.txt]`n    params: [lr]`n    outs: [two.txt]`n  alone:`n    cmd: echo alone; echo 3 > three.txt`n    outs: [three.txt]`n"
        Write-TestFile sub/dvc.yaml "stages:`n  below:`n    cmd: cat ../two.txt > four.txt`n    deps: [../two.txt]`n    outs: [four.txt]`n"
    }
    AfterEach { Pop-Location }

    It 'runs everything once, and then only what changed' {
        $results = Invoke-Stage -Quiet
        $results | Should -BeOfType ([DataVersion.StageResult])
        $results | ForEach-Object { "$_" } | Should -BeExactly 'first: Ran', 'last: Ran', 'alone: Ran'
        Get-Table $results | Should -Match '(?m)^Outcome +Duration +Exit +Stage +Why'
        (Invoke-Stage -Quiet).Outcome | Should -Be Unchanged, Unchanged, Unchanged
        Write-TestFile params.yaml "lr: 2`n"
        Invoke-Stage -Quiet | ForEach-Object { "$_" } | Should -BeExactly 'first: Unchanged', 'last: Ran', 'alone: Unchanged'
        Write-TestFile params.yaml "lr: 1`n"
        Invoke-Stage -Quiet | ForEach-Object { "$_" } | Should -BeExactly 'first: Unchanged', 'last: Restored', 'alone: Unchanged'
    }

    It 'says on the result what happened' {
        $result = Invoke-Stage last -Quiet | Select-Object -Last 1
        $result.Target | Should -BeExactly last
        $result.Reasons.Kind | Should -Contain NeverRun
        $result.ExitCode | Should -Be 0
        $result.Log | Should -Be trained
        Get-Content $result.LogPath | Should -Be trained
        $result.Outputs.Path | Should -BeExactly two.txt
        $result.Outputs.Hash.Hex | Should -BeExactly (Get-FileHash two.txt -Algorithm MD5).Hash.ToLower()
        $result.Duration | Should -BeGreaterThan ([timespan]::Zero)
    }

    It 'takes names, wildcards, outputs and objects' {
        Invoke-Stage 'fir*' -Quiet | ForEach-Object Target | Should -Be first
        Invoke-Stage two.txt -Quiet | ForEach-Object Target | Should -Be first, last
        Get-Stage alone, first | Invoke-Stage -Quiet | ForEach-Object Target | Sort-Object | Should -Be alone, first
        Write-TestFile notes.txt 'other'
        Get-StageReason last | Invoke-Stage -Quiet | ForEach-Object { "$_" } | Should -BeExactly 'first: Ran', 'last: Ran'
        # Nothing in the pipeline is not everything.
        Get-Stage | Where-Object Name -eq nothing | Invoke-Stage -Quiet | Should -BeNullOrEmpty
    }

    It 'takes the stages here, of a folder, or all' {
        Invoke-Stage -Quiet | ForEach-Object Target | Should -Be first, last, alone
        Invoke-Stage -All -Quiet | ForEach-Object Target | Should -Contain 'sub/dvc.yaml:below'
        Invoke-Stage sub -Recurse -Quiet | ForEach-Object Target | Should -Be first, last, 'sub/dvc.yaml:below'
        Invoke-Stage -SingleItem sub/dvc.yaml:below -Quiet | ForEach-Object Target | Should -Be 'sub/dvc.yaml:below'
        Invoke-Stage last -Downstream -Quiet | ForEach-Object Target | Should -Be last, 'sub/dvc.yaml:below'
        Push-Location sub
        try { (Invoke-Stage below -SingleItem -Force -Quiet).Outcome | Should -Be Ran } finally { Pop-Location }
    }

    It 'completes names' {
        Get-Completion 'Invoke-Stage fi' | Should -Contain first
        Get-Completion 'Invoke-Stage first, la' | Should -Contain last
    }

    It 'changes nothing with -WhatIf and says what it would do, and why' {
        Confirm-WhatIf { Invoke-Stage -WhatIf } 'Run \(it was never run\): sort notes\.txt.*first'
        Invoke-Stage -Quiet | Out-Null
        Write-TestFile params.yaml "lr: 2`n"
        Confirm-WhatIf { Invoke-Stage -WhatIf } "Run \(parameter 'lr' in 'params\.yaml' changed: 1 -> 2\).*last"
        Get-Screen { Invoke-Stage -WhatIf } | Should -Not -Match 'first'
    }

    It 'keeps what a person put in the place of an output, and says where' {
        Invoke-Stage -Quiet | Out-Null
        Write-TestFile two.txt 'made by hand'
        Write-TestFile params.yaml "lr: 2`n"
        Invoke-Stage last -Quiet -WarningVariable warning -WarningAction SilentlyContinue | Select-Object -Last 1 | ForEach-Object { "$_" } | Should -BeExactly 'last: Ran'
        "$warning" -match "'two\.txt'.*in '([^']+)'" | Should -BeTrue
        Read-TestFile $Matches[1] | Should -BeExactly 'made by hand'
    }

    It 'tells what became of a run that was killed' {
        $record = "cmd: sort notes.txt > one.txt`ndeps:`n- path: notes.txt`n  hash: md5`n  md5: $((Get-FileHash notes.txt -Algorithm MD5).Hash.ToLower())`n"
        $line = @{ event = 'done'; file = 'dvc.yaml'; stage = 'first'; record = $record } | ConvertTo-Json -Compress
        Write-TestFile .dvc/tmp/dataversion/journal/20260101T000000000-1.jsonl "$line`n"
        Invoke-Stage alone -Quiet -Verbose 4>&1 | Out-String | Should -Match "1 stage\(s\) that a killed run had finished were recorded in 'dvc.lock'"
        Read-TestFile dvc.lock | Should -Match '(?m)^  first:'
        # What cannot be recorded is said, and stays.
        Write-TestFile .dvc/tmp/dataversion/journal/20260101T000000000-1.jsonl "$line`n"
        Write-TestFile dvc.lock 'schema: ['
        try { Invoke-Stage alone -Quiet -WarningAction SilentlyContinue -WarningVariable warning } catch { $problem = $_ }
        Confirm-ErrorRecord $problem MetadataInvalid
        "$warning" | Should -BeLike '*could not be recorded, it stays in*jsonl*dvc.lock*line 2*'
        Get-ChildItem .dvc/tmp/dataversion/journal -Filter *.jsonl | Should -HaveCount 1
    }

    It 'shows a command of several lines in one' {
        Write-TestFile dvc.yaml "stages:`n  a:`n    cmd: |`n      echo 1`n      echo 2`n    outs: [a.txt]`n"
        Get-Screen { Invoke-Stage -WhatIf } | Should -Match 'echo 1 ; echo 2"'
        Get-Table (Get-Stage) | Should -Match 'echo 1; echo 2\s'
    }

    It 'asks with -Confirm' {
        # Nobody answers here, so the question is an error, and nothing runs.
        { Invoke-Stage alone -Confirm } | Should -Throw
        Test-Path three.txt | Should -BeFalse
        (Invoke-Stage alone -Quiet -Confirm:$false).Outcome | Should -Be Ran
    }

    It 'shows what commands write on the information stream' {
        $shown = Invoke-Stage last 6>&1 | Where-Object { $_ -is [Management.Automation.InformationRecord] } | Out-String
        $shown | Should -Match "Running stage 'last'"
        $shown | Should -Match '(?m)^trained'
        Invoke-Stage last -Force -Quiet 6>&1 | Should -BeOfType ([DataVersion.StageResult])
        Invoke-Stage last -Force 6>$null | Should -HaveCount 2
    }

    It 'says whose output it is when several run' {
        $shown = Invoke-Stage -ThrottleLimit 4 6>&1 | Out-String
        $shown | Should -Match '(?m)^\[last\] trained'
        $shown | Should -Match '(?m)^\[alone\] alone'
        { Invoke-Stage -ThrottleLimit 0 } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
    }

    It 'writes the same with several at a time' {
        Invoke-Stage -All -Quiet | Out-Null
        $serial = Read-TestFile dvc.lock
        Remove-Item dvc.lock, sub/dvc.lock, .dvc/cache/runs -Recurse
        Invoke-Stage -All -ThrottleLimit 4 -Quiet | Out-Null
        Read-TestFile dvc.lock | Should -BeExactly $serial
    }

    It 'reports a command that fails, and goes on with -KeepGoing' {
        Write-TestFile dvc.yaml ((Read-TestFile dvc.yaml) -replace 'sort notes.txt > one.txt', 'echo no such luck; exit 3')
        $results = Invoke-Stage -Quiet -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem StageFailed
        "$problem" | Should -BeLike "*'first' failed: 'echo no such luck; exit 3' ended with exit code 3.*no such luck*"
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*first.log*'
        $problem[0].TargetObject | Should -BeExactly first
        $results | ForEach-Object { "$_" } | Should -BeExactly 'first: Failed'
        $results.ExitCode | Should -Be 3
        $results = Invoke-Stage -Quiet -KeepGoing -ErrorAction SilentlyContinue -ErrorVariable problems
        $results | ForEach-Object { "$_" } | Should -BeExactly 'first: Failed', 'last: Skipped', 'alone: Ran'
        $problems.FullyQualifiedErrorId | Should -BeExactly 'StageFailed,DataVersion.Cmdlets.InvokeStageCommand', 'StageSkipped,DataVersion.Cmdlets.InvokeStageCommand'
    }

    It 'stops at an error with -ErrorAction Stop and keeps what was finished' {
        Write-TestFile dvc.yaml ((Read-TestFile dvc.yaml) -replace 'echo trained;.*', 'exit 1')
        { Invoke-Stage -Quiet -KeepGoing -ErrorAction Stop } | Should -Throw -ErrorId 'StageFailed*'
        Read-TestFile dvc.lock | Should -Match '(?m)^  first:'
        (Invoke-Stage first -Quiet).Outcome | Should -Be Unchanged
    }

    It 'ends when nobody wants more results, and records those that were' {
        Invoke-Stage -Quiet | Select-Object -First 1 | ForEach-Object Target | Should -BeExactly first
        Read-TestFile dvc.lock | Should -Match '(?m)^  first:'
        Get-ChildItem .dvc/tmp/dataversion/journal -ErrorAction Ignore | Should -BeNullOrEmpty
        Invoke-Stage -Quiet | Select-Object -First 1 | ForEach-Object { "$_" } | Should -BeExactly 'first: Unchanged'
    }

    It 'refuses what cannot be meant' {
        Invoke-Stage frist -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem StageNotFound
        "$problem" | Should -BeLike "*Did you mean 'first'*"
        Invoke-Stage sub -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem StageNotFound
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Recurse*'
        { Invoke-Stage first -All } | Should -Throw -ErrorId 'ArgumentInvalid*'
        { Invoke-Stage first -SingleItem -Downstream } | Should -Throw -ErrorId 'ArgumentInvalid*'
        Push-Location data
        try { { Invoke-Stage } | Should -Throw -ErrorId 'StageNotFound*' } finally { Pop-Location }
        Test-Path one.txt | Should -BeFalse
    }

    It 'says where dvc.yaml is wrong' {
        $good = Read-TestFile dvc.yaml
        Write-TestFile dvc.yaml ($good -replace 'cmd: sort', 'command: sort')
        { Invoke-Stage } | Should -Throw "*'dvc.yaml', line 3, column 5: the key 'command' is not known*" -ErrorId 'MetadataInvalid*'
        Write-TestFile dvc.yaml ($good -replace '\[one.txt\]', '[${name}.txt]')
        { Invoke-Stage } | Should -Throw -ErrorId 'MetadataInvalid*'
        $Error[0].ErrorDetails.RecommendedAction | Should -BeLike "*['`${item}.bin']*"
        Write-TestFile dvc.yaml ($good -replace 'notes.txt\]', 'two.txt]')
        { Invoke-Stage } | Should -Throw "*'first' ('dvc.yaml' line 2) reads 'two.txt'*" -ErrorId 'StageCycle*'
        Write-TestFile dvc.yaml ($good -replace 'notes.txt\]', 'nots.txt]')
        Invoke-Stage first -Quiet -ErrorAction SilentlyContinue -ErrorVariable problem | ForEach-Object { "$_" } | Should -BeExactly 'first: Failed'
        Confirm-ErrorRecord $problem DependencyMissing
        Write-TestFile dvc.yaml ($good -replace 'outs: \[one.txt\]', 'outs: [nothing.txt]')
        Invoke-Stage first -Quiet -ErrorAction SilentlyContinue -ErrorVariable problem | Out-Null
        Confirm-ErrorRecord $problem OutputMissing
    }
}
