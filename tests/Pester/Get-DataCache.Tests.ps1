BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Get-DataCache' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'tells what the cache holds' {
        $cache = Get-DataCache
        $cache | Should -BeOfType ([DataVersion.DataCache])
        $objects = Get-ChildItem .dvc/cache/files/md5 -Recurse -File
        $cache.Scope, $cache.ObjectCount, $cache.ManifestCount | Should -Be 'total', $objects.Count, 2
        $cache.Size | Should -Be ($objects | Measure-Object Length -Sum).Sum
        $cache.CacheFolder | Should -Be (Join-Path $repo .dvc cache)
        Get-Table $cache | Should -Match '(?m)^Scope +Objects +Size +Shared +Missing +Legacy\s*\n[- ]+\ntotal +\d+ +\d+ B'
    }

    It 'tells what needs it with -Detailed' {
        Write-TestFile unused.bin 'nobody needs this'
        Add-DataFile unused.bin | Out-Null
        Remove-DataFile unused.bin -DeleteData
        $lines = Get-DataCache -Detailed
        $lines.Scope | Should -Be total, workspace, main, side, v1, v2, unused
        $unused = $lines | Where-Object Scope -eq unused
        $unused.ObjectCount, $unused.Size | Should -Be 1, 17
        Get-DataCache -Detailed | Select-Object -First 1 | Should -HaveCount 1
    }

    It 'works on another repository' {
        Push-Location $TestDrive
        try {
            (Get-DataCache -Repository $repo).ObjectCount | Should -BeGreaterThan 5
            { Get-DataCache } | Should -Throw -ErrorId 'RepositoryNotFound,*'
        }
        finally { Pop-Location }
    }
}
