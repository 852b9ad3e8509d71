using System.ComponentModel;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using DataVersion.Remotes.Http;

namespace DataVersion.Remotes.WebDav;

/// <summary>A bearer token that a command prints (<c>bearer_token_command</c>); it is run again when the token is refused.</summary>
/// <param name="command">The command: words as in a POSIX shell, but started without one, as DVC does.</param>
internal sealed class TokenCommandLogin(string command) : HttpLogin
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim gate = new(1);
    private volatile string? token;

    public override string Description => "bearer token of the command in bearer_token_command";

    public override async ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? await RenewAsync(null, cancellation).ConfigureAwait(false));

    public override async ValueTask<bool> AnswerAsync(HttpResponseMessage refusal, CancellationToken cancellation)
    {
        var refused = refusal.RequestMessage?.Headers.Authorization?.Parameter;
        return await RenewAsync(refused, cancellation).ConfigureAwait(false) != refused;
    }

    // Many requests are refused at the same moment: one of them renews the token for all.
    private async Task<string> RenewAsync(string? refused, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return token is { } other && other != refused ? other : token = await RunAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<string> RunAsync(CancellationToken cancellation)
    {
        var words = Split(command);
        if (words.Count == 0)
            throw Failed("it is empty");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        using var process = new Process { StartInfo = new(words[0], words.Skip(1)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true } };
        try
        {
            process.Start();
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw Failed($"it ended with {process.ExitCode}: {(await error.ConfigureAwait(false)).Trim()}");
            var printed = (await output.ConfigureAwait(false)).Trim();
            return printed.Length == 0 || printed.Any(char.IsControl) ? throw Failed("it did not print one line with a token") : printed;
        }
        catch (Win32Exception error)
        {
            throw Failed(error.Message);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            throw Failed($"it took longer than {Limit.TotalSeconds:0} s");
        }
    }

    /// <summary>The words of a command: separated by spaces, which quotes and backslashes keep together.</summary>
    internal static List<string> Split(string command)
    {
        var (words, word, quote) = (new List<string>(), (StringBuilder?)null, '\0');
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            // Windows paths are full of backslashes.
            if (c == '\\' && quote != '\'' && !OperatingSystem.IsWindows() && i + 1 < command.Length && (quote == '\0' || command[i + 1] is '"' or '\\'))
                (word ??= new()).Append(command[++i]);
            else if (quote != '\0' && c == quote)
                quote = '\0';
            else if (quote == '\0' && c is '"' or '\'' && quote == '\0')
                (quote, word) = (c, word ?? new());
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (word is not null)
                    words.Add(word.ToString());
                word = null;
            }
            else
                (word ??= new()).Append(c);
        }
        if (word is not null)
            words.Add(word.ToString());
        return words;
    }

    private static DataVersionException Failed(string why) => new(DataErrorKind.RemoteFailed, $"The command that prints the token of the remote (bearer_token_command) failed: {why.TrimEnd('.')}.",
        null, "Run it yourself, and correct the option bearer_token_command.");
}
