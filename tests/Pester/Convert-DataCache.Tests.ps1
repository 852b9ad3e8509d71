BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Convert-DataCache' {
    BeforeEach {
        # As DVC 2 wrote it: objects directly in the cache, no 'hash' in the pointer file. The content has no line ends, so
        # both kinds of hash are the same.
        $repo = New-TestRepository
        Push-Location $repo
        $hash = (Get-DataFile model.bin).Hash
        $old = Join-Path $repo .dvc cache $hash.Hex.Substring(0, 2) $hash.Hex.Substring(2)
        Write-TestFile $old (Read-TestFile (Get-ObjectPath $hash))
        Remove-Item -LiteralPath (Get-ObjectPath $hash) -Force
        Write-TestFile model.bin.dvc ((Read-TestFile model.bin.dvc) -replace '  hash: md5\n')
        git commit --quiet --all --message 'As DVC 2'
    }
    AfterEach { Pop-Location }

    It 'links old objects under their new name' {
        (Get-DataFile model.bin).State | Should -Be Unchanged
        $converted = Convert-DataCache
        $converted | Should -BeOfType ([DataVersion.CacheMigration])
        $converted.Hash.Hex, $converted.OldHash.Hex, $converted.Size | Should -Be $hash.Hex, $hash.Hex, 17
        $converted.Hash.Algorithm, $converted.OldHash.Algorithm | Should -Be Md5, Md5Dos2Unix
        Test-Path (Get-ObjectPath $hash), $old | Should -Be $true, $true
        git status --porcelain | Should -BeNullOrEmpty
        Get-Table $converted | Should -Match '(?m)^OldHash +Hash +Size +Link\s*\n[- ]+\n\w{32} +\w{32} +17 B'
        Convert-DataCache | Should -BeNullOrEmpty
    }

    It 'records the new hashes with -IncludeMetadata' {
        Convert-DataCache -IncludeMetadata | Out-Null
        Get-Content model.bin.dvc | Should -Contain '  hash: md5'
        (Get-DataFile model.bin).Hash.Algorithm | Should -Be Md5
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Convert-DataCache -IncludeMetadata -WhatIf } 'Link into the layout of DVC 3.*1 objects'
    }

    It 'works on another repository' {
        Push-Location $TestDrive
        try { Convert-DataCache -Repository $repo | Should -HaveCount 1 } finally { Pop-Location }
    }
}
