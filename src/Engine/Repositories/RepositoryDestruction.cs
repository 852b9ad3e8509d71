using DataVersion.Engine.Files;

namespace DataVersion.Engine.Repositories;

/// <summary>What taking a repository apart will delete.</summary>
/// <param name="Layout">The repository.</param>
/// <param name="MetadataFiles">Absolute paths of all <c>.dvc</c>, <c>dvc.yaml</c> and <c>dvc.lock</c> files.</param>
public sealed record DestructionPlan(RepositoryLayout Layout, IReadOnlyList<string> MetadataFiles);

/// <summary>
/// Taking a repository apart, as <c>dvc destroy</c>: metadata, <c>.dvcignore</c> and <c>.dvc</c> with its cache go; data in the
/// workspace, <c>.gitignore</c> files and a cache elsewhere stay. Source: dvc-compat §1.3.
/// </summary>
public static class RepositoryDestruction
{
    /// <summary>Lists what will be deleted.</summary>
    /// <param name="layout">The repository.</param>
    /// <param name="metadataPaths">Repository-relative paths of its metadata files.</param>
    public static DestructionPlan Plan(RepositoryLayout layout, IEnumerable<string> metadataPaths) =>
        new(layout, [.. metadataPaths.Select(layout.ToAbsolute)]);

    /// <summary>Carries it out.</summary>
    /// <param name="plan">What was agreed to.</param>
    /// <param name="unprotectOutputs">
    /// Gives all data in the workspace bytes of its own, before anything is deleted: a symbolic link into the cache would
    /// lead nowhere afterwards. It throws when it cannot do so for all; then nothing is deleted.
    /// </param>
    /// <exception cref="DataVersionException">A file cannot be deleted; RepositoryBusy when another command runs.</exception>
    public static void Apply(DestructionPlan plan, Action unprotectOutputs)
    {
        unprotectOutputs();
        FaultPoint.Reach("destroy.unprotected");
        try
        {
            foreach (var file in plan.MetadataFiles)
                FileRemoval.Delete(file);
            FileRemoval.Delete(plan.Layout.IgnoreFile);
            FaultPoint.Reach("destroy.metadata");
            DvcFolderRemoval.Remove(plan.Layout);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, plan.Layout.Root, "take the repository apart");
        }
    }
}
