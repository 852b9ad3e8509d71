using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Workspaces;

/// <summary>What a move would do.</summary>
/// <param name="Output">The tracked path.</param>
/// <param name="Destination">Where it goes, relative to the root.</param>
/// <param name="NewMetadataPath">The <c>.dvc</c> file afterwards; the same as now when it is not named after the data.</param>
public sealed record MovePlan(TrackedOutput Output, string Destination, string NewMetadataPath)
{
    /// <summary>Only the case of the name changes, on a file system where that makes no other name.</summary>
    public bool IsRespelled { get; init; }
}

/// <summary>Moves tracked data together with its metadata and its <c>.gitignore</c> line (DVC: <c>move</c>).</summary>
public static class MoveOperation
{
    // EXDEV: a mount inside the repository.
    private const int OtherDevice = 18;

    /// <summary>Plans a move; changes nothing.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="source">The tracked path or its <c>.dvc</c> file, relative to the root.</param>
    /// <param name="destination">Where it goes, relative to the root; into it, when it is a folder.</param>
    /// <exception cref="DataVersionException">PathNotTracked; PathExists; OutputConflict; PathIgnored.</exception>
    public static MovePlan Plan(Repository repository, string source, string destination)
    {
        var index = repository.Index;
        var output = index.Find(source) ?? (index.OfMetadata(source) is [var only] ? only : null)
            ?? throw new DataVersionException(DataErrorKind.PathNotTracked, $"'{source}' is not tracked.", source, "Move it with Move-Item.");
        if (output.StageName is not null)
            throw new DataVersionException(DataErrorKind.OutputConflict, $"'{output.Path}' is made by the stage '{output.StageAddress}'.", output.Path,
                "Change the path in its dvc.yaml.");
        var respelled = IsRespelled(repository.Layout.ToAbsolute(output.Path), repository.Layout.ToAbsolute(destination));
        if (!respelled && Directory.Exists(repository.Layout.ToAbsolute(destination)))
            destination = MetadataPath.Join(destination, MetadataPath.NameOf(output.Path));
        var named = output.MetadataPath == output.Path + ".dvc";
        var metadata = named ? destination + ".dvc" : output.MetadataPath;
        if (destination.Length == 0 || destination == output.Path || destination.StartsWith(output.Path + "/", StringComparison.Ordinal))
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"'{output.Path}' cannot be moved to '{destination}'.", destination, "Choose another place.");
        // A move that was killed half-way left metadata of the same content at both places; it goes on.
        if (index.Find(destination) is { StageName: null } begun && begun.Hash == output.Hash && begun.MetadataPath == metadata
            && !(FileStat.Read(repository.Layout.ToAbsolute(destination)).Exists && FileStat.Read(repository.Layout.ToAbsolute(output.Path)).Exists))
            return new MovePlan(output, destination, metadata);
        if (respelled)
            return new MovePlan(output, destination, metadata) { IsRespelled = true };
        if (FileStat.Read(repository.Layout.ToAbsolute(destination)).Exists || (named && FileStat.Read(repository.Layout.ToAbsolute(metadata)).Exists))
            throw new DataVersionException(DataErrorKind.PathExists, $"'{destination}' or its .dvc file exists already.", destination, "Choose another place.");
        if ((index.FindContaining(destination) ?? index.FindInside(destination).FirstOrDefault()) is { } other)
            throw new DataVersionException(DataErrorKind.OutputConflict, $"'{destination}' overlaps with '{other.Path}', which '{other.StageAddress}' tracks.",
                destination, "Choose another place.");
        if (repository.Ignore.Match(destination, output.IsDirectory) is { IsNegated: false } match)
            throw new DataVersionException(DataErrorKind.PathIgnored, $"'{destination}' is ignored by {match.File}, line {match.Line}: {match.Pattern}",
                destination, "Choose another place, or change the pattern.");
        if (new FolderLinks(repository.Layout).ProblemAbove(destination) is { } problem)
            throw problem;
        return new MovePlan(output, destination, metadata);
    }

    /// <summary>
    /// Moves: first the new metadata, then the data, last the old metadata goes. Killed between, both describe the same
    /// content and a checkout brings back what is missing. The caller holds the repository's lock.
    /// </summary>
    public static DataFile Run(Repository repository, MovePlan plan, OperationContext context)
    {
        var (output, from, to) = (plan.Output, repository.Layout.ToAbsolute(plan.Output.Path), repository.Layout.ToAbsolute(plan.Destination));
        using var marks = repository.LockPaths([], [output.Path, plan.Destination], context);
        var metadata = new MetadataUpdate(repository);
        var old = DataFileDocument.Parse(File.ReadAllText(repository.Layout.ToAbsolute(output.MetadataPath)), output.MetadataPath);
        var folder = MetadataPath.FolderOf(output.MetadataPath);
        var entry = old.Outputs.First(o => MetadataPath.Resolve(folder, old.WorkingDirectory, o.Path, repository.Layout.Root).Path == output.Path);
        var renamed = plan.NewMetadataPath != output.MetadataPath;
        var newFolder = MetadataPath.Join(MetadataPath.FolderOf(plan.NewMetadataPath), renamed ? "" : old.WorkingDirectory ?? "").TrimEnd('/');
        entry.Path = System.IO.Path.GetRelativePath("/" + newFolder, "/" + plan.Destination).Replace('\\', '/');
        if (renamed)
        {
            foreach (var dependency in old.Dependencies.Where(d => d.Repository is null && !d.Path.Contains("://", StringComparison.Ordinal) && !Path.IsPathRooted(d.Path)))
                dependency.Path = System.IO.Path.GetRelativePath(repository.Layout.ToAbsolute(newFolder), repository.Layout.ToAbsolute(
                    MetadataPath.Resolve(folder, old.WorkingDirectory, dependency.Path, repository.Layout.Root).Path)).Replace('\\', '/');
            old.WorkingDirectory = null;
        }
        if (old.IsImport)
            old.StageHash = old.ComputeStageHash();
        var moved = false;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            if (plan.IsRespelled && renamed)
                FileRename.Replace(repository.Layout.ToAbsolute(output.MetadataPath), repository.Layout.ToAbsolute(plan.NewMetadataPath));
            metadata.Write(plan.NewMetadataPath, old.ToText());
            FaultPoint.Reach("move.metadata");
            moved = MoveData(from, to, plan.IsRespelled);
            FaultPoint.Reach("move.data");
            if (renamed && !plan.IsRespelled)
                metadata.Write(output.MetadataPath, null);
            metadata.Unignore([output.Path]);
            if (output.UseCache)
                metadata.Ignore([plan.Destination]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DataVersionException)
        {
            metadata.Undo();
            if (moved)
                MoveData(to, from, plan.IsRespelled);
            throw FileErrors.Describe(error, output.Path, "move");
        }
        metadata.Stage();
        repository.Placed.Remove(output.Path);
        if (output.Hash is { } hash)
            repository.Placed.Set(plan.Destination, hash);
        repository.Placed.Save();
        repository.Reload();
        return DataFileList.List(repository, null, [plan.Destination], recurse: false, context)[0];
    }

    /// <summary>
    /// Both paths are one file, because they differ in case only and case does not count here. (The listing decides: two hard
    /// links to one object may differ in case only where it does count.)
    /// </summary>
    private static bool IsRespelled(string from, string to)
    {
        if (from == to || !from.Equals(to, StringComparison.OrdinalIgnoreCase))
            return false;
        var (old, now) = (FileStat.Read(from), FileStat.Read(to));
        return old.Exists && now.Exists && (old.Device, old.Inode) == (now.Device, now.Inode)
            && !Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(to)!).Any(entry => Path.GetFileName(entry) == Path.GetFileName(to));
    }

    private static void MoveFile(string from, string to)
    {
        try
        {
            // File.Move copies where it may not link, and leaves the copy when it may not delete either.
            if (!FileRename.ToNewName(from, to))
                throw new DataVersionException(DataErrorKind.PathExists, $"'{to}' appeared while '{from}' was about to be moved there.", to,
                    "Choose another place.");
        }
        catch (IOException error) when (error.HResult == OtherDevice && !OperatingSystem.IsWindows())
        {
            File.Move(from, to);
        }
    }

    // False when there was nothing to move: the data is not in the workspace.
    private static bool MoveData(string from, string to, bool isRespelled)
    {
        if (Directory.Exists(from))
            Directory.Move(from, to);
        else if (!FileStat.Read(from).Exists)
            return false;
        else if (isRespelled)
            FileRename.Replace(from, to);
        else
            MoveFile(from, to);
        return true;
    }
}
