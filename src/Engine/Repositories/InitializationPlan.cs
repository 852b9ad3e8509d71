namespace DataVersion.Engine.Repositories;

/// <summary>What making a repository will do.</summary>
/// <param name="Layout">The repository to make.</param>
/// <param name="GitRoot">The Git work tree it belongs to; null without Git.</param>
/// <param name="ReplacesRepository">True when a <c>.dvc</c> folder is there and will be deleted with everything in it.</param>
/// <param name="DeletedCacheFolder">
/// The cache inside that folder, when it holds anything: its objects are lost. A cache elsewhere is never touched.
/// </param>
public sealed record InitializationPlan(RepositoryLayout Layout, string? GitRoot, bool ReplacesRepository, string? DeletedCacheFolder)
{
    /// <summary>One sentence for ShouldProcess.</summary>
    public string Description => !ReplacesRepository ? "Make a data repository"
        : DeletedCacheFolder is null ? "Delete the data repository that is there, and make a new one"
        : $"Delete the data repository that is there WITH ALL OBJECTS OF ITS CACHE '{DeletedCacheFolder}', and make a new one";
}

/// <summary>A repository that was made.</summary>
/// <param name="Layout">Where its files are.</param>
/// <param name="FilesToStage">Absolute paths that belong into the Git index now; none without Git.</param>
public sealed record InitializationOutcome(RepositoryLayout Layout, IReadOnlyList<string> FilesToStage);
