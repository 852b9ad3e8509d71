# Stand-ins for Microsoft.PowerShell.Utility: only what scripts of this project use.

function Write-Output {
    param([Parameter(Position = 0, ValueFromPipeline, ValueFromRemainingArguments)] $InputObject, [switch] $NoEnumerate)
    process { if ($NoEnumerate) { , $InputObject } else { $InputObject } }
}

function Write-Host {
    param([Parameter(Position = 0, ValueFromPipeline, ValueFromRemainingArguments)] $Object, [switch] $NoNewline,
        [System.ConsoleColor] $ForegroundColor, [System.ConsoleColor] $BackgroundColor, $Separator = ' ')
    process {
        $text = @($Object) -join $Separator
        $ui = $Host.UI
        if ($PSBoundParameters.ContainsKey('ForegroundColor')) {
            $back = if ($PSBoundParameters.ContainsKey('BackgroundColor')) { $BackgroundColor } else { $ui.RawUI.BackgroundColor }
            if ($NoNewline) { $ui.Write($ForegroundColor, $back, $text) } else { $ui.WriteLine($ForegroundColor, $back, $text) }
        }
        elseif ($NoNewline) { $ui.Write($text) } else { $ui.WriteLine($text) }
    }
}

function Write-Verbose { [CmdletBinding()] param([Parameter(Position = 0, Mandatory)] [AllowEmptyString()] [string] $Message) $PSCmdlet.WriteVerbose($Message) }
function Write-Debug { [CmdletBinding()] param([Parameter(Position = 0, Mandatory)] [AllowEmptyString()] [string] $Message) $PSCmdlet.WriteDebug($Message) }
function Write-Warning { [CmdletBinding()] param([Parameter(Position = 0, Mandatory)] [AllowEmptyString()] [string] $Message) $PSCmdlet.WriteWarning($Message) }
function Write-Information { [CmdletBinding()] param([Parameter(Position = 0, Mandatory)] $MessageData, [string[]] $Tags) $PSCmdlet.WriteInformation($MessageData, $Tags) }

function Write-Error {
    [CmdletBinding()] param([Parameter(Position = 0, Mandatory)] $Message)
    $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new(
            [System.Exception]::new([string] $Message), 'WriteError', 'NotSpecified', $null))
}

function Write-Progress {
    [CmdletBinding()] param([Parameter(Position = 0, Mandatory)] [string] $Activity, [Parameter(Position = 1)] [string] $Status = 'Processing',
        [int] $Id, [int] $PercentComplete = -1, [switch] $Completed)
    $record = [System.Management.Automation.ProgressRecord]::new($Id, $Activity, $Status)
    $record.PercentComplete = $PercentComplete
    if ($Completed) { $record.RecordType = 'Completed' }
    $PSCmdlet.WriteProgress($record)
}

function New-Object {
    param([Parameter(Position = 0, Mandatory)] [string] $TypeName, [Parameter(Position = 1)] [object[]] $ArgumentList)
    if ($TypeName -in 'PSObject', 'PSCustomObject') { return [psobject]::new() }
    if ($ArgumentList) { ([type] $TypeName)::new.Invoke($ArgumentList) } else { ([type] $TypeName)::new() }
}

function Sort-Object {
    param([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] $Property, [switch] $Descending, [switch] $Unique)
    begin { $items = [System.Collections.Generic.List[object]]::new() }
    process { if ($null -ne $InputObject) { $items.Add($InputObject) } }
    end {
        $keys = @($Property)
        $value = {
            param($item, $key)
            if ($null -eq $key) { $item }
            elseif ($key -is [scriptblock]) { $key.InvokeWithContext($null, [psvariable]::new('_', $item))[0] }
            else { $item.$key }
        }
        $compare = {
            param($x, $y)
            foreach ($key in $keys) {
                $left = & $value $x $key ; $right = & $value $y $key
                $order = [System.Management.Automation.LanguagePrimitives]::Compare($left, $right, $true)
                if ($order -ne 0) { return $(if ($Descending) { -$order } else { $order }) }
            }
            0
        }.GetNewClosure()
        $sorted = [System.Linq.Enumerable]::Order([object[]] $items.ToArray(),
            [System.Collections.Generic.Comparer[object]]::Create([System.Comparison[object]] $compare))
        $last = $null ; $any = $false
        foreach ($item in $sorted) {
            if ($Unique -and $any -and (& $compare $last $item) -eq 0) { continue }
            $last = $item ; $any = $true
            $item
        }
    }
}

