namespace DataVersion.Tests.Fixtures;

/// <summary>Translates <c>dvc ...</c> into calls of our cmdlets.</summary>
internal static partial class DvcCommandLine
{
    /// <summary>The calls for a command line without the word <c>dvc</c>; <paramref name="folder"/> is where it runs.</summary>
    /// <exception cref="NotSupportedException">There is no translation: the command belongs to a later capability.</exception>
    public static DvcCommand Translate(string[] words, string folder) => Stages(words, folder) ?? Imports(words, folder) ?? words switch
    {
        ["init", .. var rest] => Init(new(rest)),
        ["root"] => new(new CmdletCall("Get-DataRepository")) { Output = found => DvcText.Root(found, folder) },
        ["add", .. var rest] => Add(new(rest, "-o", "--out", "-r", "--remote", "--desc")),
        ["commit", .. var rest] => Commit(new(rest)),
        ["remove", .. var rest] => Remove(new(rest)),
        ["move", .. var rest] => Move(new(rest)),
        ["unprotect", .. var rest] => Checked(new(rest), args => new(new CmdletCall("Unprotect-DataFile").With("LiteralPath", args.Targets))),
        ["checkout", .. var rest] => Checkout(new(rest)),
        ["status", .. var rest] => Status(new(rest, "-r", "--remote"), folder),
        ["data", "status", .. var rest] => DataStatus(new(rest)),
        ["diff", .. var rest] => Diff(new(rest)),
        ["ls", ".", .. var rest] => List(new(rest)),
        ["push", .. var rest] => Sync("Push", new(rest, "-r", "--remote")),
        ["pull", .. var rest] => Sync("Pull", new(rest, "-r", "--remote")),
        ["fetch", .. var rest] => Sync("Fetch", new(rest, "-r", "--remote")),
        ["gc", .. var rest] => Collect(new(rest, "-n", "--num", "--rev", "--date", "-p", "--projects", "-r", "--remote")),
        ["check-ignore", .. var rest] => CheckIgnore(new(rest)),
        ["cache", "dir", .. var rest] => CacheDirectory(new(rest)),
        ["cache", "migrate", .. var rest] => Migrate(new(rest)),
        ["config", .. var rest] => Config(rest),
        ["remote", var verb, .. var rest] => Remote(verb, rest),
        ["install"] => new(new CmdletCall("Install-DataHook")),
        ["git-hook", var name, .. var rest] => new(new CmdletCall("Invoke-DataHook").With("Name", name).With("ArgumentList", rest)),
        ["stage", "add", .. var rest] => AddStage(DvcArguments.BeforeCommand(rest, "-n", "--name", "--desc", "-d", "--deps", "-o", "--outs", "-O", "--outs-no-cache", "--outs-persist",
            "--outs-persist-no-cache", "-m", "--metrics", "-M", "--metrics-no-cache", "--plots", "--plots-no-cache", "-p", "--params", "-w", "--wdir")),
        ["freeze", .. var rest] => Checked(new(rest), args => new(new CmdletCall("Lock-Stage").With("Name", args.Targets))),
        ["unfreeze", .. var rest] => Checked(new(rest), args => new(new CmdletCall("Unlock-Stage").With("Name", args.Targets))),
        _ => throw new NotSupportedException($"No translation of 'dvc {string.Join(' ', words)}'."),
    };

    private static DvcCommand Init(DvcArguments args) => Checked(args, _ => new(new CmdletCall("Initialize-DataRepository")
        .Switch("NoGit", args.Has("--no-scm")).Switch("Subdirectory", args.Has("--subdir")).Switch("Force", args.Has("-f"))));

    private static DvcCommand Add(DvcArguments args) => Checked(args, _ => new(new CmdletCall("Add-DataFile")
        .With(args.Has("--glob") ? "Path" : "LiteralPath", args.Targets)
        .Switch("NoCommit", args.Has("--no-commit")).With("OutFile", args.Value("-o", "--out"))
        .Switch("ToRemote", args.Has("--to-remote")).Switch("Force", args.Has("-f"))));

