using System.Security.Cryptography;
using System.Text;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Caching;

public sealed class CacheConversionTests : IDisposable
{
    private readonly VersionedData data = new();

    public void Dispose() => data.Dispose();

    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    private string Legacy(string text, string suffix = "")
    {
        var name = Md5(suffix.Length > 0 ? text : text.Replace("\r\n", "\n")) + suffix;
        data.Git.Write($".dvc/cache/{name[..2]}/{name[2..]}", text);
        return name;
    }

    [Fact]
    public void Objects_get_their_plain_name_and_keep_the_old_one()
    {
        var old = Legacy("a\r\nb\r\n");
        using var session = new ModuleSession(data.Root);

        var moved = Assert.Single(session.Run<CacheMigration>("Convert-DataCache"));

        Assert.Equal((old, Md5("a\r\nb\r\n")), (moved.OldHash.Hex, moved.Hash.Hex));
        Assert.Equal("a\r\nb\r\n", File.ReadAllText(data.Stores.PathOf(moved.Hash)));
        Assert.True(File.Exists(data.Stores.PathOf(moved.OldHash)));
        Assert.Empty(session.Run("Convert-DataCache").Output);
    }

    [Fact]
    public void A_damaged_object_gets_no_new_name()
    {
        var old = Legacy("good");
        data.Git.Write($".dvc/cache/{old[..2]}/{old[2..]}", "bad!");
        using var session = new ModuleSession(data.Root);

        var result = session.Invoke("Convert-DataCache");

        Assert.Equal("ObjectCorrupt", Assert.Single(result.ErrorIds));
        Assert.Empty(data.Cached());
    }

    [Fact]
    public void Metadata_is_converted_from_the_workspace_or_from_the_cache()
    {
        var (one, two) = (Legacy("1\r\n"), Legacy("2\n"));
        var folder = Legacy($"[{{\"md5\": \"{one}\", \"relpath\": \"a\"}}, {{\"md5\": \"{two}\", \"relpath\": \"b\"}}]", ".dir");
        data.Git.Write("here.dvc", $"outs:\n- md5: {one}\n  size: 3\n  path: here\n");
        data.Git.Write("here", "1\r\n");
        data.Git.Write("absent.dvc", $"outs:\n- md5: {folder}\n  size: 5\n  nfiles: 2\n  path: absent\n");
        data.Git.Write("changed.dvc", $"outs:\n- md5: {two}\n  size: 2\n  path: changed\n");
        data.Git.Write("changed", "something else");
        using var session = new ModuleSession(data.Root);

        session.Run("Convert-DataCache -IncludeMetadata");

        Assert.Equal($"outs:\n- md5: {Md5("1\r\n")}\n  size: 3\n  path: here\n  hash: md5\n", data.Git.Read("here.dvc"));
        Assert.Equal($"outs:\n- md5: {Md5("2\n")}\n  size: 2\n  path: changed\n  hash: md5\n", data.Git.Read("changed.dvc"));
        var manifest = $"[{{\"md5\": \"{Md5("1\r\n")}\", \"relpath\": \"a\"}}, {{\"md5\": \"{Md5("2\n")}\", \"relpath\": \"b\"}}]";
        Assert.Contains($"md5: {Md5(manifest)}.dir", data.Git.Read("absent.dvc"));
        Assert.Equal(manifest, File.ReadAllText(data.Stores.PathOf(ContentHash.Parse(Md5(manifest) + ".dir"))));
        Assert.Equal("something else", data.Git.Read("changed"));
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        var old = Legacy("x");
        var text = $"outs:\n- md5: {old}\n  size: 1\n  path: x\n";
        data.Git.Write("x.dvc", text);
        using var session = new ModuleSession(data.Root);

        session.Run("Convert-DataCache -IncludeMetadata -WhatIf");

        Assert.Equal(text, data.Git.Read("x.dvc"));
        Assert.Single(data.Cached());
    }
}
