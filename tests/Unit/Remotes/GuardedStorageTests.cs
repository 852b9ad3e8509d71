using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>Whatever a storage throws, and whenever: its secrets stay behind the guard. The number of calls at a time is the user's.</summary>
public sealed class GuardedStorageTests
{
    private const string Secret = "hunter22-long";

    private static RemoteConfiguration Remote => new("web", "https://example.org/data", new Dictionary<string, string> { ["user"] = "me", ["password"] = Secret }, [ConfigScope.Local], true);

    public static TheoryData<Exception> Errors =>
    [
        new FormatException($"The format of value '{Secret}' is invalid."), new ArgumentException("Bad value", new UriFormatException(Secret)), new InvalidOperationException(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("me:" + Secret))),
        new IOException($"disk {Secret}", 28), new UnauthorizedAccessException(Secret), new KeyNotFoundException(Secret),
        new DataVersionException(DataErrorKind.TransferFailed, "no", Secret, Secret, new FormatException(Secret)),
    ];

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void Opening_tells_no_secret(Exception thrown)
    {
        var error = Assert.Throws<DataVersionException>(() => GuardedStorage.Open(Remote, _ => throw thrown));

        RequireNone(error);
    }

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public async Task A_call_tells_no_secret(Exception thrown)
    {
        var storage = GuardedStorage.Open(Remote, _ => new MemoryStorage { BeforeFind = _ => throw thrown, BeforeDelete = _ => throw thrown });

        RequireNone(await Assert.ThrowsAnyAsync<Exception>(() => storage.FindAsync("k", default)));
        if (thrown is DataVersionException)
            RequireNone((await storage.DeleteManyAsync(["k"], default)).Single().Value);
    }

    [Fact]
    public async Task A_full_disk_stays_one()
    {
        var storage = GuardedStorage.Open(Remote, _ => new MemoryStorage { BeforeFind = _ => throw new IOException($"No space for {Secret}", 28) });

        Assert.Equal(28, (await Assert.ThrowsAsync<IOException>(() => storage.FindAsync("k", default))).HResult);
    }

    [Theory]
    [InlineData("s3://bucket/prefix")]
    [InlineData("gs://bucket/prefix")]
    [InlineData("ssh://me@host/folder")]
    [InlineData("ftp://me@host/folder")]
    [InlineData("webdav://host/folder")]
    [InlineData("https://host/folder")]
    [InlineData("azure://container/prefix")]
    public async Task The_number_of_calls_at_a_time_bounds_questions_too(string url)
    {
        Dictionary<string, string> options = url.StartsWith("azure", StringComparison.Ordinal) ? new() { ["account_name"] = "a", ["account_key"] = "AAAA" } : [];
        var remote = new RemoteConfiguration("st", url, options, [ConfigScope.Repository], true);
        await using var asked = RemoteStorages.Open(remote.WithJobs(3));
        await using var free = RemoteStorages.Open(remote.WithJobs(0));

        Assert.Equal((3, 3), (asked.Traits.Connections, asked.Traits.MostConnections));
        Assert.True(free.Traits.MostConnections > 3);
    }

    private static void RequireNone(Exception error)
    {
        var all = $"{error}\n{(error as DataVersionException)?.Path}\n{(error as DataVersionException)?.RecommendedAction}";
        Assert.DoesNotContain(Secret, all, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("me:" + Secret)), all, StringComparison.Ordinal);
    }
}