    private static DvcCommand Commit(DvcArguments args) => Checked(args, _ => new(new CmdletCall("Save-DataFile")
        .With("LiteralPath", args.Targets).Switch("Force", args.Has("-f"))));

    // The name of a stage has no dot, only that of its file.
    private static DvcCommand Remove(DvcArguments args) => Checked(args, _ => args.Targets.TrueForAll(static t => !t.Contains('.') || t.Contains("dvc.yaml:", StringComparison.Ordinal))
        ? new(new CmdletCall("Remove-Stage").With("Name", args.Targets).Switch("DeleteData", args.Has("--outs")))
        : new(new CmdletCall("Remove-DataFile").With("LiteralPath", args.Targets).Switch("DeleteData", args.Has("--outs"))));

    private static DvcCommand Move(DvcArguments args) => Checked(args, _ => new(new CmdletCall("Move-DataFile")
        .With("LiteralPath", args.Targets[0]).With("Destination", args.Targets[1])));

    private static DvcCommand Checkout(DvcArguments args)
    {
        // The folder of a stage of another dvc.yaml: in the cases there is no other.
        for (var index = 0; index < args.Targets.Count; index++)
            if (args.Targets[index].Split("/dvc.yaml:") is [var file, _])
                args.Targets[index] = file;
        _ = args.Has("--summary"); // prose
        _ = args.Has("-R"); // a folder means all below it
        return Checked(args, _ => new(new CmdletCall("Switch-DataVersion")
            .With("Path", Literal(args.Targets)).Switch("Relink", args.Has("--relink")).Switch("Force", args.Has("-f"))
            .Switch("AllowMissing", args.Has("--allow-missing"))));
    }

    private static DvcCommand Status(DvcArguments args, string folder)
    {
        var withJson = args.Has("--json");
        var cloud = args.Has("-c") | args.Value("-r", "--remote") is not null;
        var call = new CmdletCall("Get-DataStatus").Switch("Granular").With("Path", Literal(args.Targets))
            .Switch("Cloud", cloud).With("Remote", args.Value("-r", "--remote")).Switch("IncludeUpdates", !args.Has("--no-updates") && !cloud);
        if (cloud)
            return Checked(args, _ => new(call) { Json = withJson ? DvcJson.CloudStatus : null });
        var reasons = new CmdletCall("Get-StageReason").With("Name", Literal(args.Targets)).Switch("SingleItem");
        // A target may be a stage, which is no path.
        CmdletCall[] calls = args.Targets.Exists(target => IsStage(target, folder)) ? [reasons] : [call, new CmdletCall("Get-DataFile"), reasons];
        return Checked(args, _ => new(calls)
        {
            Json = withJson ? found => DvcJson.Status(found, folder) : null,
            Comparable = DvcStages.Comparable,
        });
    }

    private static DvcCommand DataStatus(DvcArguments args)
    {
        var withJson = args.Has("--json");
        return Checked(args, _ => new(new CmdletCall("Get-DataStatus")
            .Switch("Granular", args.Has("--granular")).Switch("IncludeUnchanged", args.Has("--unchanged"))
            .Switch("NotInRemote", args.Has("--not-in-remote")).Switch("Untracked", args.Has("--untracked-files")))
        { Json = withJson ? DvcJson.DataStatus : null });
    }

    private static DvcCommand Diff(DvcArguments args)
    {
        var withJson = args.Has("--json");
        var withHash = args.Has("--show-hash");
        var withMissing = args.Targets.Count < 2;
        _ = args.Has("--md"); // prose
        return Checked(args, _ => new(new CmdletCall("Compare-DataVersion")
            .With("ReferenceRevision", args.Targets.ElementAtOrDefault(0)).With("DifferenceRevision", args.Targets.ElementAtOrDefault(1)))
        { Json = withJson ? found => DvcJson.Diff(found, withHash, withMissing) : null });
    }

