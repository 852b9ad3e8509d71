using System.Diagnostics;
using DataVersion.Tests.Remotes;

namespace DataVersion.Tests.Faults;

/// <summary>Names that some tool on the way (Git, YAML, JSON, PowerShell) could take for something else.</summary>
public sealed class OddNameTests
{
    /// <summary>Every name that a file can have on a usual Linux file system; the last ones cannot be written in a <c>.gitignore</c> as they are.</summary>
    private static readonly string[] Names =
    [
        "with space.bin", " leading", "trailing ", "two trailing  ", " ", "img[1].png", "[a-z]", "a]b", "#hash", "!bang", "star*", "what?", "**",
        "caf\u00e9", "cafe\u0301", "\u1e9b\u0323", "\U0001f600.bin", "\u202eright-to-left", "nb\u00a0sp", "line\u2028separator", "bom\ufeff",
        "dots...", "...", ".hidden", "-dash", "--force", "-", "quote'", "double\"quote", "back`tick", "%41", "%", "$var", "$(x)", "~", "~user", "@{1}", "HEAD",
        "a&b;c|d", "<in>", "{brace}", ":colon", "c:", "key: value", "- item", "&anchor", "*alias", "!!tag", "|", ">", "true", "null", "~null", "123", "1e5",
        "0x1F", "2001-01-01", "yes", "=", "?", "? x", "a, b", "name.DVC", "back\\slash", "trailing\\", "tab\there", "\u0001control", "\u007f", "carriage\rreturn", "ends with cr\r",
        "new\nline", "\n",
    ];

    // 251 bytes, so that ".dvc" still fits behind it, below folders that make the path longer than 300 characters.
    private static readonly string LongName = new string('f', 60) + "/" + new string('g', 100) + "/" + new string('n', 247) + ".bin";

    [Fact]
    public void Odd_names_go_from_add_to_a_clone()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var place = new FaultRepository();
        string[] names = [.. Names, LongName];
        Make(place, names);
        // Staged names are read by Git: none is taken for an option or a pattern.
        place.Session.Run("Set-DataConfig core.autostage true ; Add-DataRemote store ../store -Default ; git add .dvc/config");

        var added = place.Session.Run<DataFile>("Add-DataFile -LiteralPath $names", ("names", Typed(names)));

        Assert.Equal([.. names.Append("folder").Order(StringComparer.Ordinal)], added.Select(f => f.Path).Order(StringComparer.Ordinal));
        Assert.Equal(names.Length + 1, added[^1].FileCount);
        AssertUntouchedByGit(place, names);
        place.Session.Run("git commit -q -m v1 ; git tag v1");
        Assert.Empty(place.Session.Run("Get-DataStatus").Output);

        foreach (var name in names)
            File.Delete(place.PathOf(name));
        Directory.Delete(place.PathOf("folder"), recursive: true);
        var checkedOut = place.Session.Run<LinkResult>("Switch-DataVersion");
        Assert.Equal((2 * names.Length) + 1, checkedOut.Count);
        AssertContents(place.Root, names);
        Assert.Empty(place.Session.Run("Get-DataStatus").Output);

