using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace DataVersion.Host.StandIns;

/// <summary>Stands in for Select-Object: properties, first, last, skip, unique and expanding; <c>-First</c> ends the pipeline early.</summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectStandIn : PSCmdlet
{
    private readonly List<PSObject> kept = [];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private int written;
    private int skipped;

    /// <summary>The object.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Names (wildcards), or hash tables with Name and Expression.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>The property whose values come out.</summary>
    [Parameter]
    public string? ExpandProperty { get; set; }

    /// <summary>How many from the beginning.</summary>
    [Parameter]
    public int First { get; set; } = -1;

    /// <summary>How many from the end.</summary>
    [Parameter]
    public int Last { get; set; } = -1;

    /// <summary>How many to leave out.</summary>
    [Parameter]
    public int Skip { get; set; }

    /// <summary>Each value once.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null || skipped++ < Skip)
            return;
        if (Last >= 0)
        {
            kept.Add(InputObject);
            return;
        }
        Emit(InputObject);
        if (First >= 0 && written >= First)
            StopUpstream();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var item in kept.TakeLast(Last))
            Emit(item);
    }

    private void Emit(PSObject item)
    {
        foreach (var result in ExpandProperty is null ? [Project(item)] : Expand(item))
            if (!Unique || seen.Add(result?.ToString() ?? ""))
            {
                written++;
                WriteObject(result);
            }
    }

    private IEnumerable<object?> Expand(PSObject item)
    {
        var value = item.Properties[ExpandProperty!]?.Value;
        return value is IEnumerable many and not string ? many.Cast<object?>() : [value];
    }

    private object Project(PSObject item)
    {
        if (Property.Length == 0)
            return item;
        var result = new PSObject();
        foreach (var wanted in Property)
        {
            if ((wanted as PSObject)?.BaseObject is Hashtable || wanted is Hashtable)
            {
                var table = (wanted as PSObject)?.BaseObject as Hashtable ?? (Hashtable)wanted;
                var name = table["Name"] ?? table["Label"] ?? table["n"] ?? table["l"];
                var expression = table["Expression"] ?? table["e"];
                var value = expression is ScriptBlock script
                    ? script.InvokeWithContext(null, [new PSVariable("_", item)]).FirstOrDefault()
                    : item.Properties[expression?.ToString() ?? ""]?.Value;
                result.Properties.Add(new PSNoteProperty(name?.ToString() ?? "", value));
                continue;
            }
            var text = wanted.ToString()!;
            var matches = item.Properties.Match(text);
            if (matches.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(text))
                result.Properties.Add(new PSNoteProperty(text, null));
            foreach (var match in matches)
                if (result.Properties[match.Name] is null)
                    result.Properties.Add(new PSNoteProperty(match.Name, match.Value));
        }
        return result;
    }

    /// <summary>Ends the commands before this one the way the real Select-Object does; the exception's type is internal.</summary>
    private void StopUpstream()
    {
        var type = typeof(PSCmdlet).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        throw (Exception)Activator.CreateInstance(
            type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [this], null)!;
    }
}
