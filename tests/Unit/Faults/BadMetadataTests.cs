using System.Text;

namespace DataVersion.Tests.Faults;

/// <summary>Metadata and configuration that a person, a merge or somebody hostile has written.</summary>
public sealed class BadMetadataTests
{
    private const string Md5 = "0cc175b9c0f1b6a831c399e269772661";

    [Fact]
    public void Malformed_data_files_are_named_with_line_and_column()
    {
        using var place = new FaultRepository();
        place.Write("good.bin", "good");
        place.Record("v1", "good.bin");
        File.Delete(place.PathOf("good.bin"));
        place.Write("new.bin", "new");
        foreach (var (content, kind, line) in new (string, DataErrorKind, int)[]
        {
            ("outs:\n- md5: abc\n  path: [unclosed\n", DataErrorKind.MetadataInvalid, 0),
            ("outs:\n\t- path: x\n", DataErrorKind.MetadataInvalid, 2),
            ("outs:\n- path: x\n  path: y\n", DataErrorKind.MetadataInvalid, 3),
            ("<<<<<<< HEAD\nouts:\n=======\n", DataErrorKind.MetadataInvalid, 0),
            ("outs: 5\n", DataErrorKind.MetadataInvalid, 1),
            ("- a\n- b\n", DataErrorKind.MetadataInvalid, 1),
            ("outs:\n- md5: abc\n", DataErrorKind.MetadataInvalid, 2),
            ("outs:\n- path: 'x\u0000y'\n", DataErrorKind.MetadataInvalid, 0),
            ($"outs:\n- md5: {Md5}\n  path: x\n  surprise: 1\n", DataErrorKind.MetadataInvalid, 4),
            ($"outs:\n- md5: {Md5[1..]}\n  path: x\n", DataErrorKind.HashInvalid, 2),
            ($"outs:\n- md5: ../../../{Md5[9..]}\n  path: x\n", DataErrorKind.HashInvalid, 2),
            ("outs:\n- md5: ../../x\n  path: x\n", DataErrorKind.HashInvalid, 2),
            ($"outs:\n- md5: {Md5}.dir/../x\n  path: x\n", DataErrorKind.HashInvalid, 2),
            ($"outs:\n- md5: {Md5}\n  hash: blake9\n  path: x\n", DataErrorKind.HashInvalid, 3),
            ($"outs:\n- sha1024: {Md5}\n  path: x\n", DataErrorKind.MetadataInvalid, 2),
            ("outs: &a\n- *a\n", DataErrorKind.MetadataInvalid, 2),
        })
        {
            File.WriteAllText(place.PathOf("bad.dvc"), content);
            foreach (var command in new[] { "Switch-DataVersion", "Add-DataFile new.bin", "Move-DataFile good.bin other.bin" })
            {
                var before = place.Snapshot();
                var result = place.Session.Invoke(command);
                var error = Assert.Single(result.Errors);
                Assert.True(kind.ToString() == result.ErrorIds.Single(), $"{content}: {command}: {result.ErrorIds.Single()}: {error}");
                Assert.Matches(@"'bad\.dvc', line " + (line == 0 ? @"\d+" : line.ToString()) + @", column \d+", error.ToString());
                Assert.False(string.IsNullOrWhiteSpace(error.ErrorDetails?.RecommendedAction));
                Assert.Equal(before, place.Snapshot());
            }
        }
        // What needs no metadata, or can go on without one file, does.
        place.Session.Run("$null = Get-DataConfig ; $null = Test-DataCache ; $null = Get-DataRepository ; $null = Test-DataIgnore new.bin ; $null = Get-DataRemote");
        File.Delete(place.PathOf("bad.dvc"));
        place.Session.Run("$null = Switch-DataVersion");
        Assert.Equal("good", place.Read("good.bin"));
    }

    [Fact]
    public void Deep_or_self_multiplying_yaml_is_refused()
    {
        using var place = new FaultRepository();
        var bomb = new StringBuilder("a0: &a0 [x]\n");
        for (var i = 1; i < 60; i++)
            bomb.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n");
        foreach (var content in new[] { "outs:\n- meta: " + new string('[', 200_000), "outs:\n- path: x\n  meta:\n    x: " + string.Concat(Enumerable.Repeat("{a: ", 50_000)), bomb.ToString() })
        {
            File.WriteAllText(place.PathOf("bad.dvc"), content);
            place.Fails(DataErrorKind.MetadataInvalid, "'bad.dvc'", "Switch-DataVersion");
        }
    }

