using System.Text;

namespace DataVersion.Tests.Faults;

/// <summary>Manifests whose bytes match their name but say what no folder can hold: made by another program, or by somebody hostile.</summary>
public sealed class BadManifestTests
{
    private const string Md5 = "0cc175b9c0f1b6a831c399e269772661";

    [Fact]
    public void Manifests_that_lie_are_refused_and_nothing_is_written()
    {
        using var place = new FaultRepository();
        place.StoreObject("a");
        place.Write("good.bin", "good");
        place.Record("v1", "good.bin");
        string Entry(string json) => $"[{{\"md5\": \"{Md5}\", \"relpath\": {json}}}]";
        foreach (var (content, says) in new[]
        {
            (Entry("\"../evil\""), "../evil"), (Entry("\"x/../../evil\""), "climbs out"), (Entry("\"..\""), "climbs out"), (Entry("\".\""), "climbs out"),
            (Entry("\"/tmp/dv-evil\""), "absolute"), (Entry("\"\""), "no name"), (Entry("\"x//evil\""), "empty"), (Entry("\"evil/\""), "empty"),
            (Entry("\"e\\u0000vil\""), "NUL"), (Entry("\"\\ud800\""), "Unicode"), (Entry("5"), "form"), (Entry("null"), "form"),
            ($"[{{\"md5\": \"{Md5}\", \"relpath\": \"x\"}}, {{\"md5\": \"{Md5}\", \"relpath\": \"x/evil\"}}]", "both a file and a folder"),
            ($"[{{\"md5\": \"{Md5}\", \"relpath\": \"x\"}}, {{\"md5\": \"{Md5}\", \"relpath\": \"x\"}}]", "twice"),
            ("[{\"md5\": \"../../../../evil\", \"relpath\": \"x\"}]", "hexadecimal"), ($"[{{\"md5\": \"{Md5}.dir\", \"relpath\": \"x\"}}]", "hexadecimal"),
            ("[{\"relpath\": \"x\"}]", "no md5"), ($"[{{\"md5\": \"{Md5}\"}}]", "no relpath"), ("{}", "form"), ("", "cut off"),
            ($"[{{\"md5\": \"{Md5}\", \"relpath\": \"x\"}}", "cut off"), ($"[{{\"md5\": \"{Md5}\", \"rel", "cut off"), ("not json", "damaged"),
            (Entry("\"x\"") + "[]", "damaged"), ("\u0000\u0000\u0000", "damaged"),
        })
        {
            Describe(place, content);
            var result = place.Fails(DataErrorKind.ManifestInvalid, says, "Switch-DataVersion -Force");
            Assert.Contains("'data'", result.Errors[0].ToString(), StringComparison.Ordinal);
            Assert.False(Path.Exists(place.PathOf("data")), content);
            Assert.False(Path.Exists(place.PathOf("evil")), content);
            Assert.Equal("good", place.Read("good.bin"));
        }
        Assert.False(Path.Exists("/tmp/dv-evil"));
        // The other commands that read a manifest refuse it too, or do without it, and none dies.
        Describe(place, Entry("\"../evil\""));
        place.Commit("v2");
        foreach (var command in new[]
        {
            "Export-DataFile data ../out", "Switch-DataVersion v1 ; Switch-DataVersion v2 ; git checkout -q v2", "Add-DataFile data/x", "Get-DataFile -Recurse", "Get-DataStatus -Granular",
            "Compare-DataVersion v1 v2", "Clear-DataCache -Workspace -Confirm:$false",
        })
        {
            var result = place.Session.Invoke("New-Item -ItemType Directory data -Force | Out-Null ; Set-Content data/x x ; " + command);
            Assert.All(result.Errors, e => Assert.Equal("ManifestInvalid", e.FullyQualifiedErrorId.Split(',')[0]));
            Assert.False(Path.Exists(place.PathOf("evil")), command);
        }
        Assert.True(File.Exists(place.ObjectOf("good")));
        Assert.True(File.Exists(place.ObjectOf("a")));
    }

    [Fact]
    public void Gigantic_manifests_end_in_an_error()
    {
        using var place = new FaultRepository();
        foreach (var content in new[]
        {
            new string('[', 20_000_000),
            "[{\"x\": " + new string('[', 10_000_000),
            $"[{{\"md5\": \"{Md5}\", \"relpath\": \"{new string('x', 5_000_000)}\"}}]",
            "[{\"md5\": \"" + new string('0', 5_000_000) + "\", \"relpath\": \"x\"}]",
        })
        {
            Describe(place, content);
            var result = place.Session.Invoke("Switch-DataVersion -Force");
            var error = Assert.Single(result.Errors);
            Assert.Equal("ManifestInvalid", result.ErrorIds.Single());
            Assert.True(error.ToString().Length < 2000, "The message repeats what was found.");
        }
    }

    [Fact]
    public void Backslashes_and_other_keys_in_a_manifest_stay_inside_the_folder()
    {
        using var place = new FaultRepository();
        place.StoreObject("a");
        Describe(place, $"[{{\"md5\": \"{Md5}\", \"relpath\": \"..\\\\..\\\\evil\", \"size\": {{\"deep\": [1, 2]}}}}]");

        var result = place.Session.Invoke("Switch-DataVersion");

        if (OperatingSystem.IsWindows())
            Assert.Equal(["ManifestInvalid"], result.ErrorIds);
        else
            Assert.Equal("a", place.Read("data/..\\..\\evil"));
        Assert.False(Path.Exists(Path.Combine(place.Root, "..", "evil")));
    }

    private static void Describe(FaultRepository place, string manifest)
    {
        var md5 = FaultRepository.Md5(Encoding.UTF8.GetBytes(manifest)) + ".dir";
        Directory.CreateDirectory(Path.GetDirectoryName(place.ObjectPath(md5))!);
        File.WriteAllText(place.ObjectPath(md5), manifest);
        File.WriteAllText(place.PathOf("data.dvc"), $"outs:\n- md5: {md5}\n  hash: md5\n  path: data\n");
    }
}
