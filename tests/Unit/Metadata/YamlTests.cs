using System.Numerics;
using System.Text;
using DataVersion.Engine.Metadata;
using FsCheck;
using FsCheck.Xunit;

namespace DataVersion.Tests.Metadata;

public sealed class YamlTests
{
    [Theory]
    [InlineData("yes", "\"yes\"")]
    [InlineData("on", "\"on\"")]
    [InlineData("1:30", "\"1:30\"")]
    [InlineData("010", "10")]
    [InlineData("0o17", "15")]
    [InlineData("0x1F", "31")]
    [InlineData("0b11", "3")]
    [InlineData("1_000", "1000")]
    [InlineData("18446744073709551616", "18446744073709551616")]
    [InlineData("1e3", "1000.0")]
    [InlineData("1.", "1.0")]
    [InlineData(".5", "0.5")]
    [InlineData(".5e3", "\".5e3\"")]
    [InlineData("-.INF", "-Infinity")]
    [InlineData("TRUE", "true")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("'~'", "\"~\"")]
    [InlineData("!!str 1", "\"1\"")]
    [InlineData("ls *.txt", "\"ls *.txt\"")]
    [InlineData("[http://x, {a: 1}]", "[\"http://x\", {\"a\": 1}]")]
    public void ScalarsHaveTheTypesThatDvcGivesThem(string yaml, string json) =>
        Assert.Equal($"{{\"a\": {json}}}", PythonJson.ToText(YamlReader.Parse($"a: {yaml}\n", "f")));

    [Theory]
    [InlineData("a: 1\na: 2\n", 2, 1, "twice")]
    [InlineData("a: [x\n", 2, 1, "YAML")]
    [InlineData("a: !foo 1\n", 1, 4, "tag")]
    [InlineData("a: *x\n", 1, 4, "anchor")]
    [InlineData("a: &x [*x]\n", 1, 8, "its own")]
    [InlineData("--- a\n--- b\n", 2, 1, "more than one")]
    [InlineData("a: 1\n? [b]\n: 2\n", 2, 3, "single value")]
    [InlineData("b: 1\na: {<<: 1}\n", 2, 5, "merge")]
    public void ErrorsNameTheirPlace(string yaml, int line, int column, string part)
    {
        var error = Assert.Throws<MetadataFormatException>(() => YamlReader.Parse(yaml, "folder/x.dvc"));
        Assert.Equal((DataErrorKind.MetadataInvalid, line, column), (error.Kind, error.Line, error.Column));
        Assert.Equal("folder/x.dvc", error.Path);
        Assert.Contains(part, error.Reason);
    }

    [Fact]
    public void AnEmptyDocumentIsAnEmptyMap()
    {
        foreach (var text in new[] { "", "\n", "# only a comment\n", "---\n...\n", "\uFEFF" })
            Assert.Equal(0, Assert.IsType<YamlMap>(YamlReader.Parse(text, "f")).Count);
    }

    [Theory]
    [InlineData("b: &b {a: 1, c: 2}\nd: {<<: *b, c: 3, e: 4}\n", "a: 1\nc: 3\ne: 4\n")]
    [InlineData("b: &b {a: 1, c: 2}\nf: &f {c: 9, g: 1}\nd: {e: 4, <<: [*b, *f]}\n", "c: 2\ng: 1\na: 1\ne: 4\n")]
    public void MergedKeysComeFirst(string yaml, string expected) =>
        Assert.Equal(expected, YamlWriter.Write(((YamlMap)YamlReader.Parse(yaml, "f"))["d"]!));