        place.Session.Run("$null = Sync-DataRemote -Direction Push");
        var clone = Path.Combine(Path.GetDirectoryName(place.Root)!, "clone");
        place.Session.Run("git clone -q . $clone ; Set-Location -LiteralPath $clone ; $null = Sync-DataRemote -Direction Pull", ("clone", clone));
        AssertContents(clone, names);
        Assert.Empty(place.Session.Run("Get-DataStatus").Output);
    }

    [DvcFact]
    public void Dvc_understands_our_odd_names()
    {
        using var place = new FaultRepository();
        string[] names = [.. Names, LongName];
        Make(place, names);
        place.Session.Run("$null = Add-DataFile -LiteralPath $names", ("names", Typed(names)));
        place.Session.Run("git add -A . ; git commit -q -m v1");

        Assert.Contains("up to date", place.Dvc("status"));
        foreach (var name in names)
            File.Delete(place.PathOf(name));
        Directory.Delete(place.PathOf("folder"), recursive: true);
        place.Dvc("checkout", "-q");
        AssertContents(place.Root, names);
    }

    [DvcFact]
    public void We_understand_the_odd_names_of_dvc()
    {
        using var place = new FaultRepository();
        // DVC itself does not read back what it writes for a line separator.
        string[] names = [.. Names.Where(n => !n.Contains('\u2028', StringComparison.Ordinal)), LongName];
        Make(place, names);
        place.Dvc(["add", "-q", "--", .. names, "folder"]);
        var metadata = names.Append("folder").ToDictionary(n => n, n => place.Read(n + ".dvc"));

        Assert.All(place.Session.Run<DataFile>("Get-DataFile"), f => Assert.Equal(DataFileState.Unchanged, f.State));
        place.Session.Run("$null = Add-DataFile -LiteralPath $names -Force", ("names", Typed(names)));
        Assert.All(metadata, m => Assert.Equal(m.Value, place.Read(m.Key + ".dvc")));
        foreach (var name in names)
            File.Delete(place.PathOf(name));
        Directory.Delete(place.PathOf("folder"), recursive: true);
        place.Session.Run("$null = Switch-DataVersion");
        AssertContents(place.Root, names);

        // The same names recorded by us give the same bytes.
        foreach (var name in metadata.Keys)
            File.Delete(place.PathOf(name + ".dvc"));
        place.Session.Run("$null = Add-DataFile -LiteralPath $names", ("names", Typed(names)));
        Assert.All(metadata, m => Assert.Equal(OnOneLine(m.Value), OnOneLine(place.Read(m.Key + ".dvc"))));

        // Releases of ruamel.yaml do not agree on whether a long word begins a line of its own.
        static string OnOneLine(string text) => text.Replace("path: \n    ", "path: ", StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_with_a_colon_is_a_file_when_there_is_one()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var place = new FaultRepository();
        place.Write("run:1.bin", "one");

        Assert.Equal("run:1.bin", place.Session.Run<DataFile>("Add-DataFile run:1.bin").Single().Path);
        place.Fails(DataErrorKind.PathNotFound, "run:2.bin", "Add-DataFile run:2.bin");
        place.Fails(DataErrorKind.PathNotFound, "run:2.bin", "Add-DataFile ./run:2.bin");
    }

    [Fact]
    public void Lines_of_a_gitignore_in_another_encoding_stay_as_they_are()
    {
        using var place = new FaultRepository();
        byte[] lines = [.. "# gr"u8, 0xFC, .. "n\n/caf"u8, 0xE9, .. "\n"u8];
        File.WriteAllBytes(place.PathOf(".gitignore"), lines);
        place.Write("\u00fc.bin", "data");

        place.Session.Run("$null = Add-DataFile -LiteralPath $n", ("n", "\u00fc.bin"));
        Assert.Equal([.. lines, .. "/\u00fc.bin\n"u8], File.ReadAllBytes(place.PathOf(".gitignore")));
        place.Session.Run("$null = Remove-DataFile -LiteralPath $n", ("n", "\u00fc.bin.dvc"));
        Assert.Equal(lines, File.ReadAllBytes(place.PathOf(".gitignore")));
    }

    [Fact]
    public void Empty_files_and_folders_links_and_modes_inside_a_tracked_folder()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var place = new FaultRepository();
        place.Write("outside.txt", "outside");
        place.Write("data/empty", "");
        place.Write("data/run.sh", "#!/bin/sh");
        File.SetUnixFileMode(place.PathOf("data/run.sh"), (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(place.PathOf("data/no/files/here"));
        File.CreateSymbolicLink(place.PathOf("data/link"), "empty");
        File.CreateSymbolicLink(place.PathOf("data/away"), "../outside.txt");
        Directory.CreateSymbolicLink(place.PathOf("data/folder link"), "no");
        Directory.CreateDirectory(place.PathOf("nothing"));

        var added = place.Session.Run<DataFile>("Add-DataFile data, nothing");

        Assert.Equal([4, 0], added.Select(f => f.FileCount ?? -1));
        Assert.True(File.GetUnixFileMode(place.PathOf("data/run.sh")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("outside", place.Read("outside.txt"));
        place.Commit("v1");
        Assert.Empty(place.Session.Run("Get-DataStatus").Output);
        Directory.Delete(place.PathOf("data"), recursive: true);
        Directory.Delete(place.PathOf("nothing"));
        place.Session.Run("$null = Switch-DataVersion");
        Assert.Equal(["", "outside", ""], new[] { "empty", "away", "link" }.Select(n => place.Read("data/" + n)));
        Assert.True(Directory.Exists(place.PathOf("nothing")));
        Assert.Empty(place.Session.Run("Get-DataStatus").Output);
    }

    [Fact]
    public void The_executable_bit_of_a_file_follows_its_version()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var place = new FaultRepository();
        place.Write("tool", "#!/bin/sh");
        File.SetUnixFileMode(place.PathOf("tool"), (UnixFileMode)0b111_101_101);
        place.Record("v1", "tool");
        Assert.Contains("isexec: true", place.Read("tool.dvc"), StringComparison.Ordinal);
        place.Write("tool", "text");
        place.Record("v2", "tool");
        Assert.DoesNotContain("isexec", place.Read("tool.dvc"), StringComparison.Ordinal);

        place.Session.Run("$null = Switch-DataVersion v1");
        Assert.True(File.GetUnixFileMode(place.PathOf("tool")).HasFlag(UnixFileMode.UserExecute));
        place.Session.Run("$null = Switch-DataVersion v2");
        Assert.False(File.GetUnixFileMode(place.PathOf("tool")).HasFlag(UnixFileMode.UserExecute));
    }

    // As a person must type names that PowerShell would take for a home folder or a drive.
    private static string[] Typed(string[] names) => [.. names.Append("folder").Select(n => "./" + n)];

    private static void Make(FaultRepository place, string[] names)
    {
        Directory.CreateDirectory(place.PathOf("folder"));
        foreach (var name in names)
        {
            place.Write(name, "content of " + name);
            place.Write("folder/" + name, "inside " + name);
        }
        place.Write("folder/empty", "");
    }

    private static void AssertContents(string root, string[] names)
    {
        foreach (var name in names)
        {
            Assert.Equal("content of " + name, File.ReadAllText(Path.Combine(root, name)));
            Assert.Equal("inside " + name, File.ReadAllText(Path.Combine(root, "folder", name)));
        }
    }

    /// <summary>Git sees a .dvc file for each name and no data.</summary>
    private static void AssertUntouchedByGit(FaultRepository place, string[] names)
    {
        // Not through PowerShell, which takes a carriage return for the end of a line.
        using var git = Process.Start(new ProcessStartInfo("git", ["status", "--porcelain", "-z", "-uall"])
            { WorkingDirectory = place.Root, RedirectStandardOutput = true })!;
        var status = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var ours = status.Where(s => !s[3..].StartsWith(".dvc", StringComparison.Ordinal) && !s.EndsWith(".gitignore", StringComparison.Ordinal));
        Assert.Equal(names.Append("folder").Select(n => $"A  {n}.dvc").Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
    }
}
