using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Says which rule of the .dvcignore files decides about a path.</summary>
[Cmdlet(VerbsDiagnostic.Test, "DataIgnore", DefaultParameterSetName = "Path")]
[OutputType(typeof(DataIgnoreResult))]
public sealed class TestDataIgnoreCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();

    /// <summary>Files and folders; they need not exist. Wildcards are expanded.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Files and folders, taken literally; they need not exist.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Write every rule that matches, not only the one that decides, which is the last.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Write a result for the paths that no rule speaks of, too.</summary>
    [Parameter]
    public SwitchParameter IncludeUnmatched { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Path, LiteralPath);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var layout = FindRepository();
        var paths = ResolvePaths(requested);
        RunPumped((CmdletPump pump) =>
        {
            var rules = new IgnoreTree(layout);
            foreach (var path in paths)
            {
                pump.Context.Cancellation.ThrowIfCancellationRequested();
                foreach (var result in Judge(rules, layout.ToRelative(path), path))
                    pump.WriteObject(result);
            }
        });
    }

    // What lies outside is never ignored.
    private IEnumerable<DataIgnoreResult> Judge(IgnoreTree rules, string? relative, string absolute)
    {
        var isFolder = Directory.Exists(absolute);
        var decision = relative is null ? null : rules.Match(relative, isFolder);
        IEnumerable<IgnoreMatch> matches = decision is null ? [] : All ? rules.Matches(relative!, isFolder) : [decision];
        var found = false;
        foreach (var match in matches)
        {
            found = true;
            yield return new DataIgnoreResult
            {
                Path = relative!, IsIgnored = decision is { IsNegated: false }, Pattern = match.Pattern,
                File = match.File.Length == 0 ? null : match.File, Line = match.Line == 0 ? null : match.Line,
            };
        }
        if (!found && IncludeUnmatched)
            yield return new DataIgnoreResult { Path = relative ?? absolute, IsIgnored = false };
    }
}
