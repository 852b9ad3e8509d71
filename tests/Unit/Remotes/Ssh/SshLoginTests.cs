using System.Diagnostics;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Ssh;

/// <summary>Who one is on a server, and whether the server is the one it is taken for.</summary>
[Server("ssh")]
public sealed class SshLoginTests : IDisposable
{
    private readonly SshHome home = new();

    private static TestServer Far => TestServer.Get("ssh");

    public SshLoginTests() => home.Configure("");

    public void Dispose() => home.Dispose();

    [ServerTheory]
    [InlineData("key")]
    [InlineData("rsaKey")]
    [InlineData("ecdsaKey")]
    public async Task Keys_of_every_type_open(string key)
    {
        home.Trust(Far);

        Assert.Contains(Far[key], await LogInAsync(("keyfile", Far[key])));
    }

    [ServerFact]
    public async Task A_key_with_a_passphrase_needs_it()
    {
        home.Trust(Far);

        Assert.Contains(Far["lockedKey"], await LogInAsync(("keyfile", Far["lockedKey"]), ("passphrase", Far["passphrase"])));
        Assert.Contains("passphrase", (await RefusedAsync(("keyfile", Far["lockedKey"]))).Message, StringComparison.Ordinal);
        var wrong = await RefusedAsync(("keyfile", Far["lockedKey"]), ("passphrase", "not-that-one"));
        Assert.Contains("passphrase is wrong", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-that-one", wrong.ToString(), StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_password_opens_and_a_wrong_one_is_not_shown()
    {
        home.Trust(Far);

        Assert.Contains("password", await LogInAsync(("password", Far["password"])), StringComparison.Ordinal);
        var wrong = await RefusedAsync(("password", "open-sesame"));
        Assert.DoesNotContain("open-sesame", wrong.ToString(), StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_key_that_the_server_does_not_know_is_refused_with_what_was_tried()
    {
        home.Trust(Far);

        Assert.Contains(Far["unknownKey"], (await RefusedAsync(("keyfile", Far["unknownKey"]))).Message, StringComparison.Ordinal);
        Assert.Contains("no key, agent or password", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_refused_login_is_not_tried_again()
    {
        home.Trust(Far);
        await using var storage = home.Open(Far, ("password", "wrong"));

        var first = await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("x", default));
        Assert.Equal(first.Message, (await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("y", default))).Message);
    }

    [ServerFact]
    public async Task The_agent_signs_for_its_keys()
    {
        home.Trust(Far);
        foreach (var key in (string[])["key", "rsaKey", "ecdsaKey"])
        {
            using var agent = new AgentProcess(Far[key]);
            home.Agent = agent.Socket;
            Assert.Contains("agent's key", await LogInAsync(), StringComparison.Ordinal);
            await RefusedAsync(("allow_agent", "false"));
        }
    }

    [ServerFact]
    public async Task The_settings_of_ssh_lead_to_the_host()
    {
        home.Trust(Far);
        home.Configure($"""
            Host elsewhere
                User nobody
            Host near*
                HostName {Far["host"]}
                Port {Far["port"]}
                User = {Far["user"]}
                IdentityFile "{Far["key"]}"
            """);
        await using var storage = home.Open($"ssh://nearby{Far["root"]}");

        Assert.Contains(Far["key"], (await storage.ExamineAsync(default)).Credentials, StringComparison.Ordinal);
        await storage.RequireReadableAsync(default);
    }

    [ServerFact]
    public async Task A_host_in_between_is_gone_through()
    {
        home.Trust(Far);
        home.Configure($"""
            Host jump
                HostName {Far["host"]}
                Port {Far["port"]}
                User {Far["user"]}
                IdentityFile {Far["key"]}
            Host behind
                HostName {Far["host"]}
                ProxyJump jump
            """);
        await using var storage = home.Open($"ssh://{Far["user"]}@behind:{Far["port"]}{Far["root"]}", ("keyfile", Far["key"]));

        await storage.RequireReadableAsync(default);
    }

    [ServerFact]
    public async Task A_command_leads_to_a_host_that_has_no_address()
    {
        home.Trust(Far);
        // Bash speaks to sockets; the quotes are the shell's.
        home.Configure($"""
            Host behind
                ProxyCommand bash -c 'exec 3<>/dev/tcp/{Far["host"]}/%p; cat <&3 & cat >&3; kill $!' 'of "%n"'
                HostKeyAlias {Far["host"]}
            """);
        await using (var storage = home.Open($"ssh://{Far["user"]}@behind:{Far["port"]}{Far["root"]}", ("keyfile", Far["key"])))
        {
            var key = "proxy/" + Guid.NewGuid().ToString("N");
            await storage.PutTextAsync(key, new string('x', 3_000_000));
            Assert.Equal(3_000_000, (await storage.GetTextAsync(key)).Length);
        }
        Assert.DoesNotContain(Process.GetProcessesByName("bash"), p => CommandLineOf(p).Contains("of \"behind\"", StringComparison.Ordinal));

        static string CommandLineOf(Process process)
        {
            try
            {
                return File.ReadAllText($"/proc/{process.Id}/cmdline");
            }
            catch (IOException)
            {
                return ""; // it has ended meanwhile
            }
        }
    }

    [ServerFact]
    public async Task A_command_that_fails_says_why()
    {
        home.Configure("Host behind\n  ProxyCommand sh -c 'echo there is no way to %h >&2; exit 3'\n");
        await using var storage = home.Open($"ssh://me@behind{Far["root"]}", ("keyfile", Far["key"]));

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.RequireReadableAsync(default));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains("there is no way to behind", error.Message, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task What_is_not_supported_is_said()
    {
        home.Trust(Far);

        await Task.CompletedTask;
        Assert.Contains("gss_auth", Assert.Throws<DataVersionException>(() => home.Open(Far, ("gss_auth", "true"))).Message, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task An_unknown_host_is_refused_with_its_fingerprint()
    {
        var refused = await RefusedAsync(("keyfile", Far["key"]));

        Assert.Contains("not known", refused.Message, StringComparison.Ordinal);
        Assert.Contains(Fingerprints(), refused.Message.Contains);
        Assert.Contains("ssh -p " + Far["port"], refused.RecommendedAction, StringComparison.Ordinal);
        Assert.False(File.Exists(home.KnownHosts));
    }

    [ServerFact]
    public async Task A_changed_key_is_refused_loudly()
    {
        File.WriteAllText(home.KnownHosts, File.ReadAllText(Far["wrongKnownHosts"]));

        var refused = await RefusedAsync(("keyfile", Far["key"]));

        Assert.Contains("HAS CHANGED", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"{home.KnownHosts}:1", refused.Message, StringComparison.Ordinal);
        // Nor is it accepted by those who accept new hosts.
        home.Configure("StrictHostKeyChecking accept-new");
        Assert.Contains("HAS CHANGED", (await RefusedAsync(("keyfile", Far["key"]))).Message, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task New_hosts_are_written_down_for_who_says_so()
    {
        home.Configure("StrictHostKeyChecking accept-new");
        await LogInAsync(("keyfile", Far["key"]));
        home.Configure("");

        await LogInAsync(("keyfile", Far["key"]));

        Assert.StartsWith($"[127.0.0.1]:{Far["port"]} ", File.ReadAllText(home.KnownHosts), StringComparison.Ordinal);
    }

    [ServerTheory]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-rsa")]
    [InlineData("ecdsa-sha2-nistp256")]
    public async Task A_host_of_which_one_key_is_known_shows_that_one(string type)
    {
        File.WriteAllLines(home.KnownHosts, File.ReadLines(Far["knownHosts"]).Where(l => l.Contains($" {type} ", StringComparison.Ordinal)));

        await LogInAsync(("keyfile", Far["key"]));
    }

    [ServerFact]
    public async Task Names_of_known_hosts_may_be_hashed()
    {
        home.Trust(Far);
        File.WriteAllText(home.KnownHosts, File.ReadAllText(Far["knownHosts"]));
        Run("ssh-keygen", "-q", "-H", "-f", home.KnownHosts);
        Assert.StartsWith("|1|", File.ReadAllText(home.KnownHosts), StringComparison.Ordinal);

        await LogInAsync(("keyfile", Far["key"]));
    }

    [ServerFact]
    public async Task A_revoked_key_is_refused()
    {
        var lines = File.ReadAllLines(Far["knownHosts"]);
        File.WriteAllLines(home.KnownHosts, lines.Concat(lines.Select(l => "@revoked " + l)));

        Assert.Contains("revoked", (await RefusedAsync(("keyfile", Far["key"]))).Message, StringComparison.Ordinal);
    }

    private async Task<string> LogInAsync(params (string, string)[] options)
    {
        await using var storage = home.Open(Far, options);
        return (await storage.ExamineAsync(default)).Credentials;
    }

    private async Task<DataVersionException> RefusedAsync(params (string, string)[] options)
    {
        await using var storage = home.Open(Far, options);
        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.ExamineAsync(default));
        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.NotNull(error.RecommendedAction);
        return error;
    }

    private static IEnumerable<string> Fingerprints() => Run("ssh-keygen", "-l", "-f", Far["knownHosts"]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[1]);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private sealed class AgentProcess : IDisposable
    {
        private readonly ScratchFolder folder = new();
        private readonly Process process;

        public AgentProcess(string key)
        {
            process = Process.Start(new ProcessStartInfo("ssh-agent", ["-D", "-a", Socket]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            for (var i = 0; i < 200 && !File.Exists(Socket); i++)
                Thread.Sleep(20);
            using var add = Process.Start(new ProcessStartInfo("ssh-add", ["-q", key]) { RedirectStandardError = true, Environment = { ["SSH_AUTH_SOCK"] = Socket } })!;
            add.WaitForExit();
            Assert.Equal(0, add.ExitCode);
        }

        public string Socket => folder.PathOf("agent");

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
            folder.Dispose();
        }
    }
}
