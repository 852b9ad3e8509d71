using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Imports;

/// <summary>What the user asked to import.</summary>
public sealed record ImportRequest
{
    /// <summary>A URL, or the path as it was typed.</summary>
    public required string Source { get; init; }

    /// <summary>The absolute path of <see cref="Source"/>, when it is one of this machine; null for an address.</summary>
    public string? LocalPath { get; init; }

    /// <summary>A path in the repository that <see cref="Source"/> names; null when that names the data itself.</summary>
    public string? SourcePath { get; init; }

    /// <summary>Absolute path: where the data will be, or a folder that takes it in.</summary>
    public required string Destination { get; init; }

    /// <summary>The revision of the repository to follow; null for its default branch.</summary>
    public string? Revision { get; init; }

    /// <summary>A configuration file of the source repository, absolute; null for none.</summary>
    public string? Config { get; init; }

    /// <summary>The remote of the source repository that holds the data; null for its default one.</summary>
    public string? Remote { get; init; }

    /// <summary>Options: of the remote of the source repository, or of the storage that a URL names.</summary>
    public IReadOnlyDictionary<string, string?> Options { get; init; } = new Dictionary<string, string?>();

    /// <summary>Overwrite what is at the destination.</summary>
    public bool Force { get; init; }
}

/// <summary>One import to carry out or to bring up to date.</summary>
/// <param name="Path">Where the data is tracked, relative to the root.</param>
/// <param name="MetadataPath">Its <c>.dvc</c> file.</param>
/// <param name="Dependency">Where the data comes from, as it is recorded or will be.</param>
public sealed record ImportItem(string Path, string MetadataPath, DependencyEntry Dependency)
{
    /// <summary>The <c>wdir</c> of the metadata file; null for none.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>What is recorded now; null for a new import.</summary>
    public TrackedOutput? Output { get; init; }

    /// <summary>It exists and is brought up to date.</summary>
    public bool IsUpdate { get; init; }

    /// <summary>Where the data comes from, for people; without secrets.</summary>
    public string Origin => Remotes.RemoteSecrets.Hide(Dependency.Repository is { } source ? $"{Dependency.Path} ({source.Url})" : Dependency.Path);
}

