# What holds for all commands alike.

BeforeDiscovery {
    . $PSScriptRoot/Session.ps1
    $commands = (Get-Command -Module DataVersion).Name
}

BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'The module' {
    It 'exports cmdlets with approved verbs, no aliases, functions or variables' {
        $module = Get-Module DataVersion
        $module.ExportedCmdlets.Count | Should -BeGreaterThan 30
        $module.ExportedAliases.Count, $module.ExportedFunctions.Count, $module.ExportedVariables.Count | Should -Be 0, 0, 0
        (Get-Command -Module DataVersion).Verb | Where-Object { $_ -notin (Get-Verb).Verb } | Should -BeNullOrEmpty
    }

    It 'has a test file for each command' {
        (Get-Command -Module DataVersion).Name | Where-Object { -not (Test-Path "$PSScriptRoot/$_.Tests.ps1") } | Should -BeNullOrEmpty
    }

    It 'imports without a word, also again, and shows tables then' {
        # In a runspace of its own: a forced import inside of Pester would be Pester's.
        $repo = New-TestRepository
        $shell = [powershell]::Create()
        try {
            $text = $shell.AddScript(@"
                Set-Location -LiteralPath '$repo'
                Import-Module '$(Join-Path (Get-Module DataVersion).ModuleBase DataVersion.psd1)'
                Import-Module '$(Join-Path (Get-Module DataVersion).ModuleBase DataVersion.psd1)' -Force
                Get-DataFile model.bin | Out-String -Width 200
"@).Invoke()
            @($shell.Streams.Error) + @($shell.Streams.Warning) + @($shell.Streams.Information) | Should -BeNullOrEmpty
            $text | Should -HaveCount 1
            "$text" | Should -Match '(?m)^State +Kind .* Path\s*$'
        }
        finally { $shell.Dispose() }
    }

    It 'has an about topic' {
        Get-Help about_DataVersion | Out-String | Should -Match 'Initialize-DataRepository'
    }
}

Describe '<_>' -ForEach $commands {
    BeforeAll {
        $command = Get-Command $_
        $help = Get-Help $_ -Full
    }

    It 'has help: a synopsis, examples, a text for each parameter' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match '^\s*[\w-]+ \['
        @($help.examples.example).Count | Should -BeGreaterThan 0
        $help.examples.example.code | Should -Not -BeNullOrEmpty
        $own = $command.Parameters.Keys | Where-Object { $_ -notin [Management.Automation.PSCmdlet]::CommonParameters -and $_ -notin [Management.Automation.PSCmdlet]::OptionalCommonParameters }
        foreach ($name in $own) {
            ($help.parameters.parameter | Where-Object name -eq $name).description.Text | Should -Not -BeNullOrEmpty -Because "-$name is a parameter"
        }
        Get-Help $_ -Examples | Out-String | Should -Match ([regex]::Escape($_))
    }

    It 'takes -Repository, except where one is made' {
        $command.Parameters.ContainsKey('Repository') | Should -Be ($_ -ne 'Initialize-DataRepository')
    }

    It 'has -WhatIf and -Confirm exactly when it changes something' {
        # Test-DataCache moves damaged objects to the quarantine.
        $reads = $command.Verb -in 'Compare', 'Find', 'Get', 'Test' -and $_ -ne 'Test-DataCache'
        $command.Parameters.ContainsKey('WhatIf') | Should -Be (-not $reads)
        $command.Parameters.ContainsKey('Confirm') | Should -Be (-not $reads)
    }

    It 'says what it writes' {
        if ($_ -notin 'Invoke-DataHook', 'Remove-DataConfig', 'Remove-DataRemote') {
            # Beside our objects only text, and the answer of -Quiet.
            $command.OutputType.Type | Where-Object { $_ -notin [string], [bool] } | ForEach-Object Namespace | Select-Object -Unique | Should -Be DataVersion
        }
    }

    It 'says that there is no repository' -Skip:($_ -in 'Initialize-DataRepository', 'Invoke-DataHook') {
        Push-Location $TestDrive
        try {
            $arguments = @{ ErrorAction = 'Stop'; Repository = Join-Path $TestDrive nowhere }
            foreach ($parameter in $command.ParameterSets.Where({ $_.IsDefault -or $command.ParameterSets.Count -eq 1 })[0].Parameters.Where({ $_.IsMandatory })) {
                $arguments[$parameter.Name] = if ($parameter.ParameterType.IsEnum) { [enum]::GetValues($parameter.ParameterType)[0] } else { 'x' }
            }
            if ($_ -eq 'Clear-DataCache') { $arguments.Workspace = $true }
            { & $command @arguments } | Should -Throw -ErrorId 'RepositoryNotFound,*'
        }
        finally { Pop-Location }
    }
}

Describe 'A script file' {
    It 'runs in strict mode, from a folder below, with errors that end it' {
        $repo = New-TestRepository
        Write-TestFile "$TestDrive/script.ps1" @'
            [CmdletBinding()] param([string] $Folder)
            Set-StrictMode -Version Latest
            $ErrorActionPreference = 'Stop'
            Set-Location -LiteralPath $Folder
            [IO.File]::WriteAllText("$PWD/made.bin", 'made')
            $file = Add-DataFile made.bin -Verbose:$false
            $file.Path
            Get-DataStatus | ForEach-Object Path
            (Get-DataVersion ../model.bin | Select-Object -First 1).Size
            try { Add-DataFile missing.bin; 'not reached' } catch { $_.FullyQualifiedErrorId }
            Get-DataFile | Format-Table | Out-String
'@
        Push-Location
        try { $output = & "$TestDrive/script.ps1" -Folder "$repo/data" } finally { Pop-Location }
        $output | Select-Object -First 4 | Should -Be data/made.bin, data/made.bin, 17, 'PathNotFound,DataVersion.Cmdlets.AddDataFileCommand'
        $output[-1] | Should -Match 'data/made.bin'
    }

    It 'can use the types of the module' {
        function Get-Half([DataVersion.DataFile] $File) { $File.Size / 2 }
        Get-Half ([DataVersion.DataFile] @{ Path = 'x'; Size = 4 }) | Should -Be 2
        [DataVersion.ContentHash]::Parse('d41d8cd98f00b204e9800998ecf8427e').Hex | Should -HaveCount 1
    }
}
