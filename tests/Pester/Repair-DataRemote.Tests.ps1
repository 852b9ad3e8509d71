BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Repair-DataRemote' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
        $null = Sync-DataRemote -Direction Push
        $hash = "$((Get-DataFile model.bin).Hash)"
        $object = Join-Path (Get-DataRemote).Url files md5 $hash.Substring(0, 2) $hash.Substring(2)
        Remove-Item -LiteralPath $object -Force
    }
    AfterEach { Pop-Location }

    It 'stores what is missing, and says where it came from' {
        $planned = Repair-DataRemote -WhatIf
        $planned.Outcome, $planned.Path | Should -Be 'Planned', 'model.bin'
        Test-Path -LiteralPath $object | Should -BeFalse
        $result = Repair-DataRemote
        $result | Should -BeOfType ([DataVersion.TransferResult])
        $result.Outcome, $result.Path | Should -Be 'Transferred', 'model.bin'
        $result.Reason | Should -Match 'cache'
        Test-Path -LiteralPath $object | Should -BeTrue
        Repair-DataRemote | Should -BeNullOrEmpty
    }

    It 'names what is lost, and the revisions that need it' {
        Remove-Item -LiteralPath (Get-ObjectPath (Get-DataFile model.bin).Hash), model.bin -Force
        $result = Repair-DataRemote -ErrorVariable problems -ErrorAction SilentlyContinue
        $result.Outcome | Should -Be Missing
        $problems[0].FullyQualifiedErrorId | Should -Match '^ObjectMissing'
        "$($problems[0])" | Should -Match "lost.*$((git rev-parse HEAD).Substring(0, 9))"
    }
}
