namespace DataVersion.Tests.Fixtures;

// Where ours leaves other metadata or another Git index than DVC.
internal static partial class Deviations
{
    private const string CommentsKept = "DVC writes a moved .dvc file anew and drops its comments and spellings; ours keeps them.";
    private const string EscapedLine = "DVC never removes an escaped line of .gitignore; ours removes both spellings.";
    private const string Backslash = "with DVC's line for a name with a backslash Git takes the data in (see the recorded index); with ours it does not.";
    private const string OwnDriver = "the merge driver that Git calls is ours.";
    private const string WholeFolder = "asked to record one file of a folder, DVC records all of it, naming an object that it does not store;"
        + " ours records that file.";

    private static IEnumerable<Deviation> Metadata =>
    [
        new("04-add-odd-names", "repo: files/odd/.gitignore", Backslash) { Ours = text => text.Replace(@"/back\slash", @"/back\\slash") },
        new("04-add-odd-names", "repo: workspace.txt", Backslash)
        {
            Ours = list => ListingText.Instead(list, "f 0644 copy 426 8e7c80cdfdd8a4d382d7721447fe8097 odd/.gitignore"),
        },
        new("04-add-odd-names", "repo: git-index.txt", Backslash)
        {
            Ours = index => ListingText.Without(index, @"odd/back\\slash""").Replace("0f79cc9a5275715bc3e8973cf8e6927a2e17a582", "5f425149b7f3ac07df39c2b9dd0fe1571aad3308"),
        },
        .. Each("04-add-odd-names", Backslash, text => text.Replace("268688dd45d42a8daff97089d08fe5b4fbabfd88", "d9a78d57ea1841cf69f7673fda4ef1f76e5be088"),
            "repo: git-refs.txt", "repo: git-log.txt"),
        new("09-re-add-fields", "steps[10]", "DVC 3 has no --desc; Add-DataFile has -Description, so there is no unknown option to refuse."),
        .. Each("09-re-add-fields", CommentsKept, _ => MovedWithComments, "steps[34] snapshot 7-move.files/moved.txt.dvc", "repo: files/moved.txt.dvc"),
        .. Each("09-re-add-fields", CommentsKept, list => ListingText.Instead(list, "f 0644 copy 383 bafbf008be21f8e5299fac5aac155060 moved.txt.dvc"),
            "steps[34] snapshot 7-move.workspace.txt", "repo: workspace.txt"),
        new("09-re-add-fields", "repo: git-index.txt", CommentsKept)
        {
            Ours = index => index.Replace("54f769c6900cf93578e295718e50a612351a0b33", "fc2d76a229272cb7f2ec32f486e6e8f764650f6c"),
        },
        .. Each("09-re-add-fields", CommentsKept,
            text => text.Replace("511a74fda579667f5d444a73c1cf9486c86fee4a", "8b639e9212ca080519919a787a699adcae10465e"),
            "repo: git-refs.txt", "repo: git-log.txt"),
        .. Each("08-granular", WholeFolder, _ => GranularRecord, "steps[43] snapshot 8-commit-file.files/set.dvc", "repo: files/set.dvc"),
        .. Each("08-granular", WholeFolder, list => ListingText.Instead(list, "f 0644 copy 86 eafb6f40f51a30a382ae81ed57b0953e set.dvc"),
            "steps[43] snapshot 8-commit-file.workspace.txt", "repo: workspace.txt"),
        new("16-remove-move", "steps[26]", "DVC refuses the data's name; for ours a path may name the data or its .dvc file, so the step would succeed."),
        .. Each("16-remove-move", EscapedLine, text => ListingText.Without(text, @"/g \[1\].txt"),
            "steps[42] snapshot 9-remove-escaped.files/.gitignore", "repo: files/.gitignore"),
        .. Each("16-remove-move", EscapedLine, list => ListingText.Instead(list, "f 0644 copy 34 3d34910fd59fc957b1e7214d1210b4ff .gitignore"),
            "steps[42] snapshot 9-remove-escaped.workspace.txt", "repo: workspace.txt"),
        new("16-remove-move", "repo: git-index.txt", EscapedLine)
        {
            Ours = index => index.Replace("7e489d9972f19ca2fb4ed4a0b32aa96401653975", "ae06d09506a67ab698977a2244f845816ee8244f"),
        },
        .. Each("16-remove-move", EscapedLine,
            text => text.Replace("f152585dac8889d1e0c73cd5a760d538ac3b0254", "278a70b32f6e5cd212de29bd9b942af073fca168"),
            "repo: git-refs.txt", "repo: git-log.txt"),
        new("42-merge-driver", "steps[7].output", OwnDriver),
        new("43-autostage-hooks", "steps[30].exit", "DVC refuses to install hooks a second time; ours finds its own hooks and renews them."),
        new("43-autostage-hooks", "steps[31].output", OwnDriver),
        new("45-yaml-reading", "steps[71].exit", "ours still reads the single stages with a command that DVC 1 wrote."),
    ];

    private const string GranularRecord = """
        outs:
        - md5: 5f2bdf3287c2a21354c5abb48839c188.dir
          nfiles: 6
          hash: md5
          path: set

        """;

    // The file as it was before it moved, but for the path.
    private static string MovedWithComments => File.ReadAllText(
            Shared.Find("fixtures/09-re-add-fields/expected/snapshots/6-executable.files/plain.txt.dvc"))
        .Replace("path: plain.txt", "path: moved.txt");
}
