using DataVersion.Engine;
using DataVersion.Engine.Pipelines;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets.Completion;

/// <summary>Names of stages and groups, as they are addressed from the current folder; those of its own <c>dvc.yaml</c> first.</summary>
internal sealed class StageNameCompleter : RepositoryCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionCandidate> Candidates(RepositoryLayout? repository, CompletionRequest request)
    {
        if (repository is null)
            return [];
        using var opened = Repository.Open(repository);
        var folder = repository.ToRelative(request.CurrentFolder) ?? "";
        // A file that cannot be read hides its own stages only.
        return [.. opened.LoadStages([]).Stages.OrderBy(stage => stage.AddressFrom(folder) == stage.Name ? 0 : 1).SelectMany(stage => Of(stage, stage.AddressFrom(folder)))];
    }

    private static IEnumerable<CompletionCandidate> Of(StageDefinition stage, string name)
    {
        if (stage.Group is not null)
            yield return new(name[..^stage.Name.Length] + stage.Group, $"All stages of {stage.Group}");
        var command = PlainValue.Texts(stage.Command).FirstOrDefault()?.Trim();
        yield return new(name, stage.Description ?? (command is null ? $"Data, tracked by {stage.MetadataPath}" : command.Length > 0 ? command : name));
    }
}
