BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Add-DataFile' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'tracks files and folders: cache, pointer file, .gitignore' {
        Write-TestFile raw/a.csv 'a'
        Write-TestFile raw/deep/b.csv 'b'
        Write-TestFile single.csv 'single'
        $added = Add-DataFile raw, single.csv
        $added | Should -BeOfType ([DataVersion.DataFile])
        $added.Path | Sort-Object | Should -Be raw, single.csv
        $folder, $file = $added | Sort-Object Path
        $folder.Kind, $folder.FileCount, $folder.Size, $folder.State | Should -Be 'Directory', 2, 2, 'Unchanged'
        $file.Kind, $file.Size, $file.LinkKind, $file.IsCached | Should -Be 'File', 6, 'Copy', $true
        $file.FullName | Should -Be (Join-Path $repo single.csv)
        $file.Hash | Should -Be 'dd5c07036f2975ff4bce568b6511d3bc'
        Read-TestFile single.csv.dvc | Should -BeExactly "outs:`n- md5: dd5c07036f2975ff4bce568b6511d3bc`n  size: 6`n  hash: md5`n  path: single.csv`n"
        Read-TestFile (Get-ObjectPath $file.Hash) | Should -BeExactly 'single'
        Get-Content .gitignore | Should -Contain '/single.csv'
        git check-ignore raw/a.csv | Should -Be raw/a.csv
    }

    It 'shows a table' {
        Write-TestFile table.bin 'table'
        Get-Table (Add-DataFile table.bin) | Should -Match '(?m)^State +Kind +Link +Size +Files +Hash +Path\s*\n[- ]+\nUnchanged +File +Copy +5 B +\w{8} +table.bin'
    }

    It 'takes the output of Get-ChildItem as one operation, names with brackets included' {
        'one[1].dat', 'two.dat', 'a b #ü.dat' | ForEach-Object { Write-TestFile "piped/$_" $_ }
        $added = Get-ChildItem piped | Add-DataFile
        $added.Path | Sort-Object | Should -Be 'piped/a b #ü.dat', 'piped/one[1].dat', 'piped/two.dat'
    }

    It 'takes names through the pipeline, and wildcards' {
        'w1.bin', 'w2.bin', 'w3.txt' | ForEach-Object { Write-TestFile "wild/$_" $_ }
        ('wild/w1.bin' | Add-DataFile).Path | Should -Be wild/w1.bin
        (Add-DataFile wild/*.txt).Path | Should -Be wild/w3.txt
        { Add-DataFile wild/*.nothing -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,*'
    }

    It 'expands wildcards to the paths that PowerShell gives' {
        'a.txt', 'b c.txt', 'x[1].txt', '.hidden.txt', 'ü.txt', 'dot..txt', 'ti~1.txt' | ForEach-Object { Write-TestFile "odd/in/$_" $_ }
        $null = New-PSDrive -Name Odd -PSProvider FileSystem -Root (Join-Path $PWD.ProviderPath odd)
        foreach ($pattern in 'odd/in/*.txt', 'odd/*/*.txt', './wild/../odd/in/*.txt', 'Odd:/in/*.txt', "FileSystem::$($PWD.ProviderPath)/odd/in/*.txt") {
            $expected = (Resolve-Path $pattern).ProviderPath | Sort-Object
            (Add-DataFile $pattern).FullName | Sort-Object | Should -Be $expected -Because $pattern
        }
        Remove-PSDrive Odd
    }

    It 'leaves the stat cache as it is when nothing changed' {
        Write-TestFile still/a.bin a
        (Get-Item still/a.bin).LastWriteTimeUtc = [datetime]::UtcNow.AddHours(-1)
        $null = Add-DataFile still
        $null = Add-DataFile still
        $cache = (Get-ChildItem .dvc/tmp -Filter stat-cache -Recurse -Force).FullName
        $before = [IO.File]::GetLastWriteTimeUtc($cache)
        $null = Add-DataFile still
        [IO.File]::GetLastWriteTimeUtc($cache) | Should -Be $before
    }

    It 'takes -LiteralPath literally' {
        'n[1].bin', 'n1.bin' | ForEach-Object { Write-TestFile "literal/$_" $_ }
        (Add-DataFile -LiteralPath 'literal/n[1].bin').Path | Should -Be 'literal/n[1].bin'
        Test-Path literal/n1.bin.dvc | Should -BeFalse
    }

    It 'records what changed when it is run again, piped from our own objects too' {
        Write-TestFile again.bin 'one'
        Add-DataFile again.bin | Out-Null
        Write-TestFile again.bin 'other'
        $status = Get-DataStatus again.bin | Where-Object Comparison -eq Uncommitted
        ($status | Add-DataFile).Size | Should -Be 5
        Write-TestFile again.bin 'a third'
        (Get-DataFile again.bin | Add-DataFile).Size | Should -Be 7
    }

    It 'adds a single file of a tracked folder to it' {
        Write-TestFile data/images/extra.png 'extra'
        (Add-DataFile data/images/extra.png).Path | Should -Match '^data/images'
        (Get-DataFile data/images -Recurse).Path | Should -Contain 'data/images/extra.png'
        (Get-DataStatus data/images | Where-Object Comparison -eq Uncommitted) | Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Write-TestFile whatif.bin 'whatif'
        Confirm-WhatIf { Add-DataFile whatif.bin, model.bin -WhatIf } 'Track data.*whatif.bin'
    }

    It 'stores nothing with -NoCommit and leaves the file alone with -NoRelink' {
        Write-TestFile nocommit.bin 'no commit'
        $file = Add-DataFile nocommit.bin -NoCommit
        Test-Path (Get-ObjectPath $file.Hash) | Should -BeFalse
        (Get-DataStatus nocommit.bin).Comparison | Should -Contain Cache
        Write-TestFile relinked.bin 'relinked'
        Set-DataConfig cache.type hardlink
        try {
            (Add-DataFile relinked.bin -NoRelink).LinkKind | Should -Not -Be Hardlink
            (Get-DataFile relinked.bin).LinkKind | Should -Be Copy
            (Add-DataFile relinked.bin).LinkKind | Should -Be Hardlink
            (Get-Item relinked.bin).IsReadOnly | Should -BeTrue
        }
        finally { Set-DataConfig cache.type copy }
    }

    It 'keeps description, type, labels and further keys in the pointer file' {
        Write-TestFile words.csv 'words'
        $file = Add-DataFile words.csv -Description 'Of the laboratory' -Type table -Label raw, 2025 -Meta @{ source = 'lab-3' }
        $file.Description, $file.Type, ($file.Labels -join ' ') | Should -Be 'Of the laboratory', 'table', 'raw 2025'
        $text = Read-TestFile words.csv.dvc
        $text | Should -Match 'desc: Of the laboratory'
        $text | Should -Match '(?m)^ *meta:\n +source: lab-3$'
    }

    It 'brings a file from elsewhere with -OutFile' {
        Write-TestFile ../elsewhere.bin 'elsewhere'
        (Add-DataFile ../elsewhere.bin -OutFile data/here.bin).Path | Should -Be data/here.bin
        Test-Path ../elsewhere.bin | Should -BeTrue
        Write-TestFile ../elsewhere.bin 'changed'
        Write-TestFile data/here.bin 'mine'
        Add-DataFile ../elsewhere.bin -OutFile data/here.bin -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Read-TestFile data/here.bin | Should -BeExactly 'mine'
        (Add-DataFile ../elsewhere.bin -OutFile data/here.bin -Force).Size | Should -Be 7
        Read-TestFile data/here.bin | Should -BeExactly 'changed'
    }

    It 'sends the content to a remote with -ToRemote' {
        Add-DataRemote away ../away | Out-Null
        Write-TestFile ../huge.bin 'huge'
        $file = Add-DataFile ../huge.bin -OutFile huge.bin -ToRemote -Remote away
        Test-Path huge.bin, (Get-ObjectPath $file.Hash) | Should -Be $false, $false
        Read-TestFile "../away/files/md5/$($file.Hash.Hex.Substring(0, 2))/$($file.Hash.Hex.Substring(2))" | Should -BeExactly 'huge'
        { Add-DataFile model.bin -Remote away } | Should -Throw -ErrorId 'ArgumentInvalid,*'
    }

    It 'goes on after a path that cannot be tracked' {
        Write-TestFile good.bin 'good'
        Write-TestFile run.log 'ignored'
        $added = Add-DataFile nowhere.bin, notes.txt, run.log, ../outside.bin, good.bin -ErrorAction SilentlyContinue -ErrorVariable problems
        $added.Path | Should -Be good.bin
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*nowhere.bin') PathNotFound
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*notes.txt') TrackedByGit
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*run.log') PathIgnored
        ($problems | Where-Object TargetObject -like '*outside.bin') | Should -HaveCount 1
        $problems | Should -HaveCount 4
    }

    It 'can be caught by type with -ErrorAction Stop' {
        $kind = try { Add-DataFile nowhere.bin -ErrorAction Stop } catch [DataVersion.DataVersionException] { $_.Exception.Kind }
        $kind | Should -Be PathNotFound
    }

    It 'works on another repository and from a folder below' {
        $other = New-TestRepository
        Write-TestFile "$other/new.bin" 'new'
        (Add-DataFile "$other/new.bin" -Repository $other).FullName | Should -Be (Join-Path $other new.bin)
        Push-Location data
        try {
            Write-TestFile below.bin 'below'
            (Add-DataFile below.bin).Path | Should -Be data/below.bin
        }
        finally { Pop-Location }
    }

    It 'stops cleanly when nobody wants more' {
        1..3 | ForEach-Object { Write-TestFile "first/$_.bin" "$_" }
        (Get-ChildItem first -Filter *.bin | Add-DataFile | Select-Object -First 1) | Should -HaveCount 1
        (Get-ChildItem first -Filter *.bin | Add-DataFile) | Should -HaveCount 3
        Get-ChildItem .dvc/tmp -Filter '*.tmp' -Recurse | Should -BeNullOrEmpty
    }

    It 'completes names of remotes' {
        Get-Completion 'Add-DataFile x -ToRemote -Remote st' | Should -Be store
    }
}
