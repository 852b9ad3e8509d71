# Every example of the help: it parses, its commands bind, and it runs in a repository that has what examples speak of.

BeforeDiscovery {
    . $PSScriptRoot/Session.ps1
    # Examples that need more than a prepared repository.
    $unable = @{
        'Invoke-DataHook 1' = 'it is a line of a shell script'
        'Add-DataFile 4'    = 'it brings a file of /mnt'
    }
    $examples = foreach ($command in Get-Command -Module DataVersion) {
        $number = 0
        foreach ($example in (Get-Help $command.Name -Full).examples.example) {
            $number++
            @{ Name = "$($command.Name) $number"; Code = ($example.code -join "`n"); Unable = $unable["$($command.Name) $number"] }
        }
    }
}

BeforeAll {
    . $PSScriptRoot/Session.ps1

    # Where data comes from: another repository, a bucket and a server, which here are folders.
    function New-ExampleSource([string] $Folder) {
        Write-TestFile (Join-Path $Folder source 2025 a.csv) 'a'
        Write-TestFile (Join-Path $Folder measurements run-17.csv) '17'
        Write-TestFile (Join-Path $Folder measurements fresh.csv) 'fresh'
        foreach ($name in 'models', 'datasets') {
            $source = Join-Path $Folder $name
            New-GitRepository $source
            Push-Location $source
            $null = Initialize-DataRepository
            Write-TestFile nets/small.onnx 'v2.1'
            Write-TestFile images/one.png 'one'
            $null = Add-DataFile nets/small.onnx, images
            git add . ; git commit --quiet --message 'first' ; git tag v2.1
            Write-TestFile nets/small.onnx 'v2.2 now'
            $null = Save-DataFile -Force
            git commit --quiet --all --message 'second' ; git tag v2.2
            Pop-Location
        }
    }

    # The calls of our commands in a script, with the line of the pipeline before them.
    function Get-Call([string] $Code) {
        $script = [Management.Automation.Language.Parser]::ParseInput($Code, [ref] $null, [ref] $null)
        $script.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true) |
            Where-Object { (Get-Command $_.GetCommandName() -ErrorAction Ignore).ModuleName -eq 'DataVersion' }
    }

    # What the examples of the help speak of, beside what every test repository has; made once, then copied.
    function New-ExampleTemplate {
        $repo = New-TestRepository
        Push-Location $repo
        git tag v1.0 v1
        git tag v2.0 v2
        Write-TestFile data/images/cats/felix.png 'felix'
        Write-TestFile data/old/a.csv 'old'
        Write-TestFile data/run.log 'log'
        Write-TestFile data/keep.log 'log'
        Write-TestFile data/a.csv 'a'
        $null = New-Item -ItemType Directory archive, projects/vision
        Add-DataFile data/images, data/old | Out-Null
        Set-DataConfig cache.dir .dvc/cache -Scope Local
        Set-DataConfig core.remote store -Scope Local
        Add-DataRemote backup ../backup -Option @{ jobs = 2 } | Out-Null
        Add-DataRemote old-a ../old-a | Out-Null
        git add --all
        git commit --quiet --message 'For examples'
        Sync-DataRemote -Direction Push -AllCommits | Out-Null
        Write-TestFile raw.csv 'raw'
        git gc --quiet
        Copy-Folder (Get-TestTemplate) ([IO.Path]::GetFullPath("$repo/../other"))
        Pop-Location
        Split-Path $repo
    }

    # The stages that examples speak of; they run where there is no Python.
    function Add-ExampleStage {
        Write-TestFile raw.tar 'raw'
        Add-DataFile raw.tar | Out-Null
        Move-Item raw.tar.dvc raw.dvc
        Remove-DataFile model.bin -DeleteData
        Write-TestFile params.yaml "lr: 0.1`nepochs: 3`n"
        Write-TestFile dvc.yaml @'
stages:
  download: {cmd: echo 1 > raw.txt, outs: [raw.txt]}
  train: {cmd: cat raw.txt > weights.bin, deps: [raw.txt, raw.tar], params: [lr], outs: [weights.bin]}
  report: {cmd: wc -c < weights.bin > report.txt, deps: [weights.bin], outs: [report.txt]}
  try-a: {cmd: echo a > try-a.txt, outs: [try-a.txt]}
'@
    }

    $template = New-ExampleTemplate
}

