using DataVersion.Engine.Git;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Git;

public sealed class GitHooksTests : IDisposable
{
    private static readonly string[] Names = ["post-checkout", "pre-commit", "pre-push", "merge-driver"];

    private readonly GitSandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    private GitHooks Hooks => new(sandbox.Repository, sandbox.Root);

    [Fact]
    public void All_four_are_installed_found_and_removed_again()
    {
        Assert.Equal(Names.Select(n => (n, DataHookState.NotInstalled)), Hooks.List().Select(h => (h.Name, h.State)));
        Assert.All(Hooks.Install("/modules/DataVersion"), hook => Assert.Equal(DataHookState.Installed, hook.State));
        Assert.Equal(sandbox.PathOf(".git/hooks/pre-push"), Hooks.List()[2].Path);
        Assert.Contains("Invoke-DataHook -Name merge-driver", sandbox.Git("config", "merge.dvc.driver"));
        Assert.All(Hooks.Install(null), hook => Assert.Equal(DataHookState.Installed, hook.State)); // written anew
        if (!OperatingSystem.IsWindows())
            Assert.True(File.GetUnixFileMode(sandbox.PathOf(".git/hooks/pre-commit")).HasFlag(UnixFileMode.UserExecute));

        sandbox.Write(".git/hooks/commit-msg", "#!/bin/sh\n");
        Assert.Equal(Names, Hooks.Uninstall().Select(h => h.Name));
        Assert.All(Hooks.List(), hook => Assert.Equal(DataHookState.NotInstalled, hook.State));
        Assert.True(File.Exists(sandbox.PathOf(".git/hooks/commit-msg")));
        Assert.DoesNotContain("merge", sandbox.Read(".git/config"));
        Assert.Empty(Hooks.Uninstall());
    }

    [Fact]
    public void The_hook_of_somebody_else_is_never_overwritten_or_removed()
    {
        sandbox.Write(".git/hooks/pre-push", "#!/bin/sh\necho mine\nexec dvc git-hook pre-push $@\n");
        foreach (var replaceDvc in (bool[])[false, true])
        {
            var error = Assert.Throws<DataVersionException>(() => Hooks.Install(null, replaceDvc));
            Assert.Equal(DataErrorKind.HookExists, error.Kind);
            Assert.Contains("pre-push", error.Message);
        }
        Assert.False(File.Exists(sandbox.PathOf(".git/hooks/post-checkout")));
        Assert.Equal(DataHookState.Foreign, Hooks.List()[2].State);
        Assert.Empty(Hooks.Uninstall());
        Assert.Contains("echo mine", sandbox.Read(".git/hooks/pre-push"));
    }

    [Fact]
    public void The_hooks_of_DVC_are_recognised_and_replaced_on_request()
    {
        foreach (var name in Names[..3])
            sandbox.Write(".git/hooks/" + name, $"#!/usr/bin/sh\nexec dvc git-hook {name} $@\n");
        sandbox.Git("config", "merge.dvc.driver", "dvc git-hook merge-driver --ancestor %O --our %A --their %B ");
        Assert.All(Hooks.List(), hook => Assert.Equal(DataHookState.Dvc, hook.State));
        Assert.Equal(DataErrorKind.HookExists, Assert.Throws<DataVersionException>(() => Hooks.Install(null)).Kind);
        Assert.All(Hooks.Install(null, replaceDvc: true), hook => Assert.Equal(DataHookState.Installed, hook.State));
    }

    [Fact]
    public void Hooks_go_where_git_looks_for_them()
    {
        sandbox.Write("a", "1");
        sandbox.Commit("one");
        sandbox.Git("worktree", "add", "-q", "-b", "side", sandbox.Beside("linked"));
        using (var linked = GitRepository.Open(sandbox.Beside("linked")))
            Assert.Equal(sandbox.PathOf(".git/hooks/pre-commit"), new GitHooks(linked, linked.Root).List()[1].Path);
        sandbox.Git("config", "core.hooksPath", "my hooks");
        Hooks.Install(null);
        Assert.True(File.Exists(sandbox.PathOf("my hooks/post-checkout")));
        Assert.False(File.Exists(sandbox.PathOf(".git/hooks/post-checkout")));
    }

    [Fact]
    public void The_attribute_that_turns_the_merge_driver_on_is_seen()
    {
        Assert.False(Hooks.UsesMergeDriver());
        sandbox.Write(".gitattributes", GitHooks.AttributesLine + "\n");
        Assert.True(Hooks.UsesMergeDriver());
    }

