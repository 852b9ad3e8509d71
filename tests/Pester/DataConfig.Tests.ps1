# What a person types, in a real PowerShell: configuration.

BeforeAll {
    . $PSScriptRoot/Session.ps1
}

Describe 'Get-, Set- and Remove-DataConfig' {
    BeforeEach {
        $folder = New-TestRepository
        Push-Location $folder
    }
    AfterEach {
        Pop-Location
    }

    It 'stores a list and shows where it comes from' {
        Set-DataConfig cache.type hardlink, copy
        $entry = Get-DataConfig cache.type
        $entry.Value | Should -Be 'hardlink,copy'
        $entry.Scope | Should -Be 'Repository'
        $entry.Origin | Should -Be (Join-Path $folder .dvc config)
    }

    It 'takes entries through the pipeline' {
        Set-DataConfig core.remote one -Scope Local
        Get-DataConfig core.* | Remove-DataConfig
        Get-DataConfig core.* -Scope Local | Should -BeNullOrEmpty
    }

    It 'says what to do about a mistake' {
        { Set-DataConfig core.autostge true -ErrorAction Stop } | Should -Throw -ErrorId 'ConfigurationNotFound*'
        $Error[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'lets a typed catch name our exception' {
        $caught = try { Get-DataConfig -Repository (Join-Path $TestDrive nowhere) -ErrorAction Stop } catch [DataVersion.DataVersionException] { $_.Exception.Kind }
        $caught | Should -Be 'RepositoryNotFound'
    }
}
