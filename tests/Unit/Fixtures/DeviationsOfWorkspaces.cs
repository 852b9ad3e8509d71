namespace DataVersion.Tests.Fixtures;

// Where ours leaves other objects, links or modes than DVC.
internal static partial class Deviations
{
    private const string OrphanManifests = "DVC stores manifests that nothing names: of a part alone, and of the state between two parts.";
    private const string Relinking = "DVC links only the first of equal files and none that was unprotected;"
        + " ours links all files of what is added in the configured way.";
    private const string Executable = "verifying an object, DVC takes the execute permission from the script that is a link to it; ours leaves it.";
    private const string InheritedGroup = "DVC takes the inherited set-group-id bit off new folders of a shared cache; ours leaves what the system gives.";
    private const string NothingChanged = "DVC removes what the revision does not track before it finds unsaved data and refuses; ours changes nothing.";
    private const string KeptOutput = "when an object is missing, DVC removes the whole output; ours keeps the files that are there.";


    private static IEnumerable<Deviation> Workspaces =>
    [
        .. Each("08-granular", OrphanManifests,
            lines => ListingText.Without(lines, "3ff005fab7b13fdad4e9665b9c67a047", "7a6adb23ff16c7b9ba236804fc015d1d"),
            "steps[30] snapshot 4-subdirectory.cache.txt", "steps[34] snapshot 5-two-targets.cache.txt",
            "steps[37] snapshot 6-remove-subdirectory.cache.txt", "steps[40] snapshot 7-never-existed.cache.txt"),
        .. Each("08-granular", OrphanManifests + " " + WholeFolder, lines => ListingText.With(ListingText.Without(lines,
                "3ff005fab7b13fdad4e9665b9c67a047", "7a6adb23ff16c7b9ba236804fc015d1d", "e4c0090769e712dc1afac4ee2463aee5"),
                "0444 407 5f2bdf3287c2a21354c5abb48839c188 files/md5/5f/2bdf3287c2a21354c5abb48839c188.dir"),
            "steps[43] snapshot 8-commit-file.cache.txt", "repo: cache.txt"),
        new("12-cache-hardlink", "steps[16] snapshot 1-added.workspace.txt", Relinking)
        {
            Ours = list => ListingText.Instead(list, "f 0444 hardlink 2 60b725f10c9c85c70d97880dfe8191b3 d/same-as-a"),
        },
        new("12-cache-hardlink", "steps[25] snapshot 3-re-added.cache.txt", Executable)
        {
            Ours = list => ListingText.Instead(list, "0544 10 3e2b31c72181b87149ff995e7202c0e3 files/md5/3e/2b31c72181b87149ff995e7202c0e3"),
        },
        new("12-cache-hardlink", "steps[25] snapshot 3-re-added.workspace.txt", Relinking + " " + Executable)
        {
            Ours = list => ListingText.Instead(list, "f 0444 hardlink 2 3b5d5c3712955042212316173ccf37be d/b",
                "f 0444 hardlink 2 60b725f10c9c85c70d97880dfe8191b3 d/same-as-a", "f 0444 hardlink 17 28551f31dcf6fb1aba234c766a6eee48 d/x.sh",
                "f 0544 hardlink 10 3e2b31c72181b87149ff995e7202c0e3 run.sh"),
        },
        .. Each("12-cache-hardlink", Relinking, list => ListingText.Instead(list, "f 0444 hardlink 2 60b725f10c9c85c70d97880dfe8191b3 d/same-as-a",
            "f 0444 hardlink 17 28551f31dcf6fb1aba234c766a6eee48 d/x.sh"), "steps[30] snapshot 4-checkout.workspace.txt", "repo: workspace.txt"),
        .. Each("15-shared-cache", InheritedGroup, list => ListingText.With(list, "2755 files/md5/2c", "2755 files/md5/b0"),
            "one: cache-folders.txt", "two: cache-folders.txt"),
        new("17-switch-revisions", "steps[36]", "DVC wants the folder to exist before it moves data into it; ours makes it."),
        new("17-switch-revisions", "steps[80] snapshot 10-v3-unsaved.workspace.txt", NothingChanged)
        {
            Ours = list => ListingText.With(list, "d 0755 - - - moved/d", "f 0644 copy 2 897316929176464ebc9ad085f31e7284 moved/d/0",
                "f 0644 copy 4 5bbf5a52328e7439ae6e719dfe712200 moved/d/1", "f 0644 copy 2 48a24b70a0b376535542b996af517398 moved/d/4",
                "f 0644 copy 2 1dcca23355272056f04fe8bf20edfce0 moved/d/5", "d 0755 - - - moved/d/sub",
                "f 0644 copy 4 9cd599a3523898e6a12e13ec787da50a moved/d/sub/new", "f 0644 copy 2 6d7fce9fee471194aa8b5b6e47267f03 moved/d/three"),
        },
        new("17-switch-revisions", "repo: workspace.txt", "DVC misses the execute permission that the last checkout should give; ours gives it.")
        {
            Ours = list => ListingText.Instead(list, "f 0744 copy 5 4cc477644bc4896c193fa46e7efb8ce5 stay.txt"),
        },
        .. Each("19-legacy-read", OrphanManifests, list => ListingText.Without(list, "9273df007eca9fd2a5b3b2bd25e8c731"),
            "steps[61] snapshot 5-upgraded.cache.txt", "steps[63] snapshot 6-pushed-mixed.cache.txt"),
        .. Each("44-cache-trust", KeptOutput, list => ListingText.With(list, "d 0755 - - - set",
            "f 0644 copy 6 9a7a94756d3f35edad7ea73b5943624d set/1", "f 0644 copy 6 67a913196a277412e5ee59f71510ef71 set/3"),
            "steps[34] snapshot 3-after-checkout.workspace.txt", "steps[36] snapshot 4-allow-missing.workspace.txt",
            "steps[39] snapshot 5-fetched.workspace.txt"),
        .. Each("44-cache-trust", "DVC's gc removes every file of the cache that is no object; ours leaves what it does not know.",
            list => ListingText.With(list, "0644 11 017b6d1abf5e166dcb7f61395f6f5417 files/md5/aa/.@TMP@.tmp"),
            "steps[46] snapshot 7-pushed-gc.cache.txt", "repo: cache.txt"),
        .. Each("20-legacy-migrate", "recording a stage also enters it into the run cache; that comes with pipelines.",
            list => ListingText.Without(list, "runs/a0/"),
            "steps[31] snapshot 3-dvc-files.cache.txt", "steps[38] snapshot 4-gc.cache.txt", "repo: cache.txt"),
        new("27-gc-scopes", "branches: workspace.txt", KeptOutput)
        {
            Ours = list => ListingText.With(list, "d 0755 - - - d", "f 0644 copy 12 12f50ab6b0c3fd7dcb7725f73e0782b3 d/changing",
                "f 0644 copy 12 ef98cc2246010d182ae2c20d7c6326aa d/same", "f 0644 copy 20 34f851ec10840a39f5dd927c373bc975 f.txt"),
        },
    ];
}
