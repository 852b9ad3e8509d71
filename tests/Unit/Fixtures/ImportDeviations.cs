namespace DataVersion.Tests.Fixtures;

/// <summary>Where importing is meant to differ from DVC.</summary>
internal static class ImportDeviations
{
    private const string Url = "30-import-url";

    private const string Repository = "29-import-repo";

    private const string NoStrays = "DVC leaves temporary files on the remote; ours does not.";

    private const string OneCache = "DVC keeps what a pull brings of an import without a record in a cache of its own; ours is among the objects.";

    private const string KeptMode = "DVC's pull gives the copy the permissions of the source, which an import does not; ours never does.";

    private const string NothingKnown = "DVC takes what is recorded of the source for the data of an import that was never brought; ours knows no data until there is some.";

    public static readonly Deviation[] Table =
    [
        .. ((string[])["1-imported", "2-updated", "3-lazy", "4-repro-frozen", "5-repro-unfrozen", "6-moved"]).Zip([24, 34, 37, 39, 42, 50], (name, step) =>
            new Deviation(Url, $"steps[{step}] snapshot {name}.remote.txt", NoStrays) { Ours = WithoutStrays }),
        new(Url, "remote-tree.txt", NoStrays) { Ours = WithoutStrays },
        new(Url, "steps[50] snapshot 6-moved.cache.txt", OneCache) { Ours = WithoutOwnCache },
        new(Url, "repo: cache.txt", OneCache) { Ours = WithoutOwnCache },
        new(Url, "steps[50] snapshot 6-moved.workspace.txt", KeptMode) { Ours = WithPlainMode },
        new(Url, "repo: workspace.txt", KeptMode) { Ours = WithPlainMode },
        new(Url, "repo: data-status.json", NothingKnown) { Ours = json => AsNew(json, "/committed/modified[] lazy.csv", "/uncommitted/added[] lazy.csv") },
        new(Url, "repo: data-status-plain.json", NothingKnown) { Ours = json => AsNew(json, "/committed/modified[] lazy.csv", "/uncommitted/added[] lazy.csv") },
        new(Url, "repo: diff.json", NothingKnown)
        {
            Ours = json => AsNew(AsNew(AsNew(json, "/not in cache[] {hash: dc3ba59be5d893be2c69ea202014fe78, path: lazy.csv}", "/not in cache []"),
                "/modified[] {hash: {new: 439fc2f3044c299f74ee93583153f2c2, old: dc3ba59be5d893be2c69ea202014fe78}, path: lazy.csv}", "/added[] {hash: 439fc2f3044c299f74ee93583153f2c2, path: lazy.csv}"),
                "/modified[] {hash: {new: d837080fdb9d56c9cf0244021767087c.dir, old: null}, path: lazy-tree}", "/added[] {hash: d837080fdb9d56c9cf0244021767087c.dir, path: lazy-tree/}"),
        },
        new(Url, "repo: ls.json", NothingKnown) { Ours = json => AsNew(json, "[] {md5: 439fc2f3044c299f74ee93583153f2c2, path: lazy.csv, size: 4}", "[] {md5: null, path: lazy.csv, size: null}") },
        new(Repository, "repo: diff.json", NothingKnown)
        {
            Ours = json => AsNew(AsNew(json, "/modified[] {hash: {new: 34ff2335cbe2045ddc3b78993d1e971d, old: null}, path: lazy.csv}", "/added[] {hash: 34ff2335cbe2045ddc3b78993d1e971d, path: lazy.csv}"),
                "/deleted[] {hash: null, path: never.csv}", null),
        },
    ];

    private static string WithoutStrays(string text) => Without(text, ".tmp");

    private static string WithoutOwnCache(string text) => Without(text, "fs/local/eb52c6f61d587666eed4d431c1c6de9a");

    private static string WithPlainMode(string text) => text.Replace("f\t0744\tcopy\t10\t3e2b31c72181b87149ff995e7202c0e3\ttools/tool.sh", "f\t0644\tcopy\t10\t3e2b31c72181b87149ff995e7202c0e3\ttools/tool.sh");

    private static string AsNew(string lines, string old, string? now) => string.Join('\n', lines.Split('\n').Select(line => line == old ? now : line).OfType<string>().Order(StringComparer.Ordinal));

    private static string Without(string text, string ending) => string.Join('\n', text.Split('\n').Where(line => !line.EndsWith(ending, StringComparison.Ordinal)));
}
