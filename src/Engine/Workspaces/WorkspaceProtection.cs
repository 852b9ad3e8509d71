using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Workspaces;

/// <summary>Makes linked files private and writable, and links them again.</summary>
public static class WorkspaceProtection
{
    /// <summary>Replaces links by private, writable copies (DVC: <c>unprotect</c>).</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="output">The tracked path.</param>
    /// <param name="inner">Only these paths inside it; null for the whole.</param>
    /// <param name="done">Receives each file.</param>
    /// <param name="context">Cancellation.</param>
    /// <returns>What could not be done.</returns>
    public static IReadOnlyList<PathFailure> Unprotect(Repository repository, TrackedOutput output, IReadOnlyList<string>? inner,
        Action<LinkResult> done, OperationContext context)
    {
        var absolute = repository.Layout.ToAbsolute(output.Path);
        var scope = new OutputScope(output, inner ?? []);
        var scan = DirectoryScanner.Scan(absolute, repository.Layout, repository.Ignore, context.Cancellation);
        var failures = new List<PathFailure>();
        var any = false;
        foreach (var file in scan.Files.Where(f => f.Path.Length == 0 || scope.Includes(f.Path)))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            any = true;
            var path = WorkspaceReader.PathOf(absolute, file.Path);
            var shown = file.Path.Length == 0 ? output.Path : output.Path + "/" + file.Path;
            var known = repository.Stats.TryGet(path, file.Stat, output.Hash?.Algorithm ?? ContentHashAlgorithm.Md5, out var hash);
            var outcome = repository.Linker.Unprotect(path, output.IsExecutable && file.Path.Length == 0);
            if (outcome.Error is not null)
            {
                failures.Add(new PathFailure(shown, outcome.Error));
                continue;
            }
            if (known)
                repository.Stats.Record(path, outcome.Stat, hash);
            done(new LinkResult
            {
                Path = shown, FullName = path, Change = outcome.Used is null ? WorkspaceChange.None : WorkspaceChange.Unprotected,
                LinkKind = outcome.Used ?? LinkKind.Copy, Hash = known ? hash : null, Size = outcome.Stat.Size,
                Parent = file.Path.Length == 0 ? null : output.Path,
            });
        }
        if (!any && scan.Kind != FileKind.Directory)
            failures.Add(new PathFailure(output.Path, new DataVersionException(DataErrorKind.PathNotFound,
                $"'{output.Path}' is not in the workspace.", output.Path, "Bring it back with Switch-DataVersion -Path.")));
        return failures;
    }
}
