using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Pipelines;

/// <summary>A <c>dvc.yaml</c> as it will be with a new stage.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Text">The new text of its file.</param>
/// <param name="Replaces">There is a stage of that name.</param>
/// <param name="Ignored">The outputs that Git is to ignore, in DVC's order.</param>
public sealed record StageAdditionPlan(StageDefinition Stage, string Text, bool Replaces, IReadOnlyList<string> Ignored);

/// <summary>
/// Writes a stage into the <c>dvc.yaml</c> of a folder (DVC: <c>stage add</c>). Everything is checked before anything is
/// written: names, paths, and that the graph of the whole repository holds together.
/// </summary>
public static class StageAddition
{
    /// <summary>What will be written. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="folder">The folder of the <c>dvc.yaml</c>, relative to the root.</param>
    /// <param name="draft">The stage.</param>
    /// <param name="force">Replace a stage of the same name.</param>
    /// <exception cref="DataVersionException">
    /// ArgumentInvalid, StageExists, StageTemplated, OutputConflict, StageCycle, PathNotFound, PathOutsideRepository, PathUnsupported,
    /// PathIgnored, TrackedByGit, MetadataInvalid.
    /// </exception>
    public static StageAdditionPlan Plan(Repository repository, string folder, StageDraft draft, bool force)
    {
        CheckNames(draft);
        var path = MetadataPath.Join(folder, PipelineFile.FileName);
        CheckIgnored(repository, path);
        var tree = repository.WorkingTree();
        var text = tree.Exists(path) ? tree.ReadText(path) : null;
        var file = PipelineFile.Parse(text ?? "", path);
        var old = file.Stages.Find(stage => stage.Name == draft.Name);
        if (old is not null && !force)
            throw new DataVersionException(DataErrorKind.StageExists, $"'{path}' line {old.Line} has a stage '{draft.Name}' already.", path,
                "Choose another name, or replace it with -Force.");
        if (old is not null && IsTemplated(old))
            throw Templated(StageSet.AddressOf(path, draft.Name), path, old.Line, "replaced");
        var paths = new StageDraftPaths(repository, folder, draft);
        var definition = StageDraftText.ToNode(paths.Resolved, paths.WorkingDirectory, old?.Definition);
        var edited = PipelineEditor.WithStage(RawText(repository, path), draft.Name, definition, path);
        var graph = StageGraph.Build(StageSet.Load(new ChangedTree(tree, path, edited), parsing: repository.Settings.Parsing));
        var stage = graph.Set.Find(StageSet.AddressOf(path, draft.Name)) ?? throw Templated(StageSet.AddressOf(path, draft.Name), path, old?.Line ?? 0, "written");
        string[] cached = [.. CachedOutputs(stage, paths.Resolved)];
        if (repository.Git?.Tracked([.. cached.Select(repository.Layout.ToAbsolute)]) is { Count: > 0 } tracked)
            throw new DataVersionException(DataErrorKind.TrackedByGit,
                $"'{repository.Layout.ToRelative(tracked.First())}' is tracked by Git, so it cannot be an output that the cache keeps.", repository.Layout.ToRelative(tracked.First()),
                "Take it out of Git first with 'git rm -r --cached', or leave it to Git with -OutputNoCache.");
        return new StageAdditionPlan(stage, edited, old is not null, cached);
    }

    /// <summary>Writes the file and the lines of <c>.gitignore</c>. The caller still holds the lock.</summary>
    public static void Run(Repository repository, StageAdditionPlan plan)
    {
        var metadata = new MetadataUpdate(repository);
        try
        {
            // Where the folder is still to be made, the run that makes it writes the line.
            metadata.Ignore([.. plan.Ignored.Where(path => Directory.Exists(repository.Layout.ToAbsolute(MetadataPath.FolderOf(path))))]);
            FaultPoint.Reach("stage-add.ignored");
            metadata.Write(plan.Stage.MetadataPath, plan.Text);
            FaultPoint.Reach("stage-add.written");
        }
        catch
        {
            metadata.Undo();
            throw;
        }
        repository.Reload();
        metadata.Stage();
    }

    internal static DataVersionException Templated(string address, string path, int line, string what) => new(DataErrorKind.StageTemplated,
        $"'{address}' ('{path}' line {line}) is made of templates, so it cannot be {what} by a command.", path, "Edit the file by hand.");

    internal static bool IsTemplated(PipelineStage stage) => PipelineEditor.IsTemplated(stage);

    /// <summary>The text of a file as it is, with the mark at its start if it has one; null when there is none.</summary>
    internal static string? RawText(Repository repository, string path)
    {
        var absolute = repository.Layout.ToAbsolute(path);
        try
        {
            return File.Exists(absolute) ? System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(absolute)) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, path, "read");
        }
    }

    // DVC's order: what persists, metrics, plots, then the others; each as it was typed.
    private static IEnumerable<string> CachedOutputs(StageDefinition stage, StageDraft draft)
    {
        string[] typed = [.. draft.Outputs.OrderBy(output => output.Persist ? 0 : output.Kind switch { OutputKind.Metric => 1, OutputKind.Plot => 2, _ => 3 }).Select(output => output.Path)];
        return stage.Outputs.Where(output => output.Flags.UseCache && !output.IsExternal).OrderBy(output => Array.IndexOf(typed, output.Text)).Select(output => output.Path);
    }

    private static void CheckNames(StageDraft draft)
    {
        if (draft.Name.Length == 0 || draft.Name.Any(c => char.IsControl(c) || char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or ' ')))
            throw new DataVersionException(DataErrorKind.ArgumentInvalid,
                $"'{draft.Name}' cannot be the name of a stage: of punctuation it may only have '-' and '_'.", draft.Name, "Choose another name.");
        if (draft.Command.Count == 0 || draft.Command.Any(string.IsNullOrWhiteSpace))
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"The stage '{draft.Name}' has an empty command.", draft.Name, "Give -Command a command line.");
    }

    private static void CheckIgnored(Repository repository, string path)
    {
        if (repository.Ignore.IsIgnored(path, false) || repository.Git?.Ignored([repository.Layout.ToAbsolute(path)]) is { Count: > 0 })
            throw new DataVersionException(DataErrorKind.PathIgnored, $"'{path}' is ignored by Git or by a .dvcignore file, so nobody would find its stages.", path,
                "Take the rule out of .gitignore or .dvcignore.");
    }
}
