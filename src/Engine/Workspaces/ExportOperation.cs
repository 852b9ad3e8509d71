using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Workspaces;

/// <summary>What is to be exported.</summary>
/// <param name="Revision">The revision; null for what the workspace's metadata records.</param>
/// <param name="Path">Tracked path, path inside one, or folder above some; relative to the root.</param>
public sealed record ExportRequest(string? Revision, string Path);

/// <summary>One file to bring out of the cache.</summary>
public sealed record ExportStep(string Path, ContentHash Hash, string Destination, bool Executable);

/// <summary>Brings data of any revision out of the cache to a place outside the workspace's tracking (DVC: <c>get</c>).</summary>
public static class ExportOperation
{
    private static readonly LinkKind[] PrivateKinds = [LinkKind.Reflink, LinkKind.Copy];

    /// <summary>Plans an export.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="requests">What to export.</param>
    /// <param name="destination">Absolute path: the name of the copy, or a folder that takes it in.</param>
    /// <param name="force">Overwrite files that are there.</param>
    /// <param name="failures">Receives what cannot be exported: PathNotTracked, PathExists, ObjectMissing.</param>
    /// <exception cref="DataVersionException">RevisionNotFound; ArgumentInvalid: two would get one name.</exception>
    public static IReadOnlyList<ExportStep> Plan(Repository repository, IReadOnlyList<ExportRequest> requests, string destination, bool force,
        ICollection<PathFailure> failures)
    {
        var steps = new List<ExportStep>();
        var indexes = requests.Select(r => r.Revision).OfType<string>().Distinct().ToDictionary(r => r, r => repository.IndexAt(r));
        var into = requests.Count > 1 || Directory.Exists(destination);
        foreach (var (revision, path) in requests)
            try
            {
                var ofPath = new List<ExportStep>();
                foreach (var scope in OutputScope.Of(revision is null ? repository.Index : indexes[revision], [path]))
                    AddSteps(repository, ofPath, scope, path, into ? Path.Combine(destination, MetadataPath.NameOf(path)) : destination);
                if (!force && ofPath.Find(s => FileStat.Read(s.Destination).Exists) is { } taken)
                    throw new DataVersionException(DataErrorKind.PathExists, $"'{taken.Destination}' exists already, so '{path}' was not exported.",
                        taken.Destination, "Choose another destination, or overwrite it with -Force.");
                steps.AddRange(ofPath);
            }
            catch (DataVersionException problem)
            {
                failures.Add(new PathFailure(path, problem));
            }
        if (steps.GroupBy(s => s.Destination).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new DataVersionException(DataErrorKind.ArgumentInvalid,
                $"'{same.First().Path}' and '{same.ElementAt(1).Path}' would both become '{same.Key}'. Nothing was exported.", same.Key,
                "Export them one by one, each to a destination of its own.");
        return steps;
    }

    /// <summary>Carries it out: private files, never links that could reach the cache.</summary>
    public static IReadOnlyList<PathFailure> Run(Repository repository, IReadOnlyList<ExportStep> steps, Action<LinkResult> done, OperationContext context)
    {
        var failures = new List<PathFailure>();
        var checks = repository.Verify(steps.Select(s => s.Hash), context);
        foreach (var folder in steps.Select(s => Path.GetDirectoryName(s.Destination)!).Distinct())
            Directory.CreateDirectory(folder);
        Parallel.ForEach(steps, new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, step =>
        {
            var check = checks[step.Hash];
            var outcome = check.Verdict != ObjectVerdict.Good ? default
                : repository.Linker.Place(check.Path, check.Stat, step.Destination, PrivateKinds, step.Executable);
            var error = check.Verdict == ObjectVerdict.Missing ? repository.ObjectProblem(step.Hash, check.Verdict, step.Path) : check.Error ?? outcome.Error;
            if (error is not null)
            {
                lock (failures)
                    failures.Add(new PathFailure(step.Path, error));
                return;
            }
            done(new LinkResult
            {
                Path = step.Destination, FullName = step.Destination, Change = WorkspaceChange.Exported, LinkKind = outcome.Used,
                Hash = step.Hash, Size = outcome.Stat.Size, Parent = step.Path,
            });
        });
        return failures;
    }

    private static void AddSteps(Repository repository, List<ExportStep> steps, OutputScope scope, string path, string target)
    {
        var output = scope.Output;
        var hash = output.Hash ?? throw new DataVersionException(DataErrorKind.ObjectMissing, $"'{output.Path}' has no recorded content.", output.Path,
            "Record it with Save-DataFile first.");
        // What lies below the requested path keeps its place relative to it.
        string DestinationOf(string full) => full.Length == path.Length || !full.StartsWith(path + "/", StringComparison.Ordinal)
            ? path == output.MetadataPath ? WorkspaceReader.PathOf(Path.Combine(Path.GetDirectoryName(target)!, MetadataPath.NameOf(output.Path)),
                full.Length > output.Path.Length ? full[(output.Path.Length + 1)..] : "") : target
            : WorkspaceReader.PathOf(target, full[(path.Length + 1)..]);
        if (!hash.IsDirectory)
            steps.Add(new ExportStep(output.Path, hash, DestinationOf(output.Path), output.IsExecutable));
        else
            foreach (var entry in repository.LoadManifest(hash).List.Where(e => scope.Includes(e.Path)))
                steps.Add(new ExportStep(output.Path + "/" + entry.Path, entry.Hash, DestinationOf(output.Path + "/" + entry.Path), false));
    }
}
