using System.Diagnostics;
using DataVersion.Tests.Git;

namespace DataVersion.Tests.Cmdlets;

/// <summary>The hooks end to end: Git runs the scripts, they run PowerShell with the built module.</summary>
public sealed class HookTests : IDisposable
{
    private readonly GitSandbox sandbox = new();
    private readonly ModuleSession session;

    public HookTests()
    {
        session = new ModuleSession(sandbox.Root);
        session.Run("Initialize-DataRepository");
    }

    public void Dispose()
    {
        session.Dispose();
        sandbox.Dispose();
    }

    [Fact]
    public void Hooks_are_installed_by_name_and_only_ours_are_removed()
    {
        session.Run("Install-DataHook -WhatIf");
        Assert.False(File.Exists(sandbox.PathOf(".git/hooks/pre-push")));

        Assert.Equal([("pre-push", DataHookState.Installed)], session.Run<DataHook>("Install-DataHook pre-push").Select(h => (h.Name, h.State)));
        Assert.False(File.Exists(sandbox.PathOf(".git/hooks/pre-commit")));
        Assert.Contains(Path.Combine(ModuleSession.ModuleFolder, "DataVersion.psd1"), sandbox.Read(".git/hooks/pre-push"));

        sandbox.Write(".git/hooks/pre-commit", "#!/bin/sh\necho mine\n");
        Assert.Equal(["HookExists"], session.Invoke("Install-DataHook -Force").ErrorIds);
        Assert.False(File.Exists(sandbox.PathOf(".git/hooks/post-checkout")));
        var driver = session.Run("Install-DataHook merge-driver, post-checkout");
        Assert.Contains("*.dvc merge=dvc", Assert.Single(driver.Warnings));

        Assert.Equal(["post-checkout"], session.Run<DataHook>("Uninstall-DataHook post-checkout").Select(h => h.Name));
        Assert.Equal(["pre-push", "merge-driver"], session.Run<DataHook>("Uninstall-DataHook").Select(h => h.Name));
        Assert.Contains("echo mine", sandbox.Read(".git/hooks/pre-commit"));
    }

    [Fact]
    public void The_hooks_of_DVC_are_replaced_with_Force_only()
    {
        sandbox.Write(".git/hooks/pre-push", "#!/usr/bin/sh\nexec dvc git-hook pre-push $@\n");

        Assert.Equal(["HookExists"], session.Invoke("Install-DataHook").ErrorIds);
        Assert.All(session.Run<DataHook>("Install-DataHook -Force"), hook => Assert.Equal(DataHookState.Installed, hook.State));
    }

    [Fact]
    public void Outside_of_a_repository_a_hook_does_nothing_but_a_merge_fails()
    {
        using var outside = new ModuleSession(Path.GetTempPath());

        foreach (var name in new[] { "post-checkout", "pre-commit", "pre-push" })
            Assert.Empty(outside.Run($"Invoke-DataHook {name} -ArgumentList a, b, 1").Output);
        Assert.Equal(["RepositoryNotFound"], outside.Invoke("Invoke-DataHook merge-driver -ArgumentList o, a, b").ErrorIds);
        Assert.Equal(["ArgumentInvalid"], session.Invoke("Invoke-DataHook merge-driver -ArgumentList --our, a, --their, b").ErrorIds);
    }

    [PowerShellFact]
    public void A_checkout_of_Git_brings_the_data_and_never_loses_what_is_not_recorded()
    {
        Record("v1");
        Record("v2");
        session.Run("Install-DataHook -WarningAction SilentlyContinue");

        Assert.Equal(0, Git("checkout", "-q", "HEAD~1").Code);
        Assert.Equal("v1", sandbox.Read("data/a.txt"));

        sandbox.Write("data/a.txt", "precious");
        var (code, text) = Git("checkout", "-q", "main");
        Assert.NotEqual(0, code);
        Assert.Contains("data/a.txt", text);
        Assert.Equal("precious", sandbox.Read("data/a.txt"));
        Assert.Contains("main", sandbox.Read(".git/HEAD"));

        // What is in no cache is told, and is no failure.
        Directory.Delete(sandbox.PathOf("data"), recursive: true);
        Directory.Delete(sandbox.PathOf(".dvc/cache"), recursive: true);
        Assert.Equal(0, Git("checkout", "-q", "HEAD~1").Code);
    }

    [PowerShellFact]
    public void A_commit_shows_what_it_does_not_record_and_a_push_brings_the_data_first()
    {
        Record("v1");
        var remote = sandbox.Beside("store");
        session.Run("Add-DataRemote store $url -Default", ("url", remote));
        sandbox.Commit("remote");
        session.Run("Install-DataHook -WarningAction SilentlyContinue");
        sandbox.Git("init", "-q", "--bare", sandbox.Beside("bare"));

        sandbox.Write("data/a.txt", "changed");
        var (code, text) = Git("commit", "-q", "--allow-empty", "-m", "forgot the data");
        Assert.True(code == 0, text);
        Assert.Matches(@"modified\s+data", text);

        var pushed = Git("push", "-q", sandbox.Beside("bare"), "main");
        Assert.True(pushed.Code == 0, pushed.Text);
        // Both the file and the list of the folder's files.
        Assert.Equal(2, Directory.GetFiles(remote, "*", SearchOption.AllDirectories).Length);

        session.Run("Set-DataRemote store -Url $url", ("url", sandbox.Write("no folder", "")));
        Record("v3");
        var refused = Git("push", "-q", sandbox.Beside("bare"), "main:other");
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("not pushed", refused.Text);
        Assert.Empty(GitSandbox.GitIn(sandbox.Beside("bare"), null, "branch", "--list", "other"));
    }

    [PowerShellFact]
    public void A_merge_joins_what_both_sides_added_and_leaves_the_rest_to_a_person()
    {
        sandbox.Write(".gitattributes", "*.dvc merge=dvc\n");
        Record("base");
        sandbox.Git("checkout", "-q", "-b", "side");
        sandbox.Write("data/theirs.txt", "theirs");
        Record("base");
        sandbox.Git("checkout", "-q", "-b", "clash");
        Record("other");
        sandbox.Git("checkout", "-q", "main");
        session.Run("Switch-DataVersion -Force");
        sandbox.Write("data/ours.txt", "ours");
        Record("base");
        session.Run("Install-DataHook merge-driver");

        var (code, text) = Git("merge", "-q", "-m", "merged", "side");
        Assert.True(code == 0, text);
        session.Run("Switch-DataVersion");
        Assert.Equal(["a.txt", "ours.txt", "theirs.txt"], Directory.GetFiles(sandbox.PathOf("data")).Select(Path.GetFileName).Order());
        Assert.Empty(session.Run("Get-DataStatus").Output);

        Record("mine");
        var ours = sandbox.Read("data.dvc");
        var conflict = Git("merge", "-q", "clash");
        Assert.NotEqual(0, conflict.Code);
        Assert.Contains("'a.txt'", conflict.Text);
        Assert.Equal(ours, sandbox.Read("data.dvc"));
        Assert.StartsWith("UU", Git("status", "--porcelain", "data.dvc").Text);
    }

    private void Record(string text)
    {
        sandbox.Write("data/a.txt", text);
        session.Run("Add-DataFile data");
        sandbox.Commit(text);
    }

    private (int Code, string Text) Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = sandbox.Root, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Remove("PSModulePath");
        // Messages are broken into lines by the width of a terminal that is not there.
        start.Environment["NO_COLOR"] = "1";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
