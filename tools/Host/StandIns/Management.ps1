# Stand-ins for Microsoft.PowerShell.Management: only what scripts of this project use.

function Get-Location { $ExecutionContext.SessionState.Path.CurrentLocation }
function Set-Location {
    param([Parameter(Position = 0, ValueFromPipeline)] [string] $Path, [string] $LiteralPath)
    process {
        $target = if ($LiteralPath) { [System.Management.Automation.WildcardPattern]::Escape($LiteralPath) } else { $Path }
        $null = $ExecutionContext.SessionState.Path.SetLocation($target)
    }
}
function Push-Location {
    param([Parameter(Position = 0)] [string] $Path)
    $ExecutionContext.SessionState.Path.PushCurrentLocation('default')
    if ($Path) { $null = $ExecutionContext.SessionState.Path.SetLocation($Path) }
}
function Pop-Location { $null = $ExecutionContext.SessionState.Path.PopLocation('default') }

function Join-Path {
    param([Parameter(Position = 0, Mandatory)] [string] $Path, [Parameter(Position = 1, Mandatory)] [string] $ChildPath,
        [Parameter(ValueFromRemainingArguments)] [string[]] $AdditionalChildPath)
    $result = $ExecutionContext.SessionState.Path.Combine($Path, $ChildPath)
    foreach ($part in $AdditionalChildPath) { $result = $ExecutionContext.SessionState.Path.Combine($result, $part) }
    $result
}
function Split-Path {
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [string] $Path, [switch] $Leaf, [switch] $Parent)
    process { if ($Leaf) { [System.IO.Path]::GetFileName($Path) } else { [System.IO.Path]::GetDirectoryName($Path) } }
}
function Resolve-Path {
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [string] $Path)
    process { $ExecutionContext.SessionState.Path.GetResolvedPSPathFromPSPath($Path) }
}
function Convert-Path {
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [string] $Path)
    process { $provider = $null ; $ExecutionContext.SessionState.Path.GetResolvedProviderPathFromPSPath($Path, [ref] $provider) }
}
function Test-Path {
    param([Parameter(Position = 0, ValueFromPipeline)] [string[]] $Path, [string[]] $LiteralPath, [ValidateSet('Any', 'Leaf', 'Container')] [string] $PathType = 'Any')
    process {
        foreach ($one in $(if ($LiteralPath) { $LiteralPath } else { $Path })) {
            $item = $ExecutionContext.SessionState.InvokeProvider.Item
            if (-not $item.Exists($one, $false, [bool] $LiteralPath)) { $false }
            elseif ($PathType -eq 'Any') { $true }
            else { $item.IsContainer($one) -eq ($PathType -eq 'Container') }
        }
    }
}
function Get-Item {
    param([Parameter(Position = 0, ValueFromPipeline)] [string[]] $Path, [string[]] $LiteralPath, [switch] $Force)
    process {
        try { $ExecutionContext.SessionState.InvokeProvider.Item.Get($(if ($LiteralPath) { $LiteralPath } else { $Path }), [bool] $Force, [bool] $LiteralPath) }
        catch { $PSCmdlet.WriteError($_.Exception.InnerException.ErrorRecord) }
    }
}
function Get-ChildItem {
    param([Parameter(Position = 0, ValueFromPipeline)] [string[]] $Path = @('.'), [string[]] $LiteralPath, [string] $Filter,
        [switch] $Recurse, [switch] $File, [switch] $Directory, [switch] $Name, [switch] $Force)
    process {
        $roots = if ($LiteralPath) { $LiteralPath } else { $Path }
        try { $items = $ExecutionContext.SessionState.InvokeProvider.ChildItem.Get($roots, [bool] $Recurse, [uint32]::MaxValue, [bool] $Force, [bool] $LiteralPath) }
        catch { $PSCmdlet.WriteError($_.Exception.InnerException.ErrorRecord) ; return }
        foreach ($item in $items) {
            if ($File -and $item.PSIsContainer) { continue }
            if ($Directory -and -not $item.PSIsContainer) { continue }
            if ($Filter -and $item.Name -notlike $Filter) { continue }
            if ($Name) { $item.Name } else { $item }
        }
    }
}
function New-Item {
    param([Parameter(Position = 0)] [string[]] $Path, [string] $Name, [string] $ItemType = 'File', $Value, [switch] $Force)
    foreach ($one in $(if ($Path) { $Path } else { , '.' })) {
        $ExecutionContext.SessionState.InvokeProvider.Item.New([string[]] $one, $Name, $ItemType, $Value, [bool] $Force)
    }
}
function Remove-Item {
    param([Parameter(Position = 0, ValueFromPipelineByPropertyName)] [string[]] $Path,
        [Parameter(ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $LiteralPath, [switch] $Recurse, [switch] $Force)
    process {
        try { $ExecutionContext.SessionState.InvokeProvider.Item.Remove($(if ($LiteralPath) { $LiteralPath } else { $Path }), [bool] $Recurse, [bool] $Force, [bool] $LiteralPath) }
        catch { $PSCmdlet.WriteError($_.Exception.InnerException.ErrorRecord) }
    }
}
function Copy-Item {
    param([Parameter(Position = 0, Mandatory)] [string[]] $Path, [Parameter(Position = 1)] [string] $Destination, [switch] $Recurse, [switch] $Force)
    $null = $ExecutionContext.SessionState.InvokeProvider.Item.Copy($Path, $Destination, [bool] $Recurse, 'CopyTargetContainer', [bool] $Force, $false)
}
function Move-Item {
    param([Parameter(Position = 0, Mandatory)] [string[]] $Path, [Parameter(Position = 1)] [string] $Destination, [switch] $Force)
    $null = $ExecutionContext.SessionState.InvokeProvider.Item.Move($Path, $Destination, [bool] $Force, $false)
}
function Rename-Item {
    param([Parameter(Position = 0, Mandatory)] [string] $Path, [Parameter(Position = 1, Mandatory)] [string] $NewName)
    $null = $ExecutionContext.SessionState.InvokeProvider.Item.Rename($Path, $NewName)
}
function Get-Content {
    param([Parameter(Position = 0, ValueFromPipeline)] [string[]] $Path, [string[]] $LiteralPath, [switch] $Raw, [switch] $AsByteStream)
    process {
        foreach ($one in $(if ($LiteralPath) { $LiteralPath } else { $Path })) {
            $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($one)
            if ($AsByteStream) { [System.IO.File]::ReadAllBytes($full) }
            elseif ($Raw) { [System.IO.File]::ReadAllText($full) }
            else { [System.IO.File]::ReadLines($full) }
        }
    }
}
function Set-Content {
    param([Parameter(Position = 0, Mandatory)] [string[]] $Path, [Parameter(Position = 1, ValueFromPipeline)] $Value, [switch] $NoNewline, [switch] $AsByteStream)
    begin { $lines = [System.Collections.Generic.List[object]]::new() }
    process { if ($Value -is [array]) { $lines.AddRange($Value) } else { $lines.Add($Value) } }
    end {
        foreach ($one in $Path) {
            $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($one)
            if ($AsByteStream) { [System.IO.File]::WriteAllBytes($full, [byte[]] $lines.ToArray()) }
            else { [System.IO.File]::WriteAllText($full, ($lines -join "`n") + $(if ($NoNewline) { '' } else { "`n" })) }
        }
    }
}
function Add-Content {
    param([Parameter(Position = 0, Mandatory)] [string] $Path, [Parameter(Position = 1, Mandatory)] [string[]] $Value)
    $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
    [System.IO.File]::AppendAllText($full, ($Value -join "`n") + "`n")
}
