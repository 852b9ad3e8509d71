namespace DataVersion.Benchmarks.Workflows;

/// <summary>What the machine can do at best with the programs that everybody has.</summary>
/// <param name="Name">For reports.</param>
/// <param name="Command">For bash; <c>$S</c> the data, <c>$C</c> our cache, <c>$T</c> a path where nothing is yet.</param>
internal sealed record Floor(string Name, string Command)
{
    /// <summary>The floors of an operation; the first is the one that the target is about.</summary>
    public static IReadOnlyList<Floor> Of(Operation operation, Dataset dataset, string link)
    {
        var read = new Floor("cat", OverAllCores(dataset, "cat") + " > /dev/null");
        var hash = new Floor("md5sum", OverAllCores(dataset, "md5sum") + " > /dev/null");
        var place = new Floor(LinkKinds.PlacingCommand(link), LinkKinds.PlacingCommand(link) + " $S $T");
        var look = new Floor("find -printf", "find $S -printf '%s %T@ %i\\n' > /dev/null");
        var copy = new Floor("cp -r", "cp -r $C $T");
        return operation.Name switch
        {
            "add" when dataset.IsLarge => [hash, read, place],
            "add" => [new Floor($"cat + {place.Name}", read.Command + " && " + place.Command), hash, place],
            "checkout" or "switch" => [place, look],
            "push" or "fetch" => [copy],
            _ => [look],
        };
    }

    private static string OverAllCores(Dataset dataset, string program)
    {
        var files = Math.Clamp(dataset.Files / Environment.ProcessorCount / 4, 1, 1000);
        return $"find $S -type f -print0 | xargs -0 -P {Environment.ProcessorCount} -n {files} {program}";
    }
}
