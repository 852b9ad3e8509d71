using DataVersion.Engine.Git;
using DataVersion.Engine.Metadata;

namespace DataVersion.Tests.Git;

public sealed class PreCommitConfigTests : IDisposable
{
    private const string FileName = ".pre-commit-config.yaml";
    private const string Mine = """
        # checks of ours
        repos:
            -   repo: https://example.org/lint   # pinned
                rev: 'v1'
                hooks:
                -   id: lint
            -   repo: local
                hooks:
                -   {id: dataversion-pre-push, name: x, entry: ./mine.sh, language: script}

        ci: {autofix: false}

        """;
    private const string Dvc = """
        repos:
        - repo: https://github.com/treeverse/dvc
          rev: 3.67.1
          hooks:
          - id: dvc-pre-commit
            stages: [pre-commit]
          - id: dvc-pre-push
            stages: [pre-push]
          - id: dvc-post-checkout
            always_run: true

        """;

    private readonly GitSandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    private GitHooks Hooks => new(sandbox.Repository, sandbox.Root);

    private YamlMap Config => (YamlMap)YamlReader.Parse(sandbox.Read(FileName), FileName);

    private static IEnumerable<string> Ids(YamlNode entry) => ((YamlSequence)((YamlMap)entry)["hooks"]!).Items.Select(h => ((YamlMap)h)["id"]!.ToString()!);

    [Fact]
    public void The_entry_has_what_the_tool_needs_to_run_our_hooks_at_the_right_time()
    {
        var installed = Hooks.Install("/modules/DataVersion", preCommitTool: true);

        Assert.Equal(["post-checkout", "pre-commit", "pre-push", "merge-driver"], installed.Select(h => h.Name));
        Assert.All(installed, hook => Assert.Equal(DataHookState.Installed, hook.State));
        Assert.Equal(sandbox.PathOf(FileName), installed[0].Path);
        var entry = (YamlMap)Assert.Single(((YamlSequence)Config["repos"]!).Items);
        Assert.Equal("local", entry["repo"]!.ToString());
        var hooks = ((YamlSequence)entry["hooks"]!).Items.Cast<YamlMap>().ToList();
        Assert.Equal(3, hooks.Count);
        foreach (var hook in hooks)
        {
            var stage = ((YamlSequence)hook["stages"]!).Items.Single().ToString();
            Assert.Equal("dataversion-" + stage, hook["id"]!.ToString());
            Assert.Equal(["system", "true", "false"], new[] { "language", "always_run", "pass_filenames" }.Select(key => hook[key]!.ToString()));
            Assert.Contains("Invoke-DataHook -Name " + stage, hook["entry"]!.ToString());
        }
        Assert.DoesNotContain("/modules", sandbox.Read(FileName)); // others get this file too
        Assert.Contains("/modules", sandbox.Git("config", "merge.dvc.driver"));
        Assert.False(File.Exists(sandbox.PathOf(".git/hooks/pre-push")));
        var before = sandbox.Read(FileName);
        Hooks.Install(null, preCommitTool: true);
        Assert.Equal(before, sandbox.Read(FileName));
    }

    [Fact]
    public void What_a_person_wrote_stays_and_comes_back_byte_for_byte()
    {
        sandbox.Write(FileName, Mine);
        Hooks.Install(null, preCommitTool: true);
        Assert.StartsWith(Mine[..Mine.IndexOf("\n\nci", StringComparison.Ordinal)], sandbox.Read(FileName));
        Assert.EndsWith("ci: {autofix: false}\n", sandbox.Read(FileName));
        Assert.Equal(3, ((YamlSequence)Config["repos"]!).Items.Count);

        Assert.Equal(4, Hooks.Uninstall().Count);
        Assert.Equal(Mine, sandbox.Read(FileName));
        Assert.Empty(Hooks.Installed());
    }

    [Fact]
    public void A_file_with_nothing_but_our_hooks_goes_with_them()
    {
        Hooks.Install(null, preCommitTool: true);
        Hooks.Uninstall();
        Assert.False(File.Exists(sandbox.PathOf(FileName)));

        sandbox.Write(FileName, "# a note\n");
        Hooks.Install(null, preCommitTool: true);
        Hooks.Uninstall();
        Assert.StartsWith("# a note\n", sandbox.Read(FileName));
    }

