using System.Text.RegularExpressions;
using DataVersion.Engine.Metadata;

namespace DataVersion.Tests.Fixtures;

// Where ours runs or edits stages in another way than DVC.
internal static partial class Deviations
{
    private const string LayoutKept = "DVC writes a dvc.yaml that it edits anew; ours leaves the lines that it does not have to change.";
    private const string IgnoredAtOnce = "when a stage fails, DVC forgets to make Git ignore what the stages before it made; ours does it in any case.";
    private const string KeptUntilItRuns = "DVC deletes the outputs of a stage before it finds out that the stage cannot run; ours leaves them.";
    private const string UnsavedContent = "DVC deletes what somebody wrote in the place of an output; ours stores it in the cache before.";
    private const string UselessRun = "when a stage is committed, DVC keeps a run with an output outside of the cache, which it cannot restore; ours keeps none.";
    private const string DryRun = "-WhatIf says what is known before the run; DVC stops at the first stage whose input is not made yet.";
    private const string GraphFirst = "ours looks at the graph before it says why stages would run; DVC looks at it when they run.";
    private const string DescriptionTaken = "asked to replace a stage, DVC ignores its new description; ours takes it.";
    private const string FirstSchema = "ours reads a dvc.lock of DVC 1, which DVC 3 refuses.";
    private const string NothingToVerify = "DVC says that it looks at the outputs of a frozen stage before it fails; ours says that it failed.";

