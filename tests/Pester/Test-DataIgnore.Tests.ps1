BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Test-DataIgnore' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
        Write-TestFile .dvcignore "*.log`n!keep.log`ntmp/`n"
        'data/run.log', 'data/keep.log', 'data/a.csv', 'tmp/x', 'data/x[1].log' | ForEach-Object { Write-TestFile $_ $_ }
    }
    AfterAll { Pop-Location }

    It 'names the rule that decides' {
        $result = Test-DataIgnore data/run.log
        $result | Should -BeOfType ([DataVersion.DataIgnoreResult])
        $result.Path, $result.IsIgnored, $result.Pattern, $result.File, $result.Line | Should -Be 'data/run.log', $true, '*.log', '.dvcignore', 1
        (Test-DataIgnore data/keep.log).IsIgnored | Should -BeFalse
        (Test-DataIgnore data/keep.log).Pattern | Should -Be '!keep.log'
        (Test-DataIgnore tmp/x).Pattern | Should -Be 'tmp/'
        Get-Table $result | Should -Match '(?m)^Ignored +Rule +From +Path\s*\n[- ]+\nTrue +\*\.log +\.dvcignore:1 +data/run.log'
    }

    It 'writes all rules with -All, and paths without a rule with -IncludeUnmatched' {
        (Test-DataIgnore data/keep.log -All).Pattern | Should -Be '*.log', '!keep.log'
        Test-DataIgnore data/a.csv | Should -BeNullOrEmpty
        $none = Test-DataIgnore data/a.csv, nowhere.txt -IncludeUnmatched
        $none.Path | Should -Be data/a.csv, nowhere.txt
        $none | Where-Object Pattern | Should -BeNullOrEmpty
    }

    It 'takes objects, wildcards and literal names, from anywhere' {
        (Get-ChildItem data -Recurse | Test-DataIgnore | Where-Object IsIgnored).Path | Sort-Object | Should -Be data/run.log, 'data/x[1].log'
        (Test-DataIgnore data/*.log).Path | Should -HaveCount 3
        (Test-DataIgnore -LiteralPath 'data/x[1].log').Path | Should -Be 'data/x[1].log'
        ('data/run.log' | Test-DataIgnore).IsIgnored | Should -BeTrue
        Push-Location data
        try { (Test-DataIgnore run.log).Path | Should -Be data/run.log } finally { Pop-Location }
        Push-Location $TestDrive
        try { (Test-DataIgnore "$repo/data/run.log" -Repository $repo).IsIgnored | Should -BeTrue } finally { Pop-Location }
    }

    It 'goes on after a wildcard that matches nothing' {
        (Test-DataIgnore *.nothing, data/run.log -ErrorAction SilentlyContinue -ErrorVariable problem).Path | Should -Be data/run.log
        Confirm-ErrorRecord $problem PathNotFound
    }

    It 'stops cleanly' {
        Get-ChildItem data -Recurse | Test-DataIgnore | Select-Object -First 1 | Should -HaveCount 1
    }
}