    [Fact]
    public void Single_hooks_come_and_go_in_one_entry()
    {
        Hooks.Install(null, names: new HashSet<string> { "pre-push" }, preCommitTool: true);
        Hooks.Install(null, names: new HashSet<string> { "post-checkout" }, preCommitTool: true);
        Assert.Equal(["dataversion-pre-push", "dataversion-post-checkout"], Ids(((YamlSequence)Config["repos"]!).Items.Single()));
        Assert.Equal(["post-checkout", "pre-push"], Hooks.Installed().Select(h => h.Name));

        Hooks.Uninstall([.. Hooks.Installed().Where(h => h.Name == "pre-push")]);
        Assert.Equal(["dataversion-post-checkout"], Ids(((YamlSequence)Config["repos"]!).Items.Single()));
    }

    [Fact]
    public void Scripts_and_hooks_of_the_tool_are_told_apart()
    {
        Hooks.Install(null, names: new HashSet<string> { "pre-push" });
        Hooks.Install(null, names: new HashSet<string> { "pre-push" }, preCommitTool: true);
        var paths = Hooks.Installed().Select(h => h.Path).ToList();
        Assert.Equal([sandbox.PathOf(".git/hooks/pre-push"), sandbox.PathOf(FileName)], paths);

        Hooks.Uninstall([.. Hooks.Installed().Where(h => h.Path == paths[0])]);
        Assert.Equal([paths[1]], Hooks.Installed().Select(h => h.Path));
    }

    [Fact]
    public void The_command_of_an_older_module_is_replaced()
    {
        Hooks.Install(null, preCommitTool: true);
        var text = sandbox.Read(FileName);
        sandbox.Write(FileName, text.Replace(" -NonInteractive", ""));

        Assert.Equal(3, Hooks.List(preCommitTool: true).Count(h => h is { State: DataHookState.Installed, Name: not "merge-driver" }));
        Hooks.Install(null, preCommitTool: true);
        Assert.Equal(text, sandbox.Read(FileName));
    }

    [Fact]
    public void The_entry_of_DVC_is_recognised_and_replaced_on_request()
    {
        sandbox.Write(FileName, Dvc);
        var error = Assert.Throws<DataVersionException>(() => Hooks.Install(null, preCommitTool: true));
        Assert.Equal(DataErrorKind.HookExists, error.Kind);
        Assert.Equal(Dvc, sandbox.Read(FileName));
        Assert.Empty(Hooks.Uninstall());

        Hooks.Install(null, replaceDvc: true, preCommitTool: true);
        Assert.All(((YamlSequence)Config["repos"]!).Items.SelectMany(Ids), id => Assert.StartsWith("dataversion-", id));
    }

    [Fact]
    public void Two_data_repositories_of_one_work_tree_have_an_entry_each()
    {
        var (one, two) = (new GitHooks(sandbox.Repository, sandbox.PathOf("one")), new GitHooks(sandbox.Repository, sandbox.PathOf("it's [2]")));
        one.Install(null, preCommitTool: true);
        var alone = sandbox.Read(FileName);
        Assert.DoesNotContain(two.Installed(), h => h.Path == sandbox.PathOf(FileName));
        two.Install(null, preCommitTool: true);
        Assert.Equal(2, ((YamlSequence)Config["repos"]!).Items.Count);
        two.Uninstall();
        Assert.Equal(alone, sandbox.Read(FileName));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_not_touched_and_keeps_nothing_else_from_being_removed()
    {
        Hooks.Install(null);
        foreach (var broken in (string[])["repos: [", "repos: text\n", "- a\n"])
        {
            sandbox.Write(FileName, broken);
            Assert.Equal(DataErrorKind.MetadataInvalid, Assert.ThrowsAny<DataVersionException>(() => Hooks.Install(null, preCommitTool: true)).Kind);
            Assert.Equal(broken, sandbox.Read(FileName));
        }
        Assert.Equal(4, Hooks.Uninstall().Count);
    }

    [Fact]
    public void It_is_told_for_which_hooks_Git_does_not_call_the_tool()
    {
        sandbox.Write(".git/hooks/pre-commit", "#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n");
        Assert.Equal(["post-checkout", "pre-push"], Hooks.NotCalledByTool(Hooks.Install(null, preCommitTool: true)));
    }
}
