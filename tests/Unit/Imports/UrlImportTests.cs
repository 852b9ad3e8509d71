using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Remotes;
using DataVersion.Tests.Remotes;

namespace DataVersion.Tests.Imports;

/// <summary>Imports from addresses of storage services.</summary>
public sealed class UrlImportTests
{
    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Bytes(text)));

    [Theory]
    [InlineData("s3://b/k/f", "abc", "etag: abc", null)]
    [InlineData("gs://b/k/f", "CKih16GjycICEAE=", "etag: 08a8a1d7a1a3c9c2021001", null)]
    [InlineData("azure://b/k/f", "0x8D", "etag: '\"0x8D\"'", null)]
    [InlineData("webdav://h/k/f", "t-1", "etag: '\"t-1\"'", null)]
    [InlineData("http://h/k/f", "t-1", "checksum: '\"t-1\"'", null)]
    [InlineData("http://h/k/f?raw=1", "W/\"t-1\"", "checksum: W/\"t-1\"", null)]
    [InlineData("http://h/k/f", null, "checksum: XUFAKrxLKna5cZ2REBfFkg==", "5d41402abc4b2a76b9719d911017c592")]
    [InlineData("ssh://h/k/f", "ignored", "md5: 5d41402abc4b2a76b9719d911017c592", null)]
    public async Task The_tag_of_a_service_is_recorded_as_DVC_spells_it(string url, string? tag, string recorded, string? md5)
    {
        using var sandbox = new ImportSandbox();
        var storage = sandbox.Serve((item, _) => item with { ETag = tag, Md5 = md5, IsMd5Stated = true });
        storage.Values[url.StartsWith("http") ? "" : "f"] = Bytes("hello");

        Assert.Empty(await sandbox.ImportAsync(url, "f"));

        Assert.Equal("hello", sandbox.Read("f"));
        Assert.Contains($"deps:\n- {recorded}\n  size: 5\n  hash: md5\n  path: {url}\nouts:\n- md5: 5d41402abc4b2a76b9719d911017c592\n  size: 5\n  hash: md5\n  path: f\n", sandbox.Read("f.dvc"));
    }

    [Fact]
    public async Task A_folder_is_recorded_by_the_list_of_its_tags()
    {
        using var sandbox = new ImportSandbox();
        var storage = sandbox.Serve();
        storage.Values["d/b/c"] = Bytes("two");
        storage.Values["d/a"] = Bytes("one");
        storage.Values["d/b/"] = [];
        storage.Values["data-of-others"] = Bytes("no");

        Assert.Empty(await sandbox.ImportAsync("s3://bucket/d", "d"));

        var list = $$"""[{"etag": "{{Md5("one")}}", "relpath": "a"}, {"etag": "{{Md5("two")}}", "relpath": "b/c"}]""";
        Assert.Contains($"deps:\n- md5: {Md5(list)}.dir\n  size: 6\n  nfiles: 2\n", sandbox.Read("d.dvc"));
        Assert.Equal("two", sandbox.Read("d/b/c"));
        Assert.Equal(2, Directory.EnumerateFiles(Path.Combine(sandbox.Root, "d"), "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task An_update_asks_for_tags_and_brings_only_what_changed()
    {
        using var sandbox = new ImportSandbox();
        var storage = sandbox.Serve();
        storage.Values["f"] = Bytes("one");
        await sandbox.ImportAsync("s3://bucket/f", "f");
        storage.Reads.Clear();

        Assert.Empty(await sandbox.UpdateAsync("f"));
        Assert.Empty(storage.Reads);

        storage.Values["f"] = Bytes("second");
        Assert.Empty(await sandbox.UpdateAsync("f"));
        Assert.Equal("second", sandbox.Read("f"));
        Assert.Contains($"etag: {Md5("second")}", sandbox.Read("f.dvc"));
    }

    [Fact]
    public async Task What_only_the_workspace_has_stops_an_update_before_anything_is_recorded()
    {
        using var sandbox = new ImportSandbox();
        var storage = sandbox.Serve();
        storage.Values["f"] = Bytes("one");
        await sandbox.ImportAsync("s3://bucket/f", "f");
        var before = sandbox.Read("f.dvc");
        sandbox.Write("ours/f", "my work");
        storage.Values["f"] = Bytes("second");

        var failure = Assert.Single(await sandbox.UpdateAsync("f"));

        Assert.Equal(DataErrorKind.UnsavedData, failure.Error.Kind);
        Assert.Equal("my work", sandbox.Read("f"));
        Assert.Equal(before, sandbox.Read("f.dvc"));
        Assert.Empty(await sandbox.UpdateAsync("f", new ImportOptions { Force = true }));
        Assert.Equal("second", sandbox.Read("f"));
    }

    [Fact]
    public async Task Versions_are_recorded_file_by_file_and_had_again_after_the_source_went_on()
    {
        using var sandbox = new ImportSandbox();
        var storage = sandbox.Serve((item, bytes) => item with { ETag = Md5(Encoding.UTF8.GetString(bytes)), Version = $"v{bytes.Length}" });
        foreach (var key in (string[])["d/a", "d/a?versionId=v3", "d/s/b", "d/s/b?versionId=v4"])
            storage.Values[key] = Bytes(key.StartsWith("d/a") ? "one" : "four");
        // A listing shows names, not versions.
        storage.Values.TryRemove("d/a?versionId=v3", out var a);
        storage.Values.TryRemove("d/s/b?versionId=v4", out var b);
        storage.BeforeTransfer = key =>
        {
            storage.Values["d/a?versionId=v3"] = a!;
            storage.Values["d/s/b?versionId=v4"] = b!;
        };

        Assert.Empty(await sandbox.ImportAsync("s3://bucket/d", "d", null, ("version_aware", "true")));

        Assert.Contains($"""
            deps:
            - hash: md5
              path: s3://bucket/d
              fs_config:
                version_aware: true
              files:
              - relpath: a
                etag: {Md5("one")}
                size: 3
                version_id: v3
              - relpath: s/b
                etag: {Md5("four")}
                size: 4
                version_id: v4
            outs:
            """, sandbox.Read("d.dvc"));
        Assert.EndsWith("  path: d\n  push: false\n", sandbox.Read("d.dvc"));

        Directory.Delete(SyncSandbox.CacheOf(sandbox.Root), recursive: true);
        storage.Values["d/a"] = Bytes("something newer");
        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await sandbox.FetchAsync()).Outcome);
        Assert.Contains("files/md5/" + Md5("one").Insert(2, "/"), sandbox.Cache());
    }

    [Fact]
    public async Task An_import_without_its_data_is_brought_while_the_source_is_what_was_recorded()
    {
        using var sandbox = new ImportSandbox();
        var storage = sandbox.Serve();
        storage.Values["f"] = Bytes("one");
        Assert.Empty(await sandbox.ImportAsync("s3://bucket/f", "f", new ImportOptions { NoDownload = true }));
        Assert.Empty(storage.Reads);
        Assert.EndsWith("outs:\n- hash: md5\n  path: f\n", sandbox.Read("f.dvc"));

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await sandbox.FetchAsync()).Outcome);
        storage.Values["f"] = Bytes("other");
        var failed = Assert.Single(await sandbox.FetchAsync());
        Assert.Equal(TransferOutcome.Missing, failed.Outcome);
        Assert.Contains("has changed", failed.Reason);
    }

    [Theory]
    [InlineData("s3://bucket/absent", DataErrorKind.PathNotFound)]
    [InlineData("s3://bucket/climbs", DataErrorKind.PathUnsupported)]
    [InlineData("s3://bucket/lies", DataErrorKind.FileChangedDuringRead)]
    [InlineData("s3://bucket/flips", DataErrorKind.ObjectCorrupt)]
    public async Task What_cannot_be_had_whole_and_right_is_not_recorded(string url, DataErrorKind kind)
    {
        using var sandbox = new ImportSandbox();
        var storage = sandbox.Serve((item, bytes) => item with { ETag = "t", Size = item.Key == "lies" ? bytes.Length + 1 : bytes.Length, Md5 = item.Key == "flips" ? Md5("right") : null });
        storage.Values["climbs/../../x"] = Bytes("x");
        storage.Values["lies"] = Bytes("short");
        storage.Values["flips"] = Bytes("wrong");

        Assert.Equal(kind, Assert.Single(await sandbox.ImportAsync(url, "f")).Error.Kind);

        Assert.False(File.Exists(Path.Combine(sandbox.Root, "f")));
        Assert.False(File.Exists(Path.Combine(sandbox.Root, "f.dvc")));
        Assert.Empty(sandbox.Cache());
    }

    [Fact]
    public async Task What_fails_for_now_is_tried_again()
    {
        using var sandbox = new ImportSandbox();
        var storage = sandbox.Serve();
        storage.Values["f"] = Bytes(new string('x', 5000));
        var failures = 2;
        storage.BeforePiece = (_, at) =>
        {
            if (at > 0 && failures-- > 0)
                throw new TransientRemoteException("cut");
        };

        Assert.Empty(await sandbox.ImportAsync("s3://bucket/f", "f"));
        Assert.Equal(5000, sandbox.Read("f").Length);
    }

    [Fact]
    public async Task A_large_file_goes_on_after_a_break()
    {
        using var sandbox = new ImportSandbox();
        var storage = sandbox.Serve();
        storage.Piece = 1 << 20;
        var content = new byte[80 << 20];
        new Random(7).NextBytes(content);
        storage.Values["big"] = content;
        storage.BeforePiece = (_, at) =>
        {
            if (at >= 60 << 20)
                throw new DataVersionException(DataErrorKind.TransferFailed, "gone");
        };
        Assert.Single(await sandbox.ImportAsync("s3://bucket/big", "big"));
        Assert.False(File.Exists(Path.Combine(sandbox.Root, "big.dvc")));
        storage.Reads.Clear();
        storage.BeforePiece = (_, _) => { };

        Assert.Empty(await sandbox.ImportAsync("s3://bucket/big", "big"));

        Assert.True(storage.Reads.Sum(read => read.Range.Length ?? content.Length) < content.Length, "Everything was asked for again.");
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(sandbox.Root, "big")));
        Assert.DoesNotContain(sandbox.Cache(), name => name.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_file_that_changes_meanwhile_is_refused()
    {
        using var sandbox = new ImportSandbox();
        var storage = sandbox.Serve();
        storage.Piece = 1 << 20;
        storage.Values["big"] = new byte[40 << 20];
        storage.BeforePiece = (_, at) =>
        {
            if (at == 20 << 20)
                storage.Values["big"] = [.. Enumerable.Repeat((byte)1, 40 << 20)];
        };

        Assert.Equal(DataErrorKind.FileChangedDuringRead, Assert.Single(await sandbox.ImportAsync("s3://bucket/big", "big")).Error.Kind);
        Assert.False(File.Exists(Path.Combine(sandbox.Root, "big.dvc")));
    }

    [Fact]
    public async Task To_a_remote_nothing_stays_here()
    {
        using var sandbox = new ImportSandbox();
        var storage = sandbox.Serve();
        storage.Values["d/a"] = Bytes("one");
        storage.Values["d/b"] = Bytes("two");
        var remote = new MemoryStorage();
        await using var upload = new ImportUpload(new("store", "s3://x/y", new Dictionary<string, string>(), [ConfigScope.Repository], true), remote);

        Assert.Empty(await sandbox.ImportAsync("s3://bucket/d", "d", new ImportOptions { Upload = upload }));

        Assert.Equal(3, remote.Values.Count);
        Assert.Contains(RemoteKeys.Objects + Md5("one").Insert(2, "/"), remote.Values.Keys);
        Assert.Empty(sandbox.Cache());
        Assert.False(Directory.Exists(Path.Combine(sandbox.Root, "d")));
        Assert.Contains("outs:\n- md5: ", sandbox.Read("d.dvc"));
    }
}
