BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Get-DataFile' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'lists what is tracked, with all that the help promises' {
        $files = Get-DataFile
        $files | Should -BeOfType ([DataVersion.DataFile])
        $files.Path | Should -Be data/images, model.bin
        $folder, $model = $files
        $folder.Kind, $folder.FileCount, $folder.State, $folder.MetadataPath | Should -Be 'Directory', 5, 'Unchanged', 'data/images.dvc'
        $model.Kind, $model.Size, $model.State, $model.LinkKind, $model.IsCached | Should -Be 'File', 17, 'Unchanged', 'Copy', $true
        $model.Size | Should -BeOfType ([long])
        $model.FullName | Should -Be (Join-Path $repo model.bin)
    }

    It 'shows a table' {
        Get-Table (Get-DataFile) | Should -Match '(?m)^State +Kind +Link +Size +Files +Hash +Path\s*\n[- ]+\nUnchanged +Directory .* 5 +\w{8}\.dir data/images\s*\nUnchanged +File +Copy +17 B'
    }

    It 'lists the files inside with -Recurse' {
        $inside = Get-DataFile data/images -Recurse | Where-Object Parent
        $inside.Path | Sort-Object | Should -Be data/images/cats/tom.png, data/images/empty.bin, data/images/hound.png, 'data/images/img[1].png', data/images/new.png
        $inside.Parent | Select-Object -Unique | Should -Be data/images
    }

    It 'tells the state of the workspace' {
        Write-TestFile model.bin 'changed'
        (Get-DataFile model.bin).State | Should -Be Modified
        Remove-Item model.bin
        (Get-DataFile model.bin).State | Should -Be Missing
        (Get-DataFile mod*).Path | Should -Be model.bin -Because 'wildcards match tracked paths that are missing'
        (Get-DataFile model.bin.dvc).Path | Should -Be model.bin
        Switch-DataVersion -Path model.bin | Out-Null
    }

    It 'reads a revision' {
        $old = Get-DataFile model.bin -Revision v1
        $old.Size, $old.Revision, $old.State | Should -Be 7, 'v1', 'Unknown'
        (Get-DataFile data/images -Revision v1 -Recurse).Path | Should -Contain data/images/dog.png
        { Get-DataFile -Revision v9 } | Should -Throw -ErrorId 'RevisionNotFound,*'
    }

    It 'lists another repository and a folder, from outside of any' {
        Push-Location $TestDrive
        try {
            $top = Get-DataFile -Source $repo
            $top.Path | Should -Contain 'model.bin'
            $top.Path | Should -Contain 'notes.txt'
            ($top | Where-Object Path -EQ data).Kind | Should -Be 'Directory'
            $all = Get-DataFile -Source $repo -Revision v1 -Recurse
            ($all | Where-Object Path -EQ model.bin).Size | Should -Be 7
            ($all | Where-Object Path -EQ notes.txt).Stage | Should -BeNullOrEmpty
            $all.Path | Should -Not -Contain 'model.bin.dvc'
            (Get-DataFile -Source $repo data/images/cats -Recurse).Path | Should -Be 'data/images/cats/tom.png'
            Write-TestFile "$TestDrive/plain/in/x" 'abc'
            (Get-DataFile -Source ./plain -Recurse).Path | Should -Be 'in/x'
            Get-DataFile -Source $repo nothing -ErrorAction SilentlyContinue -ErrorVariable problem
            Confirm-ErrorRecord $problem PathNotFound
        } finally { Pop-Location }
    }

    It 'takes objects and names, brackets included' {
        (Get-ChildItem data/images -File | Get-DataFile).Path | Should -Contain 'data/images/img[1].png'
        (Get-DataFile -LiteralPath 'data/images/img[1].png').Size | Should -Be 8
        (Get-DataFile 'data/images/img[1].png').Size | Should -Be 8
        ('model.bin' | Get-DataFile).Path | Should -Be model.bin
        (Get-DataFile | Get-DataFile).Path | Should -Be data/images, model.bin
        ([pscustomobject]@{ FullName = "$repo/model.bin" } | Get-DataFile).Path | Should -Be model.bin
    }

    It 'goes on after a path that is not tracked or outside' {
        $found = Get-DataFile notes.txt, ../outside.bin, model.bin -ErrorAction SilentlyContinue -ErrorVariable problems
        $found.Path | Should -Be model.bin
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*notes.txt') PathNotTracked
        Confirm-ErrorRecord ($problems | Where-Object TargetObject -like '*outside.bin') PathOutsideRepository
    }

    It 'works from a folder below, from outside, and in strict mode' {
        Push-Location data/images
        try { (Get-DataFile cats).Path | Should -Be data/images/cats/tom.png; (Get-DataFile .).Path | Should -Be data/images } finally { Pop-Location }
        Push-Location $TestDrive
        try {
            (Get-DataFile -Repository $repo).Path | Should -Be data/images, model.bin
            { Get-DataFile -ErrorAction Stop } | Should -Throw -ErrorId 'RepositoryNotFound,*'
        }
        finally { Pop-Location }
        & { Set-StrictMode -Version Latest; Get-Table (Get-DataFile -Recurse) } | Should -Match 'model.bin'
    }

    It 'stops cleanly' {
        Get-DataFile -Recurse | Select-Object -First 1 | Should -HaveCount 1
        (Get-DataFile).Count | Should -Be 2
    }

    It 'completes tracked paths and revisions' {
        Get-Completion 'Get-DataFile mo' | Should -Be model.bin
        Get-Completion 'Get-DataFile -Path da' | Should -Contain data/images
        Get-Completion 'Get-DataFile -Revision v' | Should -Be v1, v2
    }
}
