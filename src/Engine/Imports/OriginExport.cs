using DataVersion.Engine.Files;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Imports;

/// <summary>One file to bring from an origin to a place outside of any tracking.</summary>
/// <param name="File">The file.</param>
/// <param name="Destination">Absolute path.</param>
public sealed record OriginExportStep(OriginFile File, string Destination);

/// <summary>What an export would do.</summary>
/// <param name="Origin">Where the data is.</param>
/// <param name="Steps">Its files.</param>
/// <param name="Folder">Folder that must exist even if nothing is in it; null for a file.</param>
public sealed record OriginExportPlan(IDataOrigin Origin, IReadOnlyList<OriginExportStep> Steps, string? Folder);

/// <summary>Brings data of other repositories and storage services to this machine without tracking it (DVC: <c>get</c>, <c>get-url</c>).</summary>
public static class OriginExport
{
    /// <summary>Plans an export.</summary>
    /// <param name="origin">Where the data is.</param>
    /// <param name="name">What it is called when the destination is a folder that takes it in.</param>
    /// <param name="destination">Absolute path: the name of the copy, or a folder that exists.</param>
    /// <param name="force">Overwrite files that are there.</param>
    /// <param name="context">Cancellation.</param>
    /// <exception cref="DataVersionException">PathNotFound, PathExists, RemoteFailed.</exception>
    public static async Task<OriginExportPlan> PlanAsync(IDataOrigin origin, string name, string destination, bool force, OperationContext context)
    {
        var target = Directory.Exists(destination) && name.Length > 0 ? Path.Combine(destination, name) : destination;
        // As DVC: what is there is not mixed with what comes.
        if (!force && FileStat.Read(target).Exists)
            throw new DataVersionException(DataErrorKind.PathExists, $"'{target}' exists already, so nothing was exported.", target, "Choose another destination, or overwrite it with -Force.");
        var tree = await origin.ReadAsync(context).ConfigureAwait(false);
        return new OriginExportPlan(origin, [.. tree.Files.Select(file => new OriginExportStep(file, WorkspaceReader.PathOf(target, file.Path)))], tree.IsFolder ? target : null);
    }

    /// <summary>Carries it out: each file is complete and verified before it has its name.</summary>
    /// <returns>What could not be exported.</returns>
    public static async Task<IReadOnlyList<PathFailure>> RunAsync(OriginExportPlan plan, bool force, Action<LinkResult> done, OperationContext context)
    {
        var failures = new List<PathFailure>();
        var progress = new ProgressCount("Exporting", plan.Steps.Count, plan.Steps.Sum(step => Math.Max(step.File.Size, 0)), context);
        var download = new OriginDownload(plan.Origin, progress.AddBytes, null, context);
        if (plan.Folder is not null)
            Directory.CreateDirectory(plan.Folder);
        foreach (var folder in plan.Steps.Select(step => Path.GetDirectoryName(step.Destination)!).Distinct())
            Directory.CreateDirectory(folder);
        await Parallel.ForEachAsync(plan.Steps, new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = plan.Origin.Connections }, async (step, token) =>
        {
            var temporary = AtomicFile.TemporaryName(Path.GetDirectoryName(step.Destination)!);
            try
            {
                var (hash, size) = await download.ReceiveAsync(step.File, temporary, token).ConfigureAwait(false);
                if (force)
                    FileRename.Replace(temporary, step.Destination);
                else if (!FileRename.ToNewName(temporary, step.Destination))
                    throw new DataVersionException(DataErrorKind.PathExists, $"'{step.Destination}' appeared meanwhile.", step.Destination, "Overwrite it with -Force.");
                done(new LinkResult
                {
                    Path = step.Destination, FullName = step.Destination, Change = WorkspaceChange.Exported, LinkKind = LinkKind.Copy, Hash = step.File.Hash ?? hash, Size = size,
                    Parent = plan.Origin.Place,
                });
            }
            catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
            {
                lock (failures)
                    failures.Add(new PathFailure(step.Destination, FileErrors.Describe(error, step.Destination, "export", $" from '{plan.Origin.Place}'")));
            }
            finally
            {
                FileRemoval.Try(temporary);
            }
            progress.ItemDone(step.Destination);
        }).ConfigureAwait(false);
        return failures;
    }
}
