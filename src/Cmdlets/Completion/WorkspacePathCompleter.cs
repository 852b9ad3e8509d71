using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets.Completion;

/// <summary>
/// Files and folders as they are written into a <c>dvc.yaml</c>: relative to the working directory of the stage, with <c>/</c>,
/// without the <c>./</c> that the shell's own completion begins with.
/// </summary>
internal sealed class WorkspacePathCompleter : RepositoryCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionCandidate> Candidates(RepositoryLayout? repository, CompletionRequest request)
    {
        var word = request.Word.Replace('\\', '/');
        var folder = word[..(word.LastIndexOf('/') + 1)];
        var showHidden = word.Length > folder.Length && word[folder.Length] == '.';
        return Directory.EnumerateFileSystemEntries(Path.Combine(request.StageFolder, folder))
            .Select(path => (Path: path, Name: Path.GetFileName(path)))
            .Where(entry => showHidden || !entry.Name.StartsWith('.'))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .Select(entry => new CompletionCandidate(folder + entry.Name, entry.Path));
    }
}
