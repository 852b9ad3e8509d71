namespace DataVersion.Benchmarks.Workflows;

/// <summary>Names of link kinds, as the configuration spells them, and the program that makes such links.</summary>
internal static class LinkKinds
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = ["reflink", "hardlink", "symlink", "copy"];

    /// <summary>What is worth measuring on a file system of this type.</summary>
    public static IReadOnlyList<string> On(string fileSystemType) =>
        fileSystemType is "btrfs" or "xfs" ? ["reflink"] : ["hardlink", "symlink", "copy"];

    /// <summary>The command of the core utilities that places a folder that way.</summary>
    public static string PlacingCommand(string link) => link switch
    {
        "reflink" => "cp --reflink=always -r",
        "hardlink" => "cp -al",
        "symlink" => "cp -as",
        _ => "cp -r",
    };
}
