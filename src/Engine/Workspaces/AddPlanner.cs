using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Workspaces;

/// <summary>Decides what adding each path means, and which paths cannot be added (rules: DVC spec 6.1, 6.3).</summary>
public sealed class AddPlanner
{
    private readonly Repository repository;
    private readonly AddOptions options;
    private readonly FolderLinks folders;
    private readonly List<AddItem> items = [];
    private readonly List<PathFailure> failures = [];
    private readonly HashSet<string> targets = new(StringComparer.Ordinal);
    private readonly HashSet<string> planned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> pathInside = new(StringComparer.Ordinal);

    private AddPlanner(Repository repository, AddOptions options)
    {
        (this.repository, this.options) = (repository, options);
        folders = new FolderLinks(repository.Layout);
    }

    /// <summary>Plans to add these paths. Reads metadata, changes nothing.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="sources">Absolute paths of data.</param>
    /// <param name="options">What the user asked for.</param>
    /// <exception cref="MetadataFormatException">A metadata file of the repository cannot be read.</exception>
    public static AddPlan Plan(Repository repository, IReadOnlyList<string> sources, AddOptions options)
    {
        if (options.OutFile is not null && sources.Count > 1)
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, "-OutFile takes one path to add, not several.",
                options.OutFile, "Add the paths one by one, or put them into a folder.");
        if (options.Upload is not null && (sources.Count > 1 || options.NoCommit))
            throw new DataVersionException(DataErrorKind.ArgumentInvalid,
                options.NoCommit ? "-ToRemote and -NoCommit exclude each other." : "-ToRemote takes one path to add, not several.", sources[0],
                "Add the paths one by one, or put them into a folder.");
        repository.Index.CheckConflicts();
        var planner = new AddPlanner(repository, options);
        foreach (var source in sources)
            try
            {
                planner.PlanOne(source);
            }
            catch (DataVersionException error)
            {
                planner.failures.Add(new PathFailure(source, error));
            }
        planner.RefuseWhatGitTracks();
        return new AddPlan(planner.items, planner.failures);
    }

    /// <summary>
    /// What recording data at a place means when its content comes from outside of this machine's files: the same rules, with
    /// <see cref="AddAction.Track"/> or <see cref="AddAction.Update"/> as answer.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="target">Absolute path of the data that will be there.</param>
    /// <param name="isFolder">It will be a folder.</param>
    /// <param name="force">What is there may be overwritten.</param>
    /// <exception cref="DataVersionException">It cannot be recorded there.</exception>
    internal static AddItem PlanArrival(Repository repository, string target, bool isFolder, bool force)
    {
        repository.Index.CheckConflicts();
        var planner = new AddPlanner(repository, new AddOptions { OutFile = target, Force = force });
        planner.PlanOne(target, target, default(FileStat) with { Kind = isFolder ? FileKind.Directory : FileKind.File });
        planner.RefuseWhatGitTracks();
        if (planner.failures.Count > 0)
            throw planner.failures[0].Error;
        return planner.items[0] is { Action: not AddAction.UpdatePart } item ? item : throw new DataVersionException(DataErrorKind.OutputConflict,
            $"'{planner.items[0].Target}' lies inside '{planner.items[0].Path}', which '{planner.items[0].MetadataPath}' tracks.", target, "Choose another place.");
    }

    private void PlanOne(string source) =>
        PlanOne(source, options.OutFile is null ? source : DestinationOf(source, options.OutFile), FileStat.Read(source));

    private void PlanOne(string source, string target, FileStat stat)
    {
        var path = repository.Layout.ToRelative(target);
        if (string.IsNullOrEmpty(path) || path == ".dvc" || path.StartsWith(".dvc/", StringComparison.Ordinal))
            throw new DataVersionException(DataErrorKind.PathOutsideRepository,
                path is null ? $"'{target}' lies outside the repository '{repository.Layout.Root}'." : $"'{target}' belongs to the repository itself.",
                target, "Copy the data into the repository, or give a place inside it with -OutFile.");
        if (path.EndsWith(".dvc", StringComparison.Ordinal) || Path.GetFileName(path) is PipelineFile.FileName or LockFile.FileName)
            throw new DataVersionException(DataErrorKind.PathUnsupported, $"'{path}' is a metadata file, so it cannot be tracked as data.", path,
                "Add the data it describes.");
        if (targets.Contains(path))
            return;
        if (folders.ProblemAbove(path) is { } problem)
            throw problem;
        if (repository.Ignore.Match(path, stat.Kind == FileKind.Directory) is { IsNegated: false } match)
            throw new DataVersionException(DataErrorKind.PathIgnored,
                $"'{path}' is ignored by {match.File}, line {match.Line}: {match.Pattern}", path, "Change the pattern, or add another path.");
        var item = Decide(source, path, stat);
        targets.Add(path);
        items.Add(item);
        planned.Add(item.Path);
        for (var folder = MetadataPath.FolderOf(item.Path); folder.Length > 0 && pathInside.TryAdd(folder, item.Path);)
            folder = MetadataPath.FolderOf(folder);
    }

    private AddItem Decide(string source, string path, FileStat stat)
    {
        var index = repository.Index;
        if (index.FindContaining(path) is { } output)
        {
            if (output.Kind == OutputSource.Pipeline)
                throw new DataVersionException(DataErrorKind.OutputConflict,
                    $"'{path}' is made by the stage '{output.StageAddress}', so it cannot be added as data.", path,
                    "Run the stage, or record what is there with Save-DataFile.");
            if (options.OutFile is not null && !options.Force)
                throw InTheWay(path);
            var inner = path.Length == output.Path.Length ? "" : path[(output.Path.Length + 1)..];
            if (options.Upload is not null && inner.Length > 0)
                throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"A part of '{output.Path}' cannot be added to a remote alone.", path,
                    $"Add '{output.Path}' as a whole, or add the part without -ToRemote and push it.");
            return new AddItem(inner.Length == 0 ? AddAction.Update : AddAction.UpdatePart, source, output.Path, inner, output.MetadataPath, output);
        }
        if (!stat.Exists)
            throw new DataVersionException(DataErrorKind.PathNotFound, $"'{path}' does not exist.", path, "Check the path.");
        if (index.FindInside(path).FirstOrDefault() is { } inside)
            throw new DataVersionException(DataErrorKind.OutputConflict,
                $"'{path}' cannot be tracked, because '{inside.Path}' inside it is tracked by '{inside.StageAddress}' already.", path,
                $"Stop tracking '{inside.Path}' with Remove-DataFile first, or add another folder.");
        if (Overlapping(path) is { } other)
            throw new DataVersionException(DataErrorKind.OutputConflict, $"'{path}' and '{other}' overlap, so they cannot both be tracked.", path,
                "Add only the outer one.");
        var metadata = path + ".dvc";
        if (FileStat.Read(repository.Layout.ToAbsolute(metadata)).Exists && !options.Force)
            throw new DataVersionException(DataErrorKind.PathExists, $"'{metadata}' exists already and describes something else.", metadata,
                "Rename it, or replace it with -Force.");
        if (options.OutFile is not null && !options.Force && FileStat.Read(repository.Layout.ToAbsolute(path)).Exists)
            throw InTheWay(path);
        return new AddItem(AddAction.Track, source, path, "", metadata, null);
    }

    private static DataVersionException InTheWay(string path) => new(DataErrorKind.PathExists, $"'{path}' exists already.", path,
        "Choose another place for -OutFile, or replace it with -Force.");

    // A planned path above this one or inside it.
    private string? Overlapping(string path)
    {
        if (pathInside.TryGetValue(path, out var inside))
            return inside;
        for (var folder = MetadataPath.FolderOf(path); folder.Length > 0; folder = MetadataPath.FolderOf(folder))
            if (planned.Contains(folder))
                return folder;
        return null;
    }

    private static string DestinationOf(string source, string outFile) =>
        Directory.Exists(outFile) ? Path.Combine(outFile, Path.GetFileName(Path.TrimEndingDirectorySeparator(source))) : outFile;

    private void RefuseWhatGitTracks()
    {
        var fresh = items.Where(i => i.Action == AddAction.Track).ToList();
        if (fresh.Count == 0 || repository.Git is null)
            return;
        var tracked = repository.Git.Tracked([.. fresh.Select(i => repository.Layout.ToAbsolute(i.Path))]);
        items.RemoveAll(IsTracked);
        foreach (var item in fresh.Where(IsTracked))
            failures.Add(new PathFailure(item.Path, new DataVersionException(DataErrorKind.TrackedByGit,
                $"'{item.Path}' is tracked by Git, so it cannot be tracked as data.", item.Path,
                $"Take it out of Git first, keeping the file: git rm -r --cached '{item.Path}' ; git commit -m \"Stop tracking {item.Path}\"")));

        bool IsTracked(AddItem item) => item.Action == AddAction.Track && tracked.Contains(repository.Layout.ToAbsolute(item.Path));
    }
}
