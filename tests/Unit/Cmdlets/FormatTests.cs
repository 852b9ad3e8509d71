using System.Management.Automation;
using System.Xml.Linq;
using DataVersion.Assemble;
using DataVersion.Cmdlets.Hosting;

namespace DataVersion.Tests.Cmdlets;

public sealed class FormatTests
{
    private static readonly ContentHash Hash = ContentHash.Parse("d41d8cd98f00b204e9800998ecf8427e");

    public static TheoryData<string> OutputTypes =>
    [
        .. CommandSurface.Read(typeof(DataCmdlet).Assembly).SelectMany(c => c.OutputType).Select(o => o.Name)
            .Where(n => n.StartsWith("DataVersion.", StringComparison.Ordinal)).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void Every_output_type_has_a_view(string type) => Assert.Contains(type, ViewedTypes());

    [Fact]
    public void Every_view_is_of_a_type_with_the_properties_it_shows()
    {
        foreach (var view in Views())
        {
            Type[] types = [.. view.Descendants("TypeName").Select(name => typeof(ContentHash).Assembly.GetType(name.Value)
                ?? throw new InvalidOperationException($"There is no {name.Value}."))];
            var used = view.Descendants("PropertyName").Select(p => p.Value).Concat(view.Descendants("ScriptBlock")
                .SelectMany(s => System.Text.RegularExpressions.Regex.Matches(s.Value, @"(?<!\w)\$_\.(\w+)").Select(m => m.Groups[1].Value)));
            Assert.All(used, name => Assert.True(types.Any(type => type.GetProperty(name) is not null), $"{types[0].Name} has no {name}."));
        }
    }

    [Fact]
    public void Tables_show_short_hashes_and_sizes_for_people()
    {
        var text = ModuleSession.Render(new[]
        {
            new DataFile { Path = "data/images", Kind = DataFileKind.Directory, Hash = Hash.AsDirectory(), Size = 123_456_789, FileCount = 1000, State = DataFileState.Modified },
            new DataFile { Path = "new [1].bin", Size = null },
        });

        Assert.Matches(@"State\s+Kind\s+Link\s+Size\s+Files\s+Hash\s+Path", text);
        Assert.Matches(@"Modified\s+Directory\s+118 MB\s+1000\s+d41d8cd9\.dir\s+data/images", text);
        Assert.Contains("new [1].bin", text);
    }

    [Fact]
    public void A_rename_and_a_failed_transfer_say_it_all_in_one_line()
    {
        Assert.Contains("a.bin -> b.bin", ModuleSession.Render(new[] { new DataChange { Path = "b.bin", OldPath = "a.bin", Change = DataChangeKind.Renamed } }));
        Assert.Matches(@"Push\s+Failed\s+1\.5 KB\s+store\s+d41d8cd9\s+x: no space", ModuleSession.Render(new[]
        {
            new TransferResult { Hash = Hash, Path = "x", Size = 1536, Direction = TransferDirection.Push, Outcome = TransferOutcome.Failed, Remote = "store", Reason = "no space" },
        }));
    }

    private static IEnumerable<XElement> Views() =>
        XDocument.Load(Path.Combine(ModuleSession.ModuleFolder, "DataVersion.format.ps1xml")).Descendants("View");

    private static List<string> ViewedTypes() => [.. Views().Descendants("TypeName").Select(t => t.Value)];
}
