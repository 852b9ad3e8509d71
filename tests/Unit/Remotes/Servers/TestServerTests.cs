using System.Net.Sockets;

namespace DataVersion.Tests.Remotes.Servers;

/// <summary>The servers of the tests themselves: each comes up, and each goes.</summary>
public sealed class TestServerTests
{
    [ServerFact("s3")]
    public void S3_comes_up() => RequireAnswer("s3");

    [ServerFact("swift")]
    public void Swift_comes_up() => RequireAnswer("swift");

    [ServerFact("gcs")]
    public void Gcs_comes_up() => RequireAnswer("gcs");

    [ServerFact("azure")]
    public void Azure_comes_up() => RequireAnswer("azure");

    [ServerFact("ssh")]
    public void Ssh_comes_up() => RequireAnswer("ssh");

    [ServerFact("ssh-proftpd")]
    public void Ssh_of_ProFTPD_comes_up() => RequireAnswer("ssh-proftpd");

    [ServerFact("ftp")]
    public void Ftp_comes_up() => RequireAnswer("ftp");

    [ServerFact("ftp-proftpd")]
    public void Ftp_of_ProFTPD_comes_up() => RequireAnswer("ftp-proftpd");

    [ServerFact("ftp-pureftpd")]
    public void Ftp_of_PureFTPd_comes_up() => RequireAnswer("ftp-pureftpd");

    [ServerFact("http")]
    public void Http_comes_up() => RequireAnswer("http");

    [ServerFact("webdav")]
    public void WebDav_comes_up() => RequireAnswer("webdav");

    [ServerFact("webdav-nginx")]
    public void WebDav_of_nginx_comes_up() => RequireAnswer("webdav-nginx");

    [ServerFact("http")]
    public async Task A_server_of_ones_own_is_killed_and_comes_back_with_its_files()
    {
        using var client = new HttpClient();
        using var server = TestServer.StartPrivate("http");
        var file = new Uri(server["endpoint"] + "/free/x");
        (await client.PutAsync(file, new StringContent("kept"))).EnsureSuccessStatusCode();

        server.Kill();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(file));
        server.Revive();

        Assert.Equal("kept", await client.GetStringAsync(file));
        server.Dispose();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(file));
        Assert.False(Directory.Exists(Path.GetDirectoryName(server["ca"])));
    }

    private static void RequireAnswer(string name)
    {
        var (host, port) = TestServer.Get(name).Address;
        using var client = new TcpClient(host, port);
        Assert.True(client.Connected);
    }
}
