BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Get-Stage' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
        Add-Stage first 'x' -Dependency data/images -Output one
        Add-Stage last 'y' -Dependency one -Description 'the last'
        Push-Location data
        try { Add-Stage below 'z' -Dependency ../one -Output o } finally { Pop-Location }
    }
    AfterEach { Pop-Location }

    It 'lists the stages here, or everything below' {
        Get-Stage | ForEach-Object Target | Should -Be first, last
        Get-Stage -Recurse | ForEach-Object Target | Sort-Object | Should -Be (@('data/dvc.yaml:below', 'data/images.dvc', 'first', 'last', 'model.bin.dvc') | Sort-Object)
        Push-Location data
        try { (Get-Stage).Name | Should -Be below; (Get-Stage ../dvc.yaml:first).Target | Should -Be first } finally { Pop-Location }
        Get-Table (Get-Stage) | Should -Match '(?m)^State +Frozen +Stage +Outputs +Command'
    }

    It 'finds stages by wildcards, outputs and objects' {
        (Get-Stage 'f*', one).Target | Should -Be first
        Get-Stage first, last | Get-Stage | ForEach-Object Target | Should -Be first, last
        (Get-StageGraph | Get-Stage).Count | Should -Be 5
        (Get-Stage 'data/*:b*').Target | Should -Be 'data/dvc.yaml:below'
        Get-Stage frist -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem StageNotFound
        "$problem" | Should -BeLike "*Did you mean 'first'*"
    }

    It 'completes names' {
        Get-Completion 'Get-Stage fi' | Should -Contain first
        Get-Completion 'Remove-Stage data/' | Should -Contain data/dvc.yaml:below
    }
}