    private static DvcCommand List(DvcArguments args) => args.Has("-R") & args.Has("--dvc-only") & args.Has("--json")
        ? Checked(args, _ => new(new CmdletCall("Get-DataFile").Switch("Recurse")) { Json = DvcJson.List, Comparable = (mine, recorded) => (DvcJson.ComparableList(mine, recorded), DvcJson.ComparableList(recorded, recorded)) })
        : throw new NotSupportedException("Only 'ls . -R --dvc-only' has a counterpart.");

    private static DvcCommand Sync(string direction, DvcArguments args) => Checked(args, _ => new(new CmdletCall("Sync-DataRemote")
        .With("Direction", direction).With("Name", args.Value("-r", "--remote")).With("Path", Literal(args.Targets))
        .Switch("AllBranches", args.Has("-a")).Switch("AllCommits", args.Has("-A")).Switch("AllTags", args.Has("-T"))
        .Switch("RunCache", args.Has("--run-cache")).Switch("Recurse", args.Has("-R")).Switch("Force", args.Has("-f"))
        .Switch("AllowMissing", args.Has("--allow-missing"))));

    private static DvcCommand Collect(DvcArguments args)
    {
        var call = new CmdletCall("Clear-DataCache")
            .Switch("Workspace", args.Has("-w")).Switch("AllBranches", args.Has("-a")).Switch("AllTags", args.Has("-T"))
            .Switch("AllCommits", args.Has("-A")).With("Revision", Listed(args.Value("--rev")))
            .With("First", args.Value("-n", "--num") is { } count ? int.Parse(count) : null)
            .With("Since", args.Value("--date") is { } date ? DateTimeOffset.Parse(date + "T00:00:00Z") : null)
            .Switch("NotInRemote", args.Has("--not-in-remote"))
            .With("Project", Listed(args.Value("-p", "--projects")));
        var remote = args.Value("-r", "--remote");
        if (args.Has("-c"))
            call.With("Remote", remote ?? "store");
        // The objects of the recordings are seconds old: DVC knows no time of grace.
        call.With("GracePeriod", TimeSpan.Zero);
        if (args.Has("--dry"))
            call.Switch("WhatIf").Switch("Force"); // a dry run of DVC does not stop at a folder without its list of files
        else if (args.Has("-f"))
            call.With("Confirm", false).Switch("Force");
        return Checked(args, _ => new(call));
    }

    private static DvcCommand CheckIgnore(DvcArguments args)
    {
        var details = args.Has("-d");
        var unmatched = args.Has("-n");
        // DVC 3 prints the deciding rule alone, with -a too; -All shows all that match.
        _ = args.Has("-a");
        return Checked(args, _ => new(new CmdletCall("Test-DataIgnore").With("LiteralPath", args.Targets)
            .Switch("IncludeUnmatched", unmatched))
        {
            Output = found => DvcText.Ignored(found, details),
            Exit = found => DvcText.AnyIgnored(found, details) ? 0 : 1,
        });
    }

    private static DvcCommand Migrate(DvcArguments args) => Checked(args, _ => new(new CmdletCall("Convert-DataCache")
        .Switch("IncludeMetadata", args.Has("--dvc-files")).Switch("WhatIf", args.Has("--dry"))));

    // Every option of the recorded line must have found its place: an unknown one would make the test prove nothing.
    private static DvcCommand Checked(DvcArguments args, Func<DvcArguments, DvcCommand> translate)
    {
        var command = translate(args);
        return args.Unread is { Count: > 0 } unread
            ? throw new NotSupportedException($"No translation of the options {string.Join(' ', unread)}.")
            : command;
    }

    private static List<string> Literal(List<string> targets) => [.. targets.Select(System.Management.Automation.WildcardPattern.Escape)];

    private static string[]? Listed(string? value) => value is null ? null : [value];
}
