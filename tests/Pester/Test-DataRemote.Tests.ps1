BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Test-DataRemote' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterEach { Pop-Location }

    It 'tells what works, without a trace' {
        $null = Sync-DataRemote -Direction Push
        $verdicts = Test-DataRemote
        $verdicts | Should -BeOfType ([DataVersion.RemoteVerdict])
        $verdicts.Check | Should -Be 'Reachable', 'Credentials', 'Readable', 'Writable', 'Clock'
        ($verdicts | Where-Object Check -in Reachable, Readable, Writable).Verdict | Select-Object -Unique | Should -Be Good
        Get-ChildItem (Get-DataRemote).Url -Filter dataversion-test* -Recurse | Should -BeNullOrEmpty
        Get-Table $verdicts | Should -Match "Writable +.*Good"
        Test-DataRemote -Quiet | Should -BeTrue
    }

    It 'finds what is missing and what is wrong, although the manifest of the folder is there' {
        $null = Sync-DataRemote -Direction Push
        $hash = "$((Get-DataFile data/images -Recurse | Where-Object Path -like *new.png).Hash)"
        $object = Join-Path (Get-DataRemote).Url files md5 $hash.Substring(0, 2) $hash.Substring(2)
        Remove-Item -LiteralPath $object -Force
        $verdict = Test-DataRemote -Deep | Where-Object Check -eq Object
        $verdict.Verdict, $verdict.Path, "$($verdict.Hash)" | Should -Be 'Missing', 'data/images/new.png', $hash
        Test-DataRemote -Deep -Quiet | Should -BeFalse
        $null = Repair-DataRemote
        Test-DataRemote -Deep -Quiet | Should -BeTrue
        (Test-DataRemote -Deep -IncludeGood | Where-Object Check -eq Object).Evidence | Select-Object -Unique | Should -Be Download
    }

    It 'says of a remote that is not there that it cannot be read' {
        $verdict = Test-DataRemote -ReadOnly | Where-Object Check -eq Readable
        $verdict.Verdict | Should -Be Failed
        $verdict.Detail | Should -Match 'does not exist'
    }

    It 'takes remotes from the pipeline' {
        Add-DataRemote second (Join-Path $TestDrive second) | Out-Null
        (Get-DataRemote | Test-DataRemote -ReadOnly).Remote | Select-Object -Unique | Should -Be 'store', 'second'
        { Test-DataRemote nowhere -ErrorAction Stop } | Should -Throw -ErrorId 'RemoteNotFound,*'
    }
}