    [Fact]
    public void AliasesThatGrowWithoutEndAndDeepNestingAreRefused()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
            bomb.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Contains("aliases", Assert.Throws<MetadataFormatException>(() => YamlReader.Parse(bomb.ToString(), "f")).Reason);
        Assert.Contains("nesting", Assert.Throws<MetadataFormatException>(
            () => YamlReader.Parse(new string('[', 100_000), "f")).Reason);
    }

    [Theory]
    [InlineData(1.0, "1.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1e-4, "0.0001")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(1.5e300, "1.5e+300")]
    [InlineData(0.1, "0.1")]
    [InlineData(123456789.125, "123456789.125")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(100000, "100000.0")]
    public void FloatsAreThoseOfPython(double value, string expected) => Assert.Equal(expected, PythonFloat.Format(value));

    [Theory]
    [InlineData("a,b", "a,b")]
    [InlineData("x:y", "x:y")]
    [InlineData("?q", "?q")]
    [InlineData("yes", "yes")]
    [InlineData("0.1.2", "0.1.2")]
    [InlineData("\u65e5\u672c", "\u65e5\u672c")]
    [InlineData("", "''")]
    [InlineData("true", "'true'")]
    [InlineData("010", "'010'")]
    [InlineData("2020-01-01", "'2020-01-01'")]
    [InlineData("- x", "'- x'")]
    [InlineData("a: b", "'a: b'")]
    [InlineData("a #b", "'a #b'")]
    [InlineData(" lead", "' lead'")]
    [InlineData("@x", "'@x'")]
    [InlineData("it's: x", "\"it's: x\"")]
    [InlineData("a\nb\n", "\"a\\nb\\n\"")]
    [InlineData("\t\u007f\ufeff\u0085", "\"\\t\\x7F\\uFEFF\\N\"")]
    public void StringsAreQuotedOnlyWhereTheyMustBe(string value, string expected)
    {
        var map = new YamlMap();
        map.Add("k", value);
        Assert.Equal($"k: {expected}\n", YamlWriter.Write(map));
    }

    [Fact]
    public void StructureIsThatOfDvc()
    {
        var shared = new YamlSequence([new YamlScalar(1)]);
        var other = new YamlMap();
        var map = new YamlMap();
        map.Add("nested", new YamlSequence([new YamlSequence([new YamlScalar(1), new YamlSequence()]), new YamlScalar(null), other]));
        map.Add("null", null);
        map.Add("first", shared);
        map.Add("again", new YamlSequence([other, shared]));
        map.Add(new string('k', 123), 1);
        // Anchors are numbered by the order in which the second occurrence comes up.
        Assert.Equal(
            "nested:\n- - 1\n  - []\n- \n- &id001 {}\n'null':\nfirst: &id002\n- 1\nagain:\n- *id001\n- *id002\n? "
            + new string('k', 123) + "\n: 1\n", YamlWriter.Write(map));
    }

    [Fact]
    public void LongLinesAreFoldedAtSpaces()
    {
        var map = new YamlMap();
        map.Add("cmd", "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccc > long.txt");
        map.Add("long", new string('x', 100));
        Assert.Equal(
            "cmd: echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n  cccccccccccccccccccc > long.txt\n"
            + "long: \n  " + new string('x', 100) + "\n", YamlWriter.Write(map));
    }

    [Theory]
    [InlineData("b: 1\na: [1.0, 1e-5, null, true]\n", "{\"a\": [1.0, 1e-05, null, true], \"b\": 1}")]
    [InlineData("10: x\n9: y\n", "{\"9\": \"y\", \"10\": \"x\"}")]
    [InlineData("\uff41: 1\n\U0001F600: 2\n", "{\"\\uff41\": 1, \"\\ud83d\\ude00\": 2}")]
    public void JsonIsThatOfPython(string yaml, string json) => Assert.Equal(json, PythonJson.ToText(YamlReader.Parse(yaml, "f")));

    [Fact]
    public void JsonRefusesKeysWithoutOrder() =>
        Assert.Throws<DataVersionException>(() => PythonJson.ToText(YamlReader.Parse("1: a\nb: c\n", "f")));

    [Property(MaxTest = 2000)]
    public void AnyTextSurvivesWritingAndReading(NonNull<string> key, NonNull<string> value, NonNull<string>[] items)
    {
        // Half of a surrogate pair has no UTF-8 form.
        var (k, v) = (Whole(key.Get), Whole(value.Get));
        var inner = new YamlMap();
        inner.Add(k, v);
        var map = new YamlMap();
        map.Add("list", YamlSequence.OfText(items.Select(item => Whole(item.Get))));
        map.Add("inner", inner);
        map.Add("long", string.Join(' ', Enumerable.Repeat(v, 30)));
        var text = YamlWriter.Write(map);
        Assert.True(YamlNode.SameValue(map, YamlReader.Parse(text, "f")), text);
    }

    [Property]
    public void AnyNumberSurvivesWritingAndReading(double number, BigInteger whole)
    {
        var map = new YamlMap();
        map.Add("f", number);
        map.Add("i", whole);
        Assert.True(YamlNode.SameValue(map, YamlReader.Parse(YamlWriter.Write(map), "f")), YamlWriter.Write(map));
    }

    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