Describe 'Example <Name>' -ForEach $examples {
    It 'parses, and its commands bind' {
        $problems = $null
        $null = [Management.Automation.Language.Parser]::ParseInput($Code, [ref] $null, [ref] $problems)
        $problems | Should -BeNullOrEmpty
        foreach ($call in Get-Call $Code) {
            $binding = [Management.Automation.Language.StaticParameterBinder]::BindCommand($call, $true)
            $binding.BindingExceptions.Values.BindingException.Message | Should -BeNullOrEmpty -Because "$call must bind"
            $command = Get-Command $call.GetCommandName()
            foreach ($name in $binding.BoundParameters.Keys) { $command.Parameters.Keys | Should -Contain $name }
        }
    }

    It 'runs' {
        if ($Unable) { Set-ItResult -Skipped -Because $Unable; return }
        $folder = $template
        # What only reads needs no copy of its own.
        if ($Name -notmatch '^(Get|Find|Test|Compare)-' -or $Code -match 'Export-DataFile' -or $Name -match '-Stage') {
            $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n').Substring(0, 8))
            Copy-Folder $template $folder
        }
        $repo = Join-Path $folder repo
        # Places of other machines, and names that examples make up.
        $here = $Code.Replace('/mnt/share/store', '../share').Replace('/mnt/big/cache', '../big').Replace('/data/archive', '../alone').Replace('~/cats', '../cats').
            Replace('https://github.com/team/models.git', '../models').Replace('s3://bucket/raw', '../source').Replace('ssh://lab.example.org/measurements', '../measurements').
            Replace("-Option @{ user = 'me'; keyfile = '~/.ssh/lab' }", '').Replace('https://data.example.org/raw.csv -Destination raw.csv', '../measurements/fresh.csv -Destination fresh.csv').
            Replace('-Credential anna', '-Credential ([pscredential]::new("anna", [securestring]::new()))')
        Push-Location $repo
        $hash = (Get-DataFile model.bin).Hash.Hex
        try {
            switch -Regex ($Name) {
                '^Initialize-DataRepository (1|2)' { Remove-Item .dvc, .dvcignore -Recurse -Force; git rm -r --cached --quiet .dvc .dvcignore }
                '^Initialize-DataRepository 3' { $null = New-Item -ItemType Directory ../alone }
                '^Save-DataFile' { Write-TestFile data/images/cats/tom.png 'tom changed' }
                '^Save-DataFile 1' { $here = $here.Replace('Save-DataFile', 'Save-DataFile -Force') }
                '^Switch-DataVersion 3' { Remove-Item data/images -Recurse }
                '^Add-DataRemote' { Get-DataRemote | Remove-DataRemote }
                '^(Remove-DataConfig)' { git checkout --quiet . }
                '^Clear-DataCache' { $ConfirmPreference = 'None' }
                '^Invoke-DataHook 2' { 'base', 'ours', 'theirs' | ForEach-Object { Copy-Item data/images.dvc "$_.dvc" } }
                '^Convert-DataCache' {
                    Write-TestFile ".dvc/cache/$($hash.Substring(0, 2))/$($hash.Substring(2))" (Read-TestFile model.bin)
                    Write-TestFile model.bin.dvc ((Read-TestFile model.bin.dvc) -replace '  hash: md5\n')
                    git commit --quiet --all --message 'As DVC 2'
                }
                '^(Import|Update|Export)-DataFile|^Get-DataFile 4' { New-ExampleSource $folder }
                '^Update-DataFile' { $null = Import-DataFile ../source/2025 -Destination data/raw; $null = Import-DataFile ../models nets/small.onnx -Revision v2.1 }
                '-Stage' { Add-ExampleStage }
                '^Add-Stage' { Remove-Item dvc.yaml }
                '^Invoke-Stage 3' { $null = Invoke-Stage -Quiet }
                '^Get-Stage 2' { $here = $here.Replace('model.bin', 'weights.bin') }
                '^Add-DataFile 2' { $here = $here.Replace('100MB', '1GB') }
            }
            $here = $here.Replace('60e20a5f', $hash.Substring(0, 8))
            $result = & ([scriptblock]::Create("`$ErrorActionPreference = 'Stop'; Set-StrictMode -Version Latest`n$here")) 3>$null
            $LASTEXITCODE | Should -Be 0
            # Whatever it shows, it is no property dump.
            if ($result) { Get-Table $result | Should -Not -BeNullOrEmpty }
        }
        finally { Pop-Location }
    }
}
