using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>The paths of a draft as they are to be written: relative to the working directory, with <c>/</c>; checked.</summary>
internal sealed class StageDraftPaths
{
    private readonly Repository repository;
    // The working directory relative to the root.
    private readonly string folder;

    /// <summary>Resolves and checks the paths.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="metadataFolder">The folder of the <c>dvc.yaml</c>, relative to the root.</param>
    /// <param name="draft">The stage as the user typed it.</param>
    public StageDraftPaths(Repository repository, string metadataFolder, StageDraft draft)
    {
        this.repository = repository;
        folder = metadataFolder;
        if (draft.WorkingDirectory is { } absolute)
        {
            folder = repository.Layout.ToRelative(absolute) ?? throw new DataVersionException(DataErrorKind.PathOutsideRepository,
                $"The working directory '{absolute}' lies outside the repository.", absolute);
            if (!Directory.Exists(absolute))
                throw new DataVersionException(DataErrorKind.PathNotFound, File.Exists(absolute) ? $"The working directory '{absolute}' is a file."
                    : $"The working directory '{absolute}' does not exist.", absolute, "Make the folder first.");
        }
        WorkingDirectory = Path.GetRelativePath("/" + metadataFolder, "/" + folder).Replace('\\', '/');
        Resolved = draft with
        {
            Dependencies = [.. draft.Dependencies.Select(Written)],
            Outputs = [.. draft.Outputs.Select(output => output with { Path = Output(output) })],
            Parameters = [.. draft.Parameters.Select(Parameters)],
        };
        if (Resolved.Outputs.GroupBy(output => MetadataPath.Normalize(output.Path), StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new DataVersionException(DataErrorKind.OutputConflict, $"The stage '{draft.Name}' names the output '{twice.Key}' twice.", twice.Key, "Name it once, with one kind.");
        if (Resolved.Dependencies.FirstOrDefault(path => Resolved.Outputs.Any(output => MetadataPath.Normalize(output.Path) == MetadataPath.Normalize(path))) is { } both)
            throw new DataVersionException(DataErrorKind.StageCycle, $"The stage '{draft.Name}' reads '{both}' and makes it.", both, "Let it make something else.");
    }

    /// <summary>The draft with these paths.</summary>
    public StageDraft Resolved { get; }

    /// <summary>Relative to the folder of the <c>dvc.yaml</c>; <c>.</c> for that folder.</summary>
    public string WorkingDirectory { get; }

    private string Written(string typed)
    {
        if (MetadataSchema.IsUrl(typed))
            return typed;
        var path = OperatingSystem.IsWindows() ? typed.Replace('\\', '/') : typed;
        // DVC writes a relative path as it was typed.
        if (!Path.IsPathFullyQualified(path))
            return path;
        return repository.Layout.ToRelative(path) is { } inside ? Path.GetRelativePath("/" + folder, "/" + inside).Replace('\\', '/') : path.TrimEnd('/');
    }

    private string Output(DraftOutput output)
    {
        var written = Written(output.Path);
        var (path, isExternal) = MetadataPath.Resolve(folder, null, written, repository.Layout.Root);
        var name = MetadataPath.NameOf(path);
        if (isExternal && output.UseCache)
            throw new DataVersionException(DataErrorKind.PathOutsideRepository, $"The output '{output.Path}' lies outside the repository, where the cache cannot keep it.", output.Path,
                "Write it inside the repository, or do not cache it (-OutputNoCache).");
        if (isExternal)
            return written;
        if (name is PipelineFile.FileName or LockFile.FileName || MetadataPath.IsDataFile(path))
            throw new DataVersionException(DataErrorKind.PathUnsupported, $"'{path}' is the name of a metadata file; it cannot be an output.", path);
        if (MetadataPath.IsReserved(path))
            throw new DataVersionException(DataErrorKind.PathUnsupported, $"The output '{output.Path}' is the repository itself, or lies in a folder of Git or DVC.", path);
        if (repository.Ignore.IsIgnored(path, false))
            throw new DataVersionException(DataErrorKind.PathIgnored, $"The output '{path}' is ignored by a .dvcignore file.", path, "Take the rule out of .dvcignore, or choose another path.");
        return written;
    }

    // file:keys with the file as it is written; a colon after one letter belongs to a drive.
    private string Parameters(string typed)
    {
        var colon = typed.LastIndexOf(':');
        return colon <= 1 ? typed : Written(typed[..colon]) + typed[colon..];
    }
}