function Group-Object {
    param([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] $Property, [switch] $NoElement)
    begin { $groups = [ordered] @{} }
    process {
        $value = if ($Property -is [scriptblock]) { $Property.InvokeWithContext($null, [psvariable]::new('_', $InputObject))[0] }
        elseif ($Property) { $InputObject.$Property } else { $InputObject }
        $key = [string] $value
        if (-not $groups.Contains($key)) { $groups[$key] = [System.Collections.Generic.List[object]]::new() }
        $groups[$key].Add($InputObject)
    }
    end {
        foreach ($key in $groups.Keys) {
            if ($NoElement) { [pscustomobject] @{ Count = $groups[$key].Count; Name = $key } }
            else { [pscustomobject] @{ Count = $groups[$key].Count; Name = $key; Group = $groups[$key] } }
        }
    }
}

function Measure-Object {
    param([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] [string] $Property,
        [switch] $Sum, [switch] $Average, [switch] $Minimum, [switch] $Maximum)
    begin { $count = 0 ; $total = 0.0 ; $least = $null ; $most = $null }
    process {
        if ($null -eq $InputObject) { return }
        $count++
        $value = if ($Property) { $InputObject.$Property } else { $InputObject }
        if ($Sum -or $Average) { $total += $value }
        if ($Minimum -and ($null -eq $least -or $value -lt $least)) { $least = $value }
        if ($Maximum -and ($null -eq $most -or $value -gt $most)) { $most = $value }
    }
    end {
        [pscustomobject] @{
            Count = $count; Sum = $(if ($Sum) { $total }); Average = $(if ($Average -and $count) { $total / $count })
            Minimum = $least; Maximum = $most; Property = $Property
        }
    }
}

function Measure-Command {
    param([Parameter(Position = 0, Mandatory)] [scriptblock] $Expression)
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $null = . $Expression
    $clock.Elapsed
}

function Out-String {
    param([Parameter(ValueFromPipeline)] $InputObject, [int] $Width)
    begin { $items = [System.Collections.Generic.List[object]]::new() }
    process { $items.Add($InputObject) }
    end { [DataVersion.Host.TextCapture]::Render($items, $(if ($Width) { $Width } else { 120 })) }
}

function ConvertTo-Json {
    param([Parameter(Position = 0, ValueFromPipeline)] $InputObject, [int] $Depth = 2, [switch] $Compress, [switch] $AsArray)
    begin { $items = [System.Collections.Generic.List[object]]::new() }
    process { $items.Add($InputObject) }
    end {
        $value = if ($items.Count -eq 1 -and -not $AsArray) { $items[0] } else { $items.ToArray() }
        [DataVersion.Host.StandIns.JsonText]::Write($value, $Depth, [bool] $Compress)
    }
}

function ConvertFrom-Json {
    param([Parameter(Position = 0, ValueFromPipeline)] [string] $InputObject)
    begin { $lines = [System.Collections.Generic.List[string]]::new() }
    process { $lines.Add($InputObject) }
    end { [DataVersion.Host.StandIns.JsonText]::Read($lines -join "`n") }
}

function Get-Date {
    param([string] $Format)
    if ($Format) { [datetime]::Now.ToString($Format) } else { [datetime]::Now }
}

function Start-Sleep {
    param([Parameter(Position = 0)] [double] $Seconds, [int] $Milliseconds)
    # In small steps, so that Ctrl-C is heard.
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $whole = $Seconds * 1000 + $Milliseconds
    while (($left = $whole - $clock.Elapsed.TotalMilliseconds) -gt 0) { [System.Threading.Thread]::Sleep([int] [Math]::Min(100, [Math]::Ceiling($left))) }
}

function Get-FileHash {
    param([Parameter(Position = 0, ValueFromPipeline)] [string] $LiteralPath, [string] $Algorithm = 'SHA256')
    process {
        $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($LiteralPath)
        $stream = [System.IO.File]::OpenRead($full)
        try {
            $bytes = if ($Algorithm -eq 'MD5') { [System.Security.Cryptography.MD5]::HashData($stream) } else { [System.Security.Cryptography.SHA256]::HashData($stream) }
        }
        finally { $stream.Dispose() }
        [pscustomobject] @{ Algorithm = $Algorithm; Hash = [System.Convert]::ToHexString($bytes); Path = $full }
    }
}
