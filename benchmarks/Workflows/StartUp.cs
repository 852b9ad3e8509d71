namespace DataVersion.Benchmarks.Workflows;

/// <summary>New shells: with nothing, with the module, with a first command.</summary>
internal static class StartUp
{
    /// <summary>Names for reports, each behind the name of the shell.</summary>
    public const string Bare = "bare", Import = "Import-Module", FirstCommand = "first command";

    /// <summary>The shells that are there.</summary>
    public static IReadOnlyList<string> Shells { get; } = Shell.Has("pwsh") ? ["host", "pwsh"] : ["host"];

    /// <summary>What is run for each shell in a small repository.</summary>
    public static IReadOnlyList<Floor> Of(BuiltModule module) => [.. Shells.SelectMany(shell => new Floor[]
    {
        new($"{shell}, {Bare}", In(module, shell, "$null = 1")),
        new($"{shell}, {Import}", In(module, shell, "Import-Module $ModuleManifest")),
        new($"{shell}, {FirstCommand}", In(module, shell, "Import-Module $ModuleManifest; $null = Get-DataStatus")),
    })];

    /// <summary>What importing costs on top of a bare session, in seconds; null if it was not measured.</summary>
    public static double? ImportSeconds(Case measured, string shell) =>
        measured.Times.TryGetValue($"{shell}, {Bare}", out var bare) && measured.Times.TryGetValue($"{shell}, {Import}", out var import)
            ? import.Median - bare.Median : null;

    /// <summary>How much faster than dvc status the first command of a new shell is.</summary>
    public static double? FirstCommandToDvc(Case measured, string shell) =>
        measured.Times.TryGetValue($"{shell}, {FirstCommand}", out var first) && measured.Times.TryGetValue(DvcContender.ProgramName, out var dvc)
            ? dvc.RatioTo(first) : null;

    private static string In(BuiltModule module, string shell, string script) => "cd \"$C/../..\" && " + module.BashCommand(shell, script);
}
