using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines;
using DataVersion.Engine.Repositories;
using DataVersion.Tests.Git;

namespace DataVersion.Tests.Repositories;

/// <summary>Which metadata files count, and which folders are left alone.</summary>
public sealed class WorkingMetadataTreeTests
{
    private const string Folder = "outs:\n- md5: 0123456789abcdef0123456789abcdef.dir\n  size: 1\n  nfiles: 1\n  hash: md5\n  path: ";
    private const string Plain = "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  size: 1\n  hash: md5\n  path: ";

    [Fact]
    public void Metadata_is_found_in_all_folders_but_those_that_do_not_count()
    {
        using var scratch = new ScratchRepository();
        scratch.Write("x.dvc", Plain + "x\n");
        scratch.Write("a/b/dvc.yaml", "stages: {}\n");
        scratch.Write("a/b/dvc.lock", "schema: '2.0'\n");
        scratch.Write("a/other.yaml");
        scratch.Write("a/.hidden/y.dvc", Plain + "y\n");
        scratch.Write(".dvcignore", "/skipped/\nz.dvc\n");
        scratch.Write("skipped/w.dvc");
        scratch.Write("a/z.dvc");
        scratch.Write("sub/.dvc/config");
        scratch.Write("sub/v.dvc");
        scratch.Write(".dvc/tmp/u.dvc");
        scratch.Write(".git/t.dvc");
        if (!OperatingSystem.IsWindows())
            Directory.CreateSymbolicLink(Path.Combine(scratch.Root, "link"), Path.Combine(scratch.Root, "a"));
        Assert.Equal(["a/.hidden/y.dvc", "a/b/dvc.lock", "a/b/dvc.yaml", "x.dvc"], Paths(scratch));
    }

    [Fact]
    public void Folders_that_are_outputs_are_not_entered()
    {
        using var scratch = new ScratchRepository();
        scratch.Write("data.dvc", Folder + "data\n");
        scratch.Write("far.dvc", Folder + "p/q/far\n");
        scratch.Write("files.dvc", "outs:\n- path: versioned\n  hash: md5\n  files:\n  - relpath: a\n    md5: 0123456789abcdef0123456789abcdef\n    size: 1\n");
        scratch.Write("plain.dvc", Plain + "plain\n");
        scratch.Write("broken.dvc", "outs: [.dir\n");
        scratch.Write("p/dvc.yaml", "stages:\n  s:\n    cmd: run\n    wdir: ..\n    outs:\n    - made\n    - p/metrics:\n        cache: false\n");
        foreach (var folder in (string[])["data/deep", "p/q/far", "p/q/near", "versioned", "p/metrics", "plainer"])
            scratch.Write(folder + "/inside.dvc");
        Assert.Equal(["broken.dvc", "data.dvc", "far.dvc", "files.dvc", "p/dvc.yaml", "p/q/near/inside.dvc", "plain.dvc", "plainer/inside.dvc"],
            Paths(scratch));
        // The error of the broken one is told by who reads it.
        Assert.Throws<MetadataFormatException>(() => DataIndexLoader.Load(new WorkingMetadataTree(scratch.Layout, new IgnoreTree(scratch.Layout), null)));
    }

    [Fact]
    public void Git_is_asked_once_per_level_and_its_rules_count()
    {
        using var sandbox = new GitSandbox();
        sandbox.Write(".gitignore", "/data\n*.skip.dvc\nbuild/\n");
        sandbox.Write(".dvc/config", "");
        foreach (var name in (string[])["data/in.dvc", "a/build/out.dvc", "a/b/c.dvc", "a/b/c.skip.dvc", "d.dvc"])
            sandbox.Write(name, Plain + "x\n");
        var calls = 0;
        var layout = new RepositoryLayout(sandbox.Root);
        var tree = new WorkingMetadataTree(layout, new IgnoreTree(layout), asked =>
        {
            calls++;
            return sandbox.Repository.Ignored([.. asked]);
        });
        Assert.Equal(["a/b/c.dvc", "d.dvc"], tree.MetadataPaths().Order(StringComparer.Ordinal));
        Assert.Equal(3, calls);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named()
    {
        using var scratch = new ScratchRepository();
        var tree = new WorkingMetadataTree(scratch.Layout, new IgnoreTree(scratch.Layout), null);
        var error = Assert.Throws<DataVersionException>(() => tree.ReadText("gone.dvc"));
        Assert.Equal(DataErrorKind.PathNotFound, error.Kind);
        Assert.Contains("gone.dvc", error.Message, StringComparison.Ordinal);
        Assert.False(tree.Exists("gone.dvc"));
    }

    private static string[] Paths(ScratchRepository scratch) =>
        [.. new WorkingMetadataTree(scratch.Layout, new IgnoreTree(scratch.Layout), null).MetadataPaths().Order(StringComparer.Ordinal)];
}
