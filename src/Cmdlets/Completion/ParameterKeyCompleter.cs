using DataVersion.Engine;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets.Completion;

/// <summary>Keys of <c>params.yaml</c>, or of the file that was typed before a colon, inner ones with dots.</summary>
internal sealed class ParameterKeyCompleter : RepositoryCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionCandidate> Candidates(RepositoryLayout? repository, CompletionRequest request)
    {
        if (repository is null)
            return [];
        var colon = request.Word.IndexOf(':');
        var before = request.Word[..(Math.Max(colon, request.Word.LastIndexOf(',')) + 1)];
        var file = Path.Combine(request.StageFolder, colon < 0 ? "params.yaml" : request.Word[..colon]);
        using var opened = Repository.Open(repository);
        return repository.ToRelative(file) is { } path && opened.ReadParameters().Find(path) is YamlMap map ? [.. KeysOf(map, before)] : [];
    }

    private static IEnumerable<CompletionCandidate> KeysOf(YamlMap map, string before)
    {
        foreach (var (key, value) in map.Entries)
        {
            var name = before + key.SourceText;
            yield return new(name, value is YamlScalar { SourceText.Length: > 0 } scalar ? $"{key.SourceText}: {scalar.SourceText}" : name);
            if (value is YamlMap inner)
                foreach (var candidate in KeysOf(inner, name + "."))
                    yield return candidate;
        }
    }
}
