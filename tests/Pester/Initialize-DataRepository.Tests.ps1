BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Initialize-DataRepository' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n').Substring(0, 8)) repo
        New-GitRepository $folder
        Push-Location $folder
    }
    AfterEach { Pop-Location }

    It 'makes the folder of the current location a repository and stages its files' {
        $made = Initialize-DataRepository
        $made | Should -BeOfType ([DataVersion.DataRepository])
        $made.Root, $made.GitRoot, $made.CacheFolder | Should -Be $folder, $folder, (Join-Path $folder .dvc cache)
        git diff --cached --name-only | Should -Be .dvc/.gitignore, .dvc/config, .dvcignore
        Get-Table $made | Should -Match '(?m)^Root +: '
    }

    It 'takes a path, also below the root of Git' {
        $null = New-Item -ItemType Directory 'projects/vision[1]'
        { Initialize-DataRepository 'projects/vision[1]' } | Should -Throw -ErrorId 'GitNotFound,*'
        (Initialize-DataRepository 'projects/vision[1]' -Subdirectory).Root | Should -Be (Join-Path $folder 'projects/vision[1]')
        Push-Location -LiteralPath 'projects/vision[1]'
        try { (Get-DataRepository).Root | Should -Be (Join-Path $folder 'projects/vision[1]') } finally { Pop-Location }
    }

    It 'works without Git' {
        $alone = New-Item -ItemType Directory (Join-Path $TestDrive "alone-$([guid]::NewGuid())")
        { Initialize-DataRepository $alone } | Should -Throw -ErrorId 'GitNotFound,*'
        (Initialize-DataRepository $alone -NoGit).GitRoot | Should -BeNullOrEmpty
        Get-Content (Join-Path $alone .dvc config) | Should -Contain '    no_scm = True'
    }

    It 'replaces a repository only with -Force' {
        Initialize-DataRepository | Out-Null
        Set-DataConfig core.autostage true
        $again = try { Initialize-DataRepository } catch [DataVersion.DataVersionException] { $_ }
        Confirm-ErrorRecord $again RepositoryExists
        (Get-DataConfig core.autostage).Value | Should -Be true
        Initialize-DataRepository -Force | Out-Null
        Get-DataConfig core.autostage | Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Initialize-DataRepository -WhatIf } ([regex]::Escape($folder))
        Test-Path .dvc | Should -BeFalse
    }

    It 'says that the folder does not exist' {
        { Initialize-DataRepository nowhere } | Should -Throw -ErrorId 'PathNotFound,*'
    }
}
