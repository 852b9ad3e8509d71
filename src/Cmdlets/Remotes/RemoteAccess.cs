using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes;

namespace DataVersion.Cmdlets;

/// <summary>
/// Opens remotes for a cmdlet, with what only the session can give: the credentials of <c>-Credential</c>, secrets of
/// Microsoft.PowerShell.SecretManagement that the configuration names, passwords that a person types. Each is asked for once.
/// </summary>
internal sealed class RemoteAccess(PSCmdlet cmdlet, PSCredential? credential = null, int throttle = 0)
{
    private readonly Dictionary<string, Dictionary<string, string>> given = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>Opens a remote from a worker: what the session must give is asked for on the pipeline thread.</summary>
    public IRemoteStorage Open(RemoteConfiguration remote, CmdletPump pump) => RemoteStorages.Open(Complete(remote, pump).WithJobs(throttle));

    /// <summary>The same for a remote that keeps plain files and their versions.</summary>
    public IRemoteStorage OpenVersions(RemoteConfiguration remote, CmdletPump pump) => RemoteStorages.OpenVersions(Complete(remote, pump).WithJobs(throttle));

    /// <summary>The same for a remote of either kind, for what can be done with both.</summary>
    public IRemoteStorage OpenAny(RemoteConfiguration remote, CmdletPump pump) => remote.KeepsVersions ? OpenVersions(remote, pump) : Open(remote, pump);

    /// <summary>The remote with everything that its storage needs.</summary>
    public RemoteConfiguration Complete(RemoteConfiguration remote, CmdletPump pump)
    {
        if (credential is not null)
            return remote.With(credential.UserName, credential.GetNetworkCredential().Password);
        lock (gate)
        {
            if (!given.TryGetValue(remote.Name, out var options))
                given[remote.Name] = options = Named(remote).Count == 0 && Asked(remote).Count == 0 ? [] : pump.Ask(() => TryAsk(remote)).Get();
            return remote.With(options);
        }
    }

    private static List<KeyValuePair<string, string>> Named(RemoteConfiguration remote) =>
        [.. remote.Options.Where(o => RemoteSchema.IsSecret(o.Key) && o.Value.StartsWith(RemoteCredentials.SecretMark, StringComparison.Ordinal))];

    private static List<string> Asked(RemoteConfiguration remote) => [.. new[] { "password", "passphrase" }.Where(option =>
        string.Equals(remote.Get("ask_" + option), "true", StringComparison.OrdinalIgnoreCase) && string.IsNullOrEmpty(remote.Get(option)))];

    // What a question throws must reach the worker, not end the pump.
    private (Dictionary<string, string> Options, DataVersionException? Error) TryAsk(RemoteConfiguration remote)
    {
        try
        {
            var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (option, value) in Named(remote))
                options[option] = ReadSecret(remote, value[RemoteCredentials.SecretMark.Length..]);
            foreach (var option in Asked(remote))
                options[option] = Prompt(remote, option);
            return (options, null);
        }
        catch (DataVersionException error)
        {
            return ([], error);
        }
    }

    private string ReadSecret(RemoteConfiguration remote, string name)
    {
        var slash = name.IndexOf('/');
        var (vault, secret) = slash < 0 ? (null, name) : (name[..slash], name[(slash + 1)..]);
        try
        {
            if (cmdlet.InvokeCommand.GetCommand("Get-Secret", CommandTypes.Function | CommandTypes.Cmdlet) is null)
                throw new DataVersionException(DataErrorKind.RemoteFailed,
                    $"The remote '{remote.Name}' names the secret '{name}', but there is no Get-Secret command to read it with.", remote.Name,
                    "Install the module Microsoft.PowerShell.SecretManagement and a vault, or give the secret with -Credential.");
            var found = cmdlet.InvokeCommand.InvokeScript(
                "param($Name, $Vault) $more = if ($Vault) { @{ Vault = $Vault } } else { @{} }; Get-Secret -Name $Name -AsPlainText -ErrorAction Stop @more",
                secret, vault);
            return found is [{ BaseObject: var value }, ..]
                ? value is PSCredential login ? login.GetNetworkCredential().Password : value.ToString() ?? ""
                : throw new DataVersionException(DataErrorKind.RemoteFailed, $"The remote '{remote.Name}' names the secret '{name}', which no vault has.", remote.Name,
                    "Store it with Set-Secret, or correct the option.");
        }
        catch (RuntimeException error) when (error is not PipelineStoppedException)
        {
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"The secret '{name}' of the remote '{remote.Name}' could not be read: {error.Message}", remote.Name,
                "See with Get-SecretInfo what there is; unlock the vault with Unlock-SecretStore.", error);
        }
    }

    private string Prompt(RemoteConfiguration remote, string option)
    {
        try
        {
            var user = remote.Get("user") is { Length: > 0 } named ? named : Environment.UserName;
            var login = cmdlet.Host.UI.PromptForCredential("DataVersion", $"The {option} for '{RemoteSecrets.Hide(remote.Url)}':", user, "");
            if (login is not null)
                return login.GetNetworkCredential().Password;
        }
        catch (Exception error) when (error is System.Management.Automation.Host.HostException or NotImplementedException or InvalidOperationException)
        {
            // A session without a person.
        }
        throw new DataVersionException(DataErrorKind.RemoteFailed, $"The remote '{remote.Name}' asks for a {option}, and none was given.", remote.Name,
            "Give it with -Credential, or name a secret in the configuration.");
    }
}

/// <summary>What an answer from the pipeline thread is for a worker.</summary>
file static class Answers
{
    public static Dictionary<string, string> Get(this (Dictionary<string, string> Options, DataVersionException? Error) answer) =>
        answer.Error is null ? answer.Options : throw answer.Error;
}
