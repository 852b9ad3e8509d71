using System.Collections;
using System.Management.Automation;

namespace DataVersion.Cmdlets;

/// <summary>
/// Takes the hash out of whatever has one, so that objects of the pipeline with a property <c>Hash</c> mean their hash; PowerShell
/// itself would rather take their text than their property, because it has to convert both.
/// </summary>
internal sealed class HashArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => inputData switch
    {
        null => null!,
        PSObject wrapped when wrapped.Properties["Hash"]?.Value is { } hash => hash.ToString()!,
        // A number stays wrapped: its wrapper knows what was typed, and 645e4537 is meant as digits, not as infinity.
        PSObject { BaseObject: ValueType and not ContentHash } => inputData,
        PSObject wrapped => Transform(engineIntrinsics, wrapped.BaseObject),
        string or ContentHash => inputData.ToString()!,
        IEnumerable many => many.Cast<object>().Select(one => Transform(engineIntrinsics, one)).ToArray(),
        PSCustomObject => inputData,
        _ => new PSObject(inputData).Properties["Hash"]?.Value?.ToString() ?? inputData,
    };
}