/// <summary>Decides what an import means, and what cannot be imported (rules: DVC spec 6.1, 10.7). Changes nothing, contacts nobody.</summary>
public static class ImportPlanner
{
    /// <summary>Plans one import.</summary>
    /// <exception cref="DataVersionException">ArgumentInvalid, PathExists, PathNotFound, OutputConflict, PathOutsideRepository ...</exception>
    public static ImportItem Plan(Repository repository, ImportRequest request)
    {
        var name = ImportAddress.NameOf(request.SourcePath ?? request.LocalPath?.Replace('\\', '/') ?? request.Source);
        // A folder that is tracked takes nothing in: it is the place itself.
        var tracked = repository.Layout.ToRelative(request.Destination) is { Length: > 0 } place ? repository.Index.Find(place) : null;
        var target = Directory.Exists(request.Destination) && tracked is null ? System.IO.Path.Combine(request.Destination, name) : request.Destination;
        if (name.Length == 0 && target != request.Destination)
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"'{request.Source}' gives the data no name.", request.Source, "Name it with -Destination.");
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(target)))
            throw new DataVersionException(DataErrorKind.PathNotFound, $"The folder '{System.IO.Path.GetDirectoryName(target)}' does not exist.", target, "Make it, or choose another -Destination.");
        if (request.SourcePath is null && request.LocalPath == target)
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"'{target}' would be imported from itself.", target, "Track it with Add-DataFile, or choose another -Destination.");
        if (Repeated(repository, request, repository.Index.Find(repository.Layout.ToRelative(target) ?? "")) is { } begun)
            return begun;
        var item = AddPlanner.PlanArrival(repository, target, isFolder: false, request.Force);
        var dependency = request.SourcePath is null ? OfUrl(repository, request, item.MetadataPath) : OfRepository(repository, request);
        return new ImportItem(item.Path, item.MetadataPath, dependency) { Output = item.Output };
    }

    /// <summary>The imports among these paths, to be brought up to date.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="paths">Relative to the root; null for all imports.</param>
    /// <param name="revision">Follow this revision from now on; null for the recorded one.</param>
    /// <param name="failures">Receives paths that are not tracked or no imports.</param>
    public static IReadOnlyList<ImportItem> PlanUpdate(Repository repository, IReadOnlyList<string>? paths, string? revision, ICollection<PathFailure> failures)
    {
        repository.Index.CheckConflicts();
        var items = new List<ImportItem>();
        var named = paths?.ToHashSet(StringComparer.Ordinal);
        foreach (var scope in OutputScope.Of(repository.Index, paths, failures))
        {
            var output = scope.Output;
            try
            {
                if (output.Kind is OutputSource.UrlImport or OutputSource.RepositoryImport)
                    items.Add(OfOutput(repository, output, revision));
                // A folder above stands for the imports in it; a path that was named must be one.
                else if ((named?.Contains(output.Path) is true || named?.Contains(output.MetadataPath) is true) && WorktreeUpdate.RemoteOf(repository, output) is null)
                    throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"'{output.Path}' ({output.StageAddress}) is neither an import nor on a worktree remote, so there is nothing to bring it up to date from.",
                        output.Path, "Record changed data with Add-DataFile or Save-DataFile; run a stage with Invoke-Stage.");
            }
            catch (DataVersionException error)
            {
                failures.Add(new PathFailure(output.Path, error));
            }
        }
        return items;
    }

    /// <summary>The import that makes an output.</summary>
    internal static ImportItem OfOutput(Repository repository, TrackedOutput output, string? revision)
    {
        var path = output.MetadataPath;
        var document = DataFileDocument.Parse(Utf8Text.Read(repository.Layout.ToAbsolute(path), path, DataErrorKind.MetadataInvalid), path);
        return OfDocument(document, output, revision);
    }

    internal static ImportItem OfDocument(DataFileDocument document, TrackedOutput output, string? revision)
    {
        var dependency = document.Dependencies[0];
        if (revision is not null)
            (dependency.Repository ?? throw new DataVersionException(DataErrorKind.ArgumentInvalid,
                $"'{output.Path}' was imported from '{Remotes.RemoteSecrets.Hide(dependency.Path)}', which has no revisions.", output.Path, "Leave -Revision out.")).Revision = revision;
        return new ImportItem(output.Path, output.MetadataPath, dependency) { WorkingDirectory = document.WorkingDirectory, Output = output, IsUpdate = true };
    }

    // The same import again: what an interrupted one left is completed, what is there is brought up to date.
    private static ImportItem? Repeated(Repository repository, ImportRequest request, TrackedOutput? output)
    {
        if (output is not { Kind: OutputSource.UrlImport or OutputSource.RepositoryImport } || output.MetadataPath != output.Path + ".dvc")
            return null;
        var recorded = OfOutput(repository, output, null);
        var wanted = request.SourcePath is null ? OfUrl(repository, request, output.MetadataPath) : OfRepository(repository, request);
        return Names(recorded.Dependency) == Names(wanted) ? recorded : null;

        static string Names(DependencyEntry entry)
        {
            var map = new YamlMap();
            map.Add("path", entry.Path);
            DataEntry.AddIfSet(map, "fs_config", entry.FsConfig);
            foreach (var (key, value) in entry.Repository?.ToNode().Entries ?? [])
                if (key.AsText != "rev_lock")
                    map.Set(key, value);
            return YamlWriter.Write(map);
        }
    }

    private static DependencyEntry OfUrl(Repository repository, ImportRequest request, string metadataPath)
    {
        if (request.Revision is not null || request.Config is not null || request.Remote is not null)
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, "-Revision, -Config and -SourceRemote are for imports from other repositories, which need -SourcePath.",
                request.Source, "Say with -SourcePath what to import from the repository, or leave them out.");
        var options = new YamlMap();
        foreach (var (option, value) in request.Options)
            if (value is not null)
                options.Add(option, value switch { "true" => true, "false" => (object)false, _ => value });
        if (request.LocalPath is { } local)
            return new DependencyEntry { Path = Spelled(repository, request.Source, local, metadataPath) };
        var (remote, _, _) = ImportAddress.ToStorage(request.Source, options.Entries.ToDictionary(e => e.Key.SourceText, e => request.Options[e.Key.SourceText]!), repository.Configuration);
        if (remote.Scheme is "ftp" or "ftps")
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"'{Remotes.RemoteSecrets.Hide(request.Source)}' cannot be recorded: DVC knows no FTP, and would not be able to read the .dvc file.",
                request.Source, "Bring the data with Export-DataFile -Source, and track it with Add-DataFile.");
        return new DependencyEntry { Path = request.Source, FsConfig = options.Count == 0 ? null : options };
    }

    // As DVC spells it: inside the repository relative to the .dvc file, else as it was typed; what was typed relative to the
    // current folder must be found from the file, too.
    private static string Spelled(Repository repository, string typed, string local, string metadataPath)
    {
        if (repository.Layout.ToRelative(local) is null && System.IO.Path.IsPathFullyQualified(typed))
            return System.IO.Path.TrimEndingDirectorySeparator(typed).Replace('\\', OperatingSystem.IsWindows() ? '/' : '\\');
        var folder = System.IO.Path.GetDirectoryName(repository.Layout.ToAbsolute(metadataPath))!;
        return System.IO.Path.GetRelativePath(folder, local).Replace(System.IO.Path.DirectorySeparatorChar, '/');
    }

    private static DependencyEntry OfRepository(Repository repository, ImportRequest request)
    {
        var path = MetadataPath.Normalize(request.SourcePath!.Replace('\\', OperatingSystem.IsWindows() ? '/' : '\\'));
        if (path.Length == 0 || path == ".." || path.StartsWith("../", StringComparison.Ordinal))
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"'{request.SourcePath}' is no path in a repository.", request.SourcePath, "Give it relative to the root of that repository.");
        if (MetadataPath.IsDataFile(path))
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"'{path}' is a metadata file.", path, $"Import the data it describes: '{path[..^4]}'.");
        var options = new YamlMap();
        foreach (var (option, value) in request.Options)
            if (value is not null)
                options.Add(option, value);
        YamlNode? config = request.Config is { } file ? new YamlScalar(file) : null, remote = request.Remote is { } name ? new YamlScalar(name) : null;
        if (options.Count > 0 && request.Remote is not null)
            (config, remote) = (ConfigOf(request.Remote, options, request.Config), null);
        else if (options.Count > 0)
            remote = options;
        return new DependencyEntry
        {
            Path = path,
            Repository = new RepositorySource { Url = RepositoryUrl(repository.Layout, request), Revision = request.Revision, Config = config, Remote = remote },
        };
    }

    /// <summary>As DVC writes a remote that is both named and described: a configuration with nothing else in it.</summary>
    internal static YamlMap ConfigOf(string remote, YamlMap options, string? file)
    {
        if (file is not null)
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, "A configuration file cannot be combined with both a remote and options for it.", file, "Put the options into the file.");
        var (map, core, named) = (new YamlMap(), new YamlMap(), new YamlMap());
        core.Add("remote", remote);
        named.Add(remote, options);
        map.Add("core", core);
        map.Add("remote", named);
        return map;
    }

    // A folder is recorded relative to the root when it was typed relative: DVC takes it relative to where it is run.
    private static string RepositoryUrl(RepositoryLayout layout, ImportRequest request) => request.LocalPath is not { } local ? request.Source
        : System.IO.Path.IsPathFullyQualified(request.Source) ? System.IO.Path.TrimEndingDirectorySeparator(request.Source)
        : System.IO.Path.GetRelativePath(layout.Root, local).Replace(System.IO.Path.DirectorySeparatorChar, '/');
}
