using DataVersion.Engine.Files;

namespace DataVersion.Engine.Git;

/// <summary>
/// The files that Git gives a merge driver. Two notations: our own, <c>%O %A %B [%P]</c>, and DVC's,
/// <c>--ancestor %O --our %A --their %B</c> (dvc-compat 12.3).
/// </summary>
public sealed class MergeFiles
{
    private static readonly string[] Options = ["--ancestor", "--our", "--their"];

    private readonly string ancestor, ours, theirs;
    private readonly string? path;

    private MergeFiles(string[] files, string folder)
    {
        (ancestor, ours, theirs) = (Path.GetFullPath(files[0], folder), Path.GetFullPath(files[1], folder), Path.GetFullPath(files[2], folder));
        path = files.Length > 3 ? Path.GetFullPath(files[3], folder) : null;
        Shown = files.Length > 3 ? files[3] : files[1];
    }

    /// <summary>The file as a person knows it: its path in the work tree when Git told it, else the file with our version.</summary>
    public string Shown { get; }

    /// <summary>The absolute folder of the file in the work tree; null when Git did not tell it.</summary>
    public string? Folder => path is null ? null : Path.GetDirectoryName(path);

    /// <summary>Reads the arguments of the driver.</summary>
    /// <param name="arguments">In one of the two notations.</param>
    /// <param name="folder">The absolute folder that Git ran the driver in.</param>
    /// <exception cref="DataVersionException">ArgumentInvalid.</exception>
    public static MergeFiles Parse(IReadOnlyList<string> arguments, string folder)
    {
        string[] files = [.. arguments];
        if (arguments is [['-', '-', ..], ..])
            files = arguments.Count == 2 * Options.Length && Array.ConvertAll(Options, option => Array.IndexOf(files, option)) is var at && at.All(i => i >= 0 && i % 2 == 0)
                ? [.. at.Select(i => arguments[i + 1])] : [];
        return files.Length is 3 or 4 && files.All(static file => file.Length > 0) ? new MergeFiles(files, folder)
            : throw new DataVersionException(DataErrorKind.ArgumentInvalid,
                "A merge driver needs three files: the common ancestor, our version and their version; the path in the work tree may follow.",
                null, "Install the driver with Install-DataHook: it passes '%O %A %B %P'.");
    }

    /// <summary>Merges: first the new list of files goes into the cache, then the result replaces our version. On a failure nothing changes.</summary>
    /// <exception cref="MergeConflictException">A person must decide.</exception>
    /// <exception cref="DataVersionException">A file cannot be read or written; an object is missing.</exception>
    public MergeOutcome Merge(Repository repository)
    {
        var outcome = MergeDriver.Merge(Shown, Read(ancestor), Read(ours), Read(theirs),
            hash => repository.TryLoadManifest(hash, out var manifest) switch
            {
                null => manifest,
                { Kind: DataErrorKind.ObjectMissing } => null,
                var problem => throw problem,
            },
            hash => repository.Stores.For(hash.Algorithm).Stat(hash) is { Exists: true } stat ? stat.Size : null);
        if (outcome.Manifest is { } merged)
            repository.Stores.For(merged.Hash.Algorithm).Add(merged);
        FaultPoint.Reach("merge.stored");
        try
        {
            AtomicFile.Write(ours, outcome.Text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, ours, "write");
        }
        return outcome;
    }

    private static string Read(string file)
    {
        try
        {
            return Utf8Text.Read(file, file, DataErrorKind.MetadataInvalid);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, file, "read");
        }
    }
}
