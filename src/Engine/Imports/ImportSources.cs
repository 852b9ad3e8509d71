using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Imports;

/// <summary>Tells what a user types for a source.</summary>
public static class ImportSources
{
    /// <summary>True for <c>scheme://...</c>.</summary>
    public static bool IsUrl(string source) => MetadataSchema.IsUrl(source);

    /// <summary>True for what only Git takes as an address: a URL, or <c>host:path</c>.</summary>
    public static bool IsGitAddress(string source) => ImportAddress.IsGitAddress(source);

    /// <summary>The repository that a path was imported from, absolute when it is a folder; null when it is no such import.</summary>
    public static string? RepositoryOf(Repository repository, string path) =>
        (repository.Index.Find(path) ?? repository.Index.OfMetadata(path).FirstOrDefault()) is { Kind: OutputSource.RepositoryImport } output
            ? ImportAddress.ToRepository(ImportPlanner.OfOutput(repository, output, null).Dependency.Repository!.Url, output.MetadataPath, repository.Layout) : null;
}