    [Fact]
    public void A_data_file_that_is_not_utf8_is_refused()
    {
        using var place = new FaultRepository();
        File.WriteAllBytes(place.PathOf("latin.dvc"), [.. Encoding.Latin1.GetBytes($"outs:\n- md5: {Md5}\n  path: caf\u00e9\n")]);

        var result = place.Fails(DataErrorKind.MetadataInvalid, "latin.dvc", "Switch-DataVersion");

        Assert.Contains("line 3", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("UTF-8", result.Errors[0].ToString(), StringComparison.Ordinal);
        place.Commit("v1");
        place.Fails(DataErrorKind.MetadataInvalid, "latin.dvc", "Get-DataFile -Revision v1");
    }

    [Fact]
    public void Malformed_configuration_is_named_with_line_and_column()
    {
        using var place = new FaultRepository();
        place.Write("a.bin", "a");
        var good = File.ReadAllText(place.PathOf(".dvc/config"));
        foreach (var (content, line) in new[] { ("[core\n", 1), ("[core]\n    remote\n", 2), ("[core]\nremote = x\n[[sub\n", 3), ("[core]\n    autostage = 'unclosed\n", 2) })
        {
            File.WriteAllText(place.PathOf(".dvc/config"), content);
            foreach (var command in new[] { "Add-DataFile a.bin", "Get-DataConfig", "Set-DataConfig core.autostage true" })
            {
                var before = place.Snapshot();
                var result = place.Fails(DataErrorKind.ConfigurationInvalid, "config", command);
                Assert.Matches($@"config', line {line}, column \d+", result.Errors[0].ToString());
                Assert.Equal(before, place.Snapshot());
            }
        }
        // Values that make no sense, and bytes that are no text.
        File.WriteAllText(place.PathOf(".dvc/config"), "[cache]\n    type = teleport\n");
        place.Fails(DataErrorKind.ConfigurationInvalid, "teleport", "Add-DataFile a.bin");
        File.WriteAllBytes(place.PathOf(".dvc/config"), [.. "[core]\n    remote = "u8, 0xE9, 10]);
        place.Fails(DataErrorKind.ConfigurationInvalid, "config", "Add-DataFile a.bin");
        File.WriteAllText(place.PathOf(".dvc/config"), good);
        File.WriteAllText(place.PathOf(".dvc/config.local"), "[core]\n???\n");
        place.Fails(DataErrorKind.ConfigurationInvalid, "config.local', line 2", "Add-DataFile a.bin");
    }

    [Fact]
    public void Two_data_files_that_claim_one_output_are_both_named()
    {
        using var place = new FaultRepository();
        place.Write("data/a.bin", "a");
        place.Write("new.bin", "new");
        place.Record("v1", "data");
        var entry = File.ReadAllText(place.PathOf("data.dvc"));
        foreach (var (name, content) in new[]
        {
            ("twin.dvc", entry), ("inner.dvc", $"outs:\n- md5: {Md5}\n  path: data/a.bin\n"), ("deep/up.dvc", $"outs:\n- md5: {Md5}\n  path: ../data/./x/../y\n"),
            ("wdir.dvc", $"wdir: data\nouts:\n- md5: {Md5}\n  path: z\n"), ("double.dvc", $"outs:\n- md5: {Md5}\n  path: q\n- md5: {Md5}\n  path: q\n"),
        })
        {
            place.Write(name, content);
            foreach (var command in new[] { "Switch-DataVersion", "Add-DataFile new.bin", "Switch-DataVersion HEAD" })
            {
                var before = place.Snapshot();
                var result = place.Fails(DataErrorKind.OutputConflict, name, command);
                if (name != "double.dvc")
                    Assert.Contains("'data.dvc'", result.Errors[0].ToString(), StringComparison.Ordinal);
                Assert.Equal(before, place.Snapshot());
            }
            File.Delete(place.PathOf(name));
        }
    }

    [Fact]
    public void An_output_may_not_be_inside_git_or_dvc_or_outside_the_repository()
    {
        using var place = new FaultRepository();
        var outside = Path.Combine(Path.GetDirectoryName(place.Root)!, "outside");
        place.StoreObject("evil");
        var md5 = FaultRepository.Md5("evil"u8.ToArray());
        foreach (var path in new[] { ".git/hooks/post-checkout", ".git", ".dvc/config.local", ".dvc", "sub/../.git/config", ".", "a/.." })
        {
            File.WriteAllText(place.PathOf("evil.dvc"), $"outs:\n- md5: {md5}\n  hash: md5\n  path: {path}\n");
            WorkspaceFaultTests.Refused(place, null, "evil.dvc", "Switch-DataVersion -Force");
            Assert.False(File.Exists(place.PathOf(".git/hooks/post-checkout")));
        }
        // Data outside is nobody's to write, but its .dvc file may be there.
        foreach (var path in new[] { "../outside", outside, "sub/../../outside" })
        {
            File.WriteAllText(place.PathOf("evil.dvc"), $"outs:\n- md5: {md5}\n  hash: md5\n  path: {path}\n");
            place.Session.Invoke("Switch-DataVersion -Force ; Remove-DataFile evil.dvc -DeleteData -Force -WhatIf");
            Assert.False(File.Exists(outside));
        }
    }

    [Fact]
    public void Revisions_that_do_not_exist_are_named()
    {
        using var place = new FaultRepository();
        place.Write("a.bin", "a");
        place.Record("v1", "a.bin");
        place.Session.Run("Add-DataRemote store ../store -Default");
        foreach (var command in new[]
        {
            "Switch-DataVersion $r", "Compare-DataVersion $r", "Compare-DataVersion v1 $r", "Get-DataFile -Revision $r", "Export-DataFile a.bin ../out -Revision $r",
            "Clear-DataCache -Revision $r -Force -Confirm:$false", "Sync-DataRemote -Direction Push -Revision $r",
        })
            foreach (var revision in new[] { "nowhere", "--all", "v1:a.bin.dvc", "refs/heads/../x", "" })
            {
                if (revision.Length == 0 && command.StartsWith("Sync", StringComparison.Ordinal))
                    continue;
                var before = place.Snapshot();
                var result = place.Session.Invoke(command, ("r", revision));
                var id = Assert.Single(result.ErrorIds);
                Assert.True(id is "RevisionNotFound" || (revision.Length == 0 && (id is "ArgumentInvalid" || id.StartsWith("ParameterArgumentValidationError", StringComparison.Ordinal))),
                    $"{command} {revision}: {result.Errors[0]} {id}");
                Assert.Contains(revision, result.Errors[0].ToString(), StringComparison.Ordinal);
                Assert.Equal(before, place.Snapshot());
            }
        Assert.False(Path.Exists(Path.Combine(Path.GetDirectoryName(place.Root)!, "out")));
    }

    [Fact]
    public void What_Git_tracks_is_not_added()
    {
        using var place = new FaultRepository();
        place.Write("code.txt", "code");
        place.Write("folder/code.txt", "code");
        place.Write("free.bin", "free");
        place.Session.Run("git add code.txt folder ; git commit -q -m code");

        foreach (var name in new[] { "code.txt", "folder" })
        {
            var before = place.Snapshot();
            var result = place.Fails(DataErrorKind.TrackedByGit, $"'{name}'", $"Add-DataFile {name}");
            Assert.Contains($"git rm -r --cached '{name}'", result.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
            Assert.Equal(before, place.Snapshot());
        }
        // The others of the same command are added.
        var mixed = place.Session.Invoke("Add-DataFile code.txt, free.bin");
        Assert.Equal(["TrackedByGit"], mixed.ErrorIds);
        Assert.Equal("free.bin", ((DataFile)Assert.Single(mixed.Output).BaseObject).Path);
        // The advice works.
        place.Session.Run("git rm -r -q --cached 'folder' ; git commit -q -m 'Stop tracking folder' ; $null = Add-DataFile folder");
        Assert.True(File.Exists(place.PathOf("folder.dvc")));
    }
}
