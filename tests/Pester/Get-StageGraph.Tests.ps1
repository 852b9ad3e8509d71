BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Get-StageGraph' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
        Add-Stage first 'x' -Dependency data/images -Output one
        Add-Stage last 'y' -Dependency one -Description 'the last'
        Push-Location data
        try { Add-Stage below 'z' -Dependency ../one -Output o } finally { Pop-Location }
    }
    AfterEach { Pop-Location }

    It 'shows the graph' {
        $nodes = Get-StageGraph
        $nodes | Should -BeOfType ([DataVersion.StageNode])
        ($nodes | Where-Object Target -eq last).DependsOn | Should -Be first
        ($nodes | Where-Object Target -eq data/images.dvc).UsedBy | Should -Be first
        (Get-StageGraph last -Output).Path | Should -Be data/images, one
        Get-StageGraph first -As Tree | Should -Be '● data/images.dvc', '○ first'
        Get-StageGraph first -Downstream -As Mermaid | Should -BeExactly "flowchart TD`n`tnode1[`"data/dvc.yaml:below`"]`n`tnode2[`"first`"]`n`tnode3[`"last`"]`n`tnode2-->node1`n`tnode2-->node3"
        Get-Table $nodes | Should -Match '(?m)^Level +Kind +Node +DependsOn'
    }

    It 'draws what DVC draws' -Skip:(-not (Get-Command dvc -ErrorAction Ignore)) {
        $env:DVC_NO_ANALYTICS = 1
        $lines = (Get-StageGraph -As Dot) -split "`n" | Sort-Object
        $lines | Should -Be (dvc dag --dot | Where-Object { $_ } | Sort-Object)
    }
}