    private static IEnumerable<Deviation> Pipelines =>
    [
        .. EachLook("21-yaml-edits", LayoutKept, DataOfYaml, [.. Snapshots21[..6].Select(snapshot => snapshot + ".files/dvc.yaml")]),
        .. EachLook("21-yaml-edits", LayoutKept + " With the last stage DVC removes the comment at the end.", text => DataOfYaml(ListingText.Without(text, "# tail comment")),
            [.. Snapshots21[6..].Select(snapshot => snapshot + ".files/dvc.yaml"), "repo: files/dvc.yaml"]),
        .. EachLook("21-yaml-edits", LayoutKept, WithoutPipeline, [.. Snapshots21.Select(snapshot => snapshot + ".workspace.txt"), "repo: workspace.txt"]),
        .. EachLook("21-yaml-edits", LayoutKept, WithoutPipeline, "repo: git-index.txt"),
        new("21-yaml-edits", "repo: git-refs.txt", LayoutKept),
        new("21-yaml-edits", "repo: git-log.txt", LayoutKept),
        .. Each("31-stage-add", DescriptionTaken, text => text.Replace("cmd: echo hello\n", "cmd: echo hello\n    desc: now with a dep\n"),
            "steps[40] snapshot 09-force.files/dvc.yaml", "repo: files/dvc.yaml"),
        .. EachLook("31-stage-add", DescriptionTaken, WithoutPipeline, "steps[40] snapshot 09-force.workspace.txt", "repo: workspace.txt"),
        new("32-repro-diamond", "steps[11].exit", DryRun),
        .. Each("32-repro-diamond", UnsavedContent, list => ListingText.With(list, Tampered), "steps[38] snapshot 05-output-modified.cache.txt",
            "steps[40] snapshot 06-forced.cache.txt", "steps[43] snapshot 07-single.cache.txt", "steps[45] snapshot 08-target.cache.txt",
            "steps[47] snapshot 09-downstream.cache.txt", "steps[51] snapshot 10-no-commit.cache.txt"),
        .. Each("32-repro-diamond", UnsavedContent + " " + UselessRun, list => ListingText.Without(ListingText.With(list, Tampered), "runs/37/3758e76d"),
            "steps[54] snapshot 11-commit.cache.txt", "steps[56] snapshot 12-pipeline.cache.txt", "repo: cache.txt"),
        new("35-params-files", "steps[33].json", KeptUntilItRuns) { Ours = lines => ListingText.Without(lines, "/all[] {changed outs") },
        new("35-params-files", "repo: workspace.txt", KeptUntilItRuns)
        {
            Ours = list => ListingText.With(list, "f 0644 copy 4 4df9cc121afe1c00de4e9e396af4cdb1 all.txt"),
        },
        new("37-stage-flags", "steps[22].output", NothingToVerify) { Ours = text => ListingText.Without(text, "frozen: looked at") },
        .. EachLook("37-stage-flags", LayoutKept, DataOfYaml, "steps[29] snapshot 5-unfrozen.files/dvc.yaml", "steps[32] snapshot 6-removed.files/dvc.yaml", "repo: files/dvc.yaml"),
        .. EachLook("37-stage-flags", LayoutKept, WithoutPipeline,
            "steps[29] snapshot 5-unfrozen.workspace.txt", "steps[32] snapshot 6-removed.workspace.txt", "repo: workspace.txt"),
        .. Each("39-repro-failures", IgnoredAtOnce, _ => "/a.txt\n", "steps[9] snapshot 1-failed.files/.gitignore"),
        .. Each("39-repro-failures", IgnoredAtOnce, _ => "/a.txt\n/d.txt\n/f.txt\n", "steps[11] snapshot 2-keep-going.files/.gitignore"),
        .. Each("39-repro-failures", IgnoredAtOnce, lines => "/a.txt\n/d.txt\n/f.txt\n" + lines.Replace("/f.txt\n", ""), "steps[13] snapshot 3-ignore-errors.files/.gitignore",
            "steps[19] snapshot 4-repaired.files/.gitignore", "steps[22] snapshot 5-missing-output.files/.gitignore", "repo: files/.gitignore"),
        .. EachLook("39-repro-failures", IgnoredAtOnce, list => ListingText.Without(list, "\t.gitignore"), "steps[9] snapshot 1-failed.workspace.txt",
            "steps[11] snapshot 2-keep-going.workspace.txt", "steps[13] snapshot 3-ignore-errors.workspace.txt", "steps[19] snapshot 4-repaired.workspace.txt",
            "steps[22] snapshot 5-missing-output.workspace.txt", "repo: workspace.txt", "repo: git-index.txt"),
        .. Each("39-repro-failures", IgnoredAtOnce, lines => ListingText.Without(lines, "?? a.txt", "?? d.txt"), "repo: git-status.txt"),
        new("39-repro-failures", "repo: git-refs.txt", IgnoredAtOnce),
        new("39-repro-failures", "repo: git-log.txt", IgnoredAtOnce),
        new("39-repro-failures", "steps[25].json", KeptUntilItRuns) { Ours = lines => ListingText.Without(lines, "/f[] {changed outs") },
        new("39-repro-failures", "steps[36].output", KeptUntilItRuns) { Ours = text => text.Replace("f: restored", "f: unchanged") },
        new("39-repro-failures", "steps[28].exit", GraphFirst),
        new("39-repro-failures", "repo: diff.json", "DVC calls an output modified that was never recorded; ours calls it added.")
        {
            Ours = lines => string.Join('\n', lines.Replace("/added []", "/modified []").Replace("/modified[] {hash: {new: ba8d2b9408ed255ee92a112fe7ba59be, old: null}", "/added[] {hash: ba8d2b9408ed255ee92a112fe7ba59be")
                .Split('\n').Order(StringComparer.Ordinal)),
        },
        new("45-yaml-reading", "steps[60].exit", FirstSchema),
        new("45-yaml-reading", "steps[75].exit", GraphFirst),
    ];

    private const string Tampered = "0444 9 513464b728fd8dec2039cff5710be0ca files/md5/51/3464b728fd8dec2039cff5710be0ca";

    private static string[] Snapshots21 =>
    [
        "steps[13] snapshot 2-stage-add", "steps[16] snapshot 3-stage-add-force", "steps[18] snapshot 4-freeze", "steps[20] snapshot 5-repro-frozen",
        "steps[22] snapshot 6-unfreeze", "steps[24] snapshot 7-repro", "steps[26] snapshot 8-remove", "steps[28] snapshot 9-stage-add-metrics",
    ];

    // The values in their order, and all comments.
    private static string DataOfYaml(string text) => PythonJson.ToText(YamlReader.Parse(text, "dvc.yaml")!) + "\n"
        + string.Join('\n', Regex.Matches(text, "(?:^| )(# .*?) *$", RegexOptions.Multiline).Select(comment => comment.Groups[1].Value).Order(StringComparer.Ordinal));

    private static string WithoutPipeline(string listing) => ListingText.Without(listing, "\tdvc.yaml");
}
