using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace DataVersion.Remotes.Ssh;

/// <summary>
/// What to log in with: what the configuration names comes first, then the agent's keys, then key files. Keys are read once;
/// authentication methods are made for each connection, because SSH.NET keeps the state of a login in them.
/// </summary>
internal sealed class SshCredentials
{
    private readonly SshSettings settings;
    private readonly List<IPrivateKeySource> keys = [];
    private readonly List<string> tried = [];
    private volatile string? used;

    /// <summary>Reads the keys.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: the key that the configuration names cannot be used.</exception>
    public SshCredentials(SshSettings settings)
    {
        this.settings = settings;
        if (settings.KeyFile is { } file)
            Add(ReadKey(file), $"the key '{file}' (option keyfile)");
        IReadOnlyList<AgentKey> agentKeys = settings.Agent is { } socket ? new SshAgent(socket).Keys() : [];
        var files = settings.KeyFile is null ? settings.Identities : [];
        var named = files.Select(f => (File: f, Public: ReadPublicKey(f))).ToList();
        foreach (var key in agentKeys)
            if (!settings.IdentitiesOnly || named.Any(n => n.Public?.AsSpan().SequenceEqual(key.Key) == true))
                Add(key, $"the agent's key '{key.Comment}'");
        foreach (var (path, open) in named)
            // A key that the agent has needs no passphrase.
            if (File.Exists(path) && !(open is not null && agentKeys.Any(k => k.Key.AsSpan().SequenceEqual(open))))
                try
                {
                    Add(ReadKey(path), $"the key '{path}'");
                }
                catch (DataVersionException error)
                {
                    tried.Add(error.Message);
                }
        if (settings.Password is not null)
            tried.Add("the password of the remote's configuration");
    }

    /// <summary>What the last login was made with.</summary>
    public string Used => $"{settings.User}, {used ?? (settings.Password is null ? "nothing" : "the password of the remote's configuration")}";

    /// <summary>Makes the authentication methods of one connection.</summary>
    public AuthenticationMethod[] MakeMethods()
    {
        used = null;
        var methods = new List<AuthenticationMethod>();
        if (keys.Count > 0)
            methods.Add(new PrivateKeyAuthenticationMethod(settings.User, [.. keys]));
        if (settings.Password is { } password)
        {
            var asking = new KeyboardInteractiveAuthenticationMethod(settings.User);
            asking.AuthenticationPrompt += (_, questions) =>
            {
                foreach (var prompt in questions.Prompts)
                    prompt.Response = prompt.IsEchoed ? "" : password;
            };
            // A server counts each key it refuses, and hangs up after a few: the password, when it is what was configured, comes first.
            methods.InsertRange(settings.KeyFile is null ? 0 : methods.Count, [new PasswordAuthenticationMethod(settings.User, password), asking]);
        }
        return methods.Count > 0 ? [.. methods] : [new NoneAuthenticationMethod(settings.User)];
    }

    /// <summary>The error for a login that was refused.</summary>
    public DataVersionException Refused(string place, Exception error) => new(DataErrorKind.RemoteFailed,
        $"'{place}' does not let '{settings.User}' in: {error.Message.TrimEnd('.')}. Tried: {(tried.Count == 0 ? "nothing, because there is no key, agent or password" : string.Join("; ", tried))}.", place,
        "Check the user, and name a key (option keyfile) or a password (option password, in -Scope Local), or load the key into the SSH agent.", error);

    private void Add(IPrivateKeySource key, string description)
    {
        keys.Add(new Noted(key, () => used = description));
        tried.Add(description);
    }

    private IPrivateKeySource ReadKey(string path)
    {
        try
        {
            var certificate = path + "-cert.pub";
            return File.Exists(certificate) ? new PrivateKeyFile(path, settings.Passphrase, certificate) : new PrivateKeyFile(path, settings.Passphrase);
        }
        catch (SshPassPhraseNullOrEmptyException error)
        {
            throw Unusable(path, "it is protected by a passphrase", "Load the key into the SSH agent, or give its passphrase with the option passphrase (in -Scope Local) or ask_passphrase.", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unusable(path, "it does not exist", "Correct the option keyfile with Set-DataRemote.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, error.Message, "Make the file readable for yourself.", error);
        }
        // A wrong passphrase shows as bytes that make no sense, in as many ways as there are formats.
        catch (Exception error) when (error is not (OutOfMemoryException or OperationCanceledException))
        {
            throw Unusable(path, settings.Passphrase is null ? error.Message.TrimEnd('.') : "the passphrase is wrong, or the file is no private key",
                "Check the key with 'ssh-keygen -y -f', and the options keyfile and passphrase.", error);
        }
    }

    private static DataVersionException Unusable(string path, string why, string action, Exception error) =>
        new(DataErrorKind.RemoteFailed, $"The SSH key '{path}' cannot be used: {why}.", path, action, error);

    private static byte[]? ReadPublicKey(string path)
    {
        try
        {
            return File.ReadAllText(path + ".pub").Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var key, ..] ? Convert.FromBase64String(key.Trim()) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Tells when a key signs: the server has accepted it.</summary>
    private sealed class Noted(IPrivateKeySource key, Action signed) : IPrivateKeySource
    {
        public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms { get; } = [.. key.HostKeyAlgorithms.Select(a => new Algorithm(a, signed))];

        private sealed class Algorithm(HostAlgorithm algorithm, Action signed) : HostAlgorithm(algorithm.Name)
        {
            public override byte[] Data => algorithm.Data;

            public override byte[] Sign(byte[] data)
            {
                signed();
                return algorithm.Sign(data);
            }

            public override bool VerifySignature(byte[] data, byte[] signature) => algorithm.VerifySignature(data, signature);
        }
    }
}
