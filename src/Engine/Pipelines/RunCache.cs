using System.Security.Cryptography;
using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Finished runs of stages, found again by what they ran and read: <c>runs/ab/abc…/def…</c> in the cache, shared with DVC (format:
/// DVC spec 4.8). What a run made is in the cache as objects; here is only which.
/// </summary>
internal sealed class RunCache(Repository repository)
{
    private string Root => Path.Join(repository.Stores.CacheFolder, "runs");

    /// <summary>A stage whose runs can be found again: a command, something read and made, everything inside reach of a hash.</summary>
    public static bool Admits(StageDefinition stage) =>
        stage.HasCommand && !stage.AlwaysChanged && stage.Outputs.Count > 0 && stage.Dependencies.Count + stage.Parameters.Count > 0
        && stage.Dependencies.All(path => PathContents.IsLocal(path)) && stage.Outputs.All(path => !path.IsExternal && !path.Flags.Persist);

    /// <summary>The key of a run: SHA-256 of command, dependencies, parameters and the paths of the outputs.</summary>
    /// <param name="inputs">The record of the stage; of its outputs only the paths count.</param>
    public static string KeyOf(LockedStage inputs)
    {
        var map = inputs.ToNode();
        if (map["outs"] is YamlSequence outputs)
            map["outs"] = new YamlSequence(outputs.Items.Select(output => ((YamlMap)output)["path"]!));
        return HashOf(map);
    }

    /// <summary>The last run with these inputs of which all content is in the cache; null when there is none.</summary>
    /// <param name="inputs">The record of the stage; of its outputs only the paths count.</param>
    /// <param name="isCached">Whether an object, of a folder with all its files, is in the cache.</param>
    /// <param name="bring">Brings what a run made into the cache, as far as it can be had; asked when the cache holds no run as a whole.</param>
    public LockedStage? Find(LockedStage inputs, Func<ContentHash, bool> isCached, Action<LockedStage>? bring = null)
    {
        var key = KeyOf(inputs);
        var folder = new DirectoryInfo(Path.Join(Root, key[..2], key));
        if (!folder.Exists)
            return null;
        List<LockedStage> found = [.. folder.GetFiles().Where(f => f.Name.Length == 64).OrderByDescending(f => f.LastWriteTimeUtc)
            .Select(file => TryRead(file.FullName, inputs.Name)).OfType<LockedStage>().Where(run => KeyOf(run) == key && run.Outputs.All(output => output.Hash is not null))];
        if (found.Find(IsWhole) is { } whole)
            return whole;
        foreach (var run in bring is null ? [] : found)
        {
            bring!(run);
            if (IsWhole(run))
                return run;
        }
        return null;

        bool IsWhole(LockedStage run) => run.Outputs.All(output => isCached(output.Hash!.Value));
    }

    /// <summary>Keeps a finished run. The objects of its outputs are in the cache.</summary>
    /// <exception cref="DataVersionException">The file cannot be written.</exception>
    public void Save(LockedStage record)
    {
        var key = KeyOf(record);
        var path = Path.Join(Root, key[..2], key, HashOf(record.ToNode()));
        try
        {
            if (File.Exists(path))
                return;
            MakeFolder(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, YamlWriter.Write((YamlMap)YamlCopy.WithoutLook(record.ToNode())), durable: false);
            if (repository.Settings.CacheSharedGroup)
                FileModes.Release(path, sharedGroup: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, path, "write");
        }
    }

    private void MakeFolder(string folder)
    {
        if (!repository.Settings.CacheSharedGroup || OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }
        // In a shared cache a colleague must be able to add to it.
        foreach (var level in new[] { Root, Path.GetDirectoryName(folder)!, folder })
            if (!Directory.Exists(level))
            {
                Directory.CreateDirectory(level);
                File.SetUnixFileMode(level, (UnixFileMode)0b010_111_111_101);
            }
    }

    // A file that is no record is of no use to anybody; DVC deletes it, we leave it to the next DVC.
    private static LockedStage? TryRead(string path, string name)
    {
        try
        {
            var schema = new MetadataSchema(path);
            return LockedStage.Parse(schema, new YamlScalar(name), YamlReader.Parse(File.ReadAllText(path), path)
                ?? throw new InvalidDataException());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DataVersionException or InvalidDataException)
        {
            return null;
        }
    }

    private static string HashOf(YamlMap record) => Convert.ToHexStringLower(SHA256.HashData(PythonJson.ToBytes(WithoutSizes(record))));

    // Also inside values of parameters: DVC drops these names wherever they are.
    private static YamlNode WithoutSizes(YamlNode node)
    {
        switch (node)
        {
            case YamlMap map:
                var kept = new YamlMap();
                foreach (var (key, value) in map.Entries)
                    if (key.AsText is not ("size" or "nfiles"))
                        kept.Set(key, WithoutSizes(value));
                return kept;
            case YamlSequence list:
                return new YamlSequence(list.Items.Select(WithoutSizes));
            default:
                return node;
        }
    }
}
