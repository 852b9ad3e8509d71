using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets.Completion;

/// <summary>Names of configuration options: those that are set, then those that exist.</summary>
internal sealed class ConfigNameCompleter : RepositoryCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionCandidate> Candidates(RepositoryLayout? repository, CompletionRequest request)
    {
        var configuration = Configuration.Load(repository, validate: false);
        foreach (var entry in configuration.Entries())
            yield return new(entry.Name, $"{entry.Value} ({entry.Scope})");
        var remotes = configuration.Remotes.Select(r => r.Name).ToList();
        foreach (var option in ConfigurationSchema.Options)
            foreach (var name in option.Name.Contains("NAME", StringComparison.Ordinal)
                ? remotes.Where(_ => option.Name.StartsWith("remote.", StringComparison.Ordinal)).Select(r => option.Name.Replace("NAME", r, StringComparison.Ordinal))
                : [option.Name])
                yield return new(name, option.Description);
    }
}
