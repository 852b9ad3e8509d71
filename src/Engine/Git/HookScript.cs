using System.Text;

namespace DataVersion.Engine.Git;

/// <summary>
/// The text of our hooks. Each is a small <c>/bin/sh</c> script that does nothing outside a data repository and else calls
/// <c>Invoke-DataHook</c> in PowerShell. Arguments reach PowerShell as <c>$args</c>, never as code. What the hooks do is what
/// DVC's do (format: dvc-compat 12.3).
/// </summary>
internal static class HookScript
{
    /// <summary>The hooks with a file of their own, in the order in which they are listed.</summary>
    public static readonly string[] Names = [GitHooks.PostCheckout, GitHooks.PreCommit, GitHooks.PrePush];

    /// <summary>The line that makes a hook ours.</summary>
    public const string Mark = "# DataVersion hook. Written by Install-DataHook, removed by Uninstall-DataHook.";

    // What makes a command line ours.
    private const string Call = "Invoke-DataHook -Name ";

    /// <summary>Makes the script of one hook.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">The folder of the data repository as a Git path; <c>.</c> for the root of the work tree.</param>
    /// <param name="module">The module's manifest file; null to find the module by its name.</param>
    public static string Hook(string name, string folder, string? module)
    {
        var script = new StringBuilder("#!/bin/sh\n").Append(Mark).Append('\n');
        script.Append("[ \"${").Append(GitRepository.SkipHooksVariable).Append(":-}\" = 1 ] && exit 0\n");
        if (name == GitHooks.PostCheckout)
        {
            // 1: a branch or commit was checked out, not single files.
            script.Append("[ \"${3:-}\" = 1 ] || [ \"${PRE_COMMIT_CHECKOUT_TYPE:-}\" = 1 ] || exit 0\n");
            script.Append("[ -d \"$(git rev-parse --git-path rebase-merge)\" ] && exit 0\n");
        }
        if (folder != ".")
            script.Append("cd ").Append(ShellQuote("./" + folder)).Append(" 2>/dev/null || exit 0\n");
        script.Append("[ -d .dvc ] || exit 0\n");
        // A push without its data would leave others with nothing; the other two only inform or can be repeated.
        var (told, code) = name == GitHooks.PrePush ? ("the push is stopped (git push --no-verify goes on without data)", 1) : ("nothing was done", 0);
        script.Append("command -v pwsh >/dev/null 2>&1 || { echo ").Append(ShellQuote($"DataVersion: PowerShell (pwsh) was not found; {told}."))
            .Append(" >&2; exit ").Append(code).Append("; }\n");
        return script.Append("exec ").Append(PowerShell(name, module)).Append(" \"$@\" </dev/null\n").ToString();
    }

    /// <summary>Makes the command line of the merge driver: ancestor, ours (also the result), theirs, path in the work tree.</summary>
    public static string MergeDriver(string? module) => PowerShell(GitHooks.MergeDriver, module) + " %O %A %B %P";

    /// <summary>
    /// Makes the command line of one hook for the tool pre-commit, which starts it at the root of the work tree without a shell.
    /// It stands in a file that others get too, so the module is found by its name.
    /// </summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">The folder of the data repository as a Git path.</param>
    public static string ToolCommand(string name, string folder) => PowerShell(name, null, Enter(folder));

    /// <summary>Whether a command line of that tool is ours, for this data repository.</summary>
    public static bool IsToolCommand(string command, string name, string folder) => command.Contains(Call + name, StringComparison.Ordinal)
        && (folder == "." ? !command.Contains("Set-Location ", StringComparison.Ordinal)
            : ShellQuote(Enter(folder)) is var enter && command.Contains(enter[1..^1], StringComparison.Ordinal));

    /// <summary>Whose a hook of this text is.</summary>
    public static DataHookState StateOf(string name, string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Contains(Mark))
            return DataHookState.Installed;
        return lines.Length == 2 && lines[0].StartsWith("#!", StringComparison.Ordinal) && lines[1] == $"exec dvc git-hook {name} $@"
            ? DataHookState.Dvc : DataHookState.Foreign;
    }

    /// <summary>Whose a merge driver is.</summary>
    public static DataHookState StateOfDriver(string command) =>
        command.Contains(Call + GitHooks.MergeDriver, StringComparison.Ordinal) ? DataHookState.Installed
        : command.TrimStart().StartsWith("dvc git-hook merge-driver", StringComparison.Ordinal) ? DataHookState.Dvc : DataHookState.Foreign;

    // A branch may not have the data repository.
    private static string Enter(string folder) => folder == "." ? ""
        : $"$r = {Literal("./" + folder)}; if (!(Test-Path -LiteralPath \"$r/.dvc\")) {{ exit }}; Set-Location -LiteralPath $r; ";

    private static string PowerShell(string name, string? module, string first = "")
    {
        var code = "$ErrorActionPreference = \"Stop\"; " + first;
        code += module is null
            ? "Import-Module -Name DataVersion; "
            : $"$m = {Literal(module)}; if (Test-Path -LiteralPath $m) {{ Import-Module -Name ([WildcardPattern]::Escape($m)) }} else {{ Import-Module -Name DataVersion }}; ";
        return "pwsh -NoProfile -NonInteractive -CommandWithArgs " + ShellQuote($"{code}{Call}{name} -ArgumentList $args");
    }

    // A text of PowerShell. Git replaces %-letters in the command of a merge driver, so no percent sign may stand in it.
    private static string Literal(string text)
    {
        var quoted = "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
        return quoted.Contains('%') ? "(" + quoted.Replace("%", "' + [char]37 + '", StringComparison.Ordinal) + ")" : quoted;
    }

    private static string ShellQuote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
