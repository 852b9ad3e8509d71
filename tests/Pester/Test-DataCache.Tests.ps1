BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Test-DataCache' {
    BeforeEach {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterEach { Pop-Location }

    It 'says nothing when all is well, or everything with -IncludeGood' {
        Test-DataCache | Should -BeNullOrEmpty
        $all = Test-DataCache -IncludeGood
        $all.Count | Should -Be (Get-DataCache).ObjectCount
        $all.Verdict | Select-Object -Unique | Should -Be Good
        Test-DataCache -IncludeGood | Select-Object -First 1 | Should -HaveCount 1
    }

    It 'puts a damaged object into the quarantine and names who needs it' {
        $hash = (Get-DataFile model.bin).Hash
        Break-Object $hash
        $verdict = Test-DataCache
        $verdict | Should -BeOfType ([DataVersion.CacheVerdict])
        $verdict.Verdict, $verdict.Hash, $verdict.UsedBy | Should -Be 'Corrupt', $hash, 'model.bin'
        $verdict.ActualHash | Should -Not -Be $hash
        Test-Path -LiteralPath $verdict.ObjectPath | Should -BeFalse
        Read-TestFile $verdict.QuarantinePath | Should -BeExactly 'damaged'
        Get-Table $verdict | Should -Match "(?m)^Verdict +Hash +Size +UsedBy\s*\n[- ]+\nCorrupt +$hash +7 B +model.bin"
        (Test-DataCache).Verdict | Should -Be Missing -Because 'the workspace needs it still'
    }

    It 'reports a damaged object and leaves it with -WhatIf' {
        $hash = (Get-DataFile model.bin).Hash
        Break-Object $hash
        Break-Object (Get-DataFile data/images).Hash
        Confirm-WhatIf { Test-DataCache -WhatIf } "quarantine.*$("$hash".Substring(2))"
        $verdict = Test-DataCache -WhatIf | Where-Object Hash -eq $hash
        $verdict.Verdict, $verdict.UsedBy, $verdict.QuarantinePath | Should -Be 'CorruptInPlace', 'model.bin', $null
        Read-TestFile $verdict.ObjectPath | Should -BeExactly 'damaged'
    }

    It 'asks nobody unless told' {
        Break-Object (Get-DataFile model.bin).Hash
        pwsh -NoProfile -NonInteractive -CommandWithArgs 'Import-Module $args[0]; (Test-DataCache -Confirm).Verdict' (Join-Path (Get-Module DataVersion).ModuleBase DataVersion.psd1) 2>&1 |
            Out-String | Should -Match 'NonInteractive'
        (Test-DataCache).Verdict | Should -Be Corrupt
    }

    It 'finds what the workspace needs and the cache does not have' {
        Remove-Item -LiteralPath (Get-ObjectPath (Get-DataFile data/images/new.png).Hash) -Force
        $verdict = Test-DataCache -Quick
        $verdict.Verdict, $verdict.UsedBy | Should -Be 'Missing', 'data/images/new.png'
    }

    It 'works on another repository, in strict mode' {
        Break-Object (Get-DataFile model.bin).Hash
        Push-Location $TestDrive
        try { & { Set-StrictMode -Version Latest; Get-Table (Test-DataCache -Repository $repo) } | Should -Match 'Corrupt' } finally { Pop-Location }
    }
}
