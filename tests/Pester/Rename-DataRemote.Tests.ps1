BeforeAll { . $PSScriptRoot/Session.ps1 }

Describe 'Rename-DataRemote' {
    BeforeAll {
        $repo = New-TestRepository
        Push-Location $repo
    }
    AfterAll { Pop-Location }

    It 'renames a remote; the default follows' {
        Rename-DataRemote store Archive | Should -BeNullOrEmpty
        $archive = Get-DataRemote
        $archive.Name, $archive.IsDefault, $archive.Url | Should -Be 'archive', $true, ([IO.Path]::GetFullPath("$repo/../store"))
        $back = Rename-DataRemote archive store -PassThru
        $back | Should -BeOfType ([DataVersion.DataRemote])
        $back.Name | Should -Be store
    }

    It 'takes a remote through the pipeline and a level' {
        Get-DataRemote store | Rename-DataRemote -NewName other
        Rename-DataRemote other store
        Add-DataRemote mine ../mine -Scope Local | Out-Null
        (Rename-DataRemote mine ours -Scope Local -PassThru).Scope | Should -Be Local
    }

    It 'changes nothing with -WhatIf and says what it would do' {
        Confirm-WhatIf { Rename-DataRemote store other -WhatIf } 'Rename remote.*store -> other \(Repository\)'
    }

    It 'says what is wrong' {
        Rename-DataRemote nowhere other -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem ConfigurationNotFound
        Add-DataRemote taken ../taken | Out-Null
        Rename-DataRemote store taken -ErrorAction SilentlyContinue -ErrorVariable problem
        Confirm-ErrorRecord $problem ConfigurationInvalid
        { Rename-DataRemote nowhere other -ErrorAction Stop } | Should -Throw -ErrorId 'ConfigurationNotFound,*'
    }

    It 'works on another repository, and completes names' {
        Push-Location $TestDrive
        try { (Rename-DataRemote taken free -Repository $repo -PassThru).Name | Should -Be free } finally { Pop-Location }
        Get-Completion 'Rename-DataRemote fr' | Should -Be free
    }
}