    [PowerShellFact]
    public void Git_runs_them_with_arguments_that_are_never_code()
    {
        var module = FakeModule();
        sandbox.Write(".dvc/config", "");
        sandbox.Write("a", "1");
        Hooks.Install(module);
        sandbox.Commit("one");
        var first = sandbox.Git("rev-parse", "HEAD");
        sandbox.Git("checkout", "-q", "-b", "side");
        sandbox.Git("checkout", "-q", "--", "a"); // single files: nothing to do
        sandbox.Git("init", "-q", "--bare", sandbox.Beside("bare $(x)"));
        sandbox.Git("push", "-q", sandbox.Beside("bare $(x)"), "side");
        Assert.Equal(
            ["pre-commit", $"post-checkout|{first}|{first}|1", $"pre-push|{sandbox.Beside("bare $(x)")}|{sandbox.Beside("bare $(x)")}"],
            Calls());
    }

    [PowerShellFact]
    public void Outside_a_data_repository_and_during_our_own_switch_they_do_nothing()
    {
        var module = FakeModule();
        Hooks.Install(module);
        sandbox.Write("a", "1");
        sandbox.Commit("one");
        Assert.Empty(Calls());
        sandbox.Write(".dvc/config", "");
        sandbox.Git("branch", "side");
        sandbox.Repository.Switch(sandbox.Repository.PlanSwitch("side"));
        Assert.Empty(Calls());
    }

    [PowerShellFact]
    public void A_data_repository_below_the_root_is_entered_and_a_failure_stops_the_commit()
    {
        var module = FakeModule();
        sandbox.Write("it's [sub]/.dvc/config", "");
        new GitHooks(sandbox.Repository, sandbox.PathOf("it's [sub]")).Install(module);
        sandbox.Commit("one");
        Assert.Equal(["pre-commit"], Calls());
        File.AppendAllText(module, "\n"); // still the same module; from now on it fails
        File.WriteAllText(Path.ChangeExtension(module, "psm1"), "function Invoke-DataHook { throw 'no data' }");
        Assert.Contains("no data", Assert.ThrowsAny<Exception>(() => sandbox.Commit("two")).Message);
    }

    [PowerShellFact]
    public void The_merge_driver_gets_the_three_versions_and_the_path()
    {
        var module = FakeModule();
        sandbox.Write(".gitattributes", GitHooks.AttributesLine + "\n");
        sandbox.Write("it's 50%P.dvc", "base\n");
        sandbox.Commit("base");
        sandbox.Git("checkout", "-q", "-b", "side");
        sandbox.Write("it's 50%P.dvc", "theirs\n");
        sandbox.Commit("theirs");
        sandbox.Git("checkout", "-q", "main");
        sandbox.Write("it's 50%P.dvc", "ours\n");
        sandbox.Commit("ours");
        Hooks.Install(module);
        sandbox.Git("merge", "-q", "side");
        Assert.Equal("base+ours+theirs", sandbox.Read("it's 50%P.dvc"));
        Assert.EndsWith("|it's 50%P.dvc", Assert.Single(Calls()));
    }

    private string[] Calls() => File.Exists(sandbox.Beside("calls")) ? File.ReadAllLines(sandbox.Beside("calls")) : [];

    /// <summary>A module that writes down how it is called, in a folder whose name needs every kind of quoting.</summary>
    private string FakeModule()
    {
        var folder = Directory.CreateDirectory(sandbox.Beside("100%A it's [1] $x/DataVersion")).FullName;
        var module = Path.Combine(folder, "DataVersion.psd1");
        File.WriteAllText(module, "@{ RootModule = 'DataVersion.psm1'; ModuleVersion = '1.0'; FunctionsToExport = @('Invoke-DataHook') }");
        File.WriteAllText(Path.ChangeExtension(module, "psm1"), $$"""
            function Invoke-DataHook {
                param([string] $Name, [AllowEmptyCollection()] [string[]] $ArgumentList)
                Add-Content -LiteralPath '{{sandbox.Beside("calls").Replace("'", "''")}}' -Value ((@($Name) + $ArgumentList) -join '|')
                if ($Name -eq 'merge-driver') {
                    $texts = $ArgumentList[0..2] | ForEach-Object { (Get-Content -LiteralPath $_ -Raw).Trim() }
                    Set-Content -LiteralPath $ArgumentList[1] -Value ($texts -join '+') -NoNewline
                }
            }
            """);
        return module;
    }
}

/// <summary>A test that needs a real PowerShell.</summary>
public sealed class PowerShellFactAttribute : FactAttribute
{
    public PowerShellFactAttribute() => Skip = RealPowerShell.Path is null ? "pwsh is not on the PATH." : null;
}
