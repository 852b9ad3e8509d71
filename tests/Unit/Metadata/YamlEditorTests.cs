using DataVersion.Engine.Metadata;

namespace DataVersion.Tests.Metadata;

public sealed class YamlEditorTests
{
    [Theory]
    [InlineData("# top\na: 1   # one\n\n# two\nb: 2\n", "a: 5\nb: 2\n", "# top\na: 5   # one\n\n# two\nb: 2\n")]
    [InlineData("a: 1\n# about b\nb: 2\n# end\n", "a: 1\nb: 2\nc: 3\n", "a: 1\n# about b\nb: 2\n# end\nc: 3\n")]
    [InlineData("a: 1\nb: 2   # gone\nc: 3\n", "a: 1\nc: 3\n", "a: 1\nc: 3\n")]
    [InlineData("l:   # list\n    -   x   # ex\n    -   y\n", "l: [z, y]\n", "l:   # list\n- z         # ex\n- y\n")]
    [InlineData("l: [ a, 'b' ]   # in brackets\n", "l: [a, b, c]\n", "l: [a, b, c]    # in brackets\n")]
    [InlineData("t: |\n    two\n    lines\nn: 0x1F\n", "t: \"two\\nlines\\n\"\nn: 31\nx: 1\n", "t: |\n  two\n  lines\nn: 0x1F\nx: 1\n")]
    [InlineData("a: 1\r\nb: 2 # c\r\n", "a: 2\nb: 2\n", "a: 2\nb: 2 # c\n")]
    [InlineData("b: &b {x: 1}\nd:\n  <<: *b\n  y: 2\n", "b: {x: 1}\nd: {x: 1, y: 3}\n", "b: &b {x: 1}\nd:\n  <<: *b\n  y: 3\n")]
    [InlineData("# only a comment\n", "a: 1\n", "# only a comment\na: 1\n")]
    public void WhatIsNotChangedStays(string before, string desired, string after) =>
        Assert.Equal(after, YamlEditor.Update(before, (YamlMap)YamlReader.Parse(desired, "f")));

    [Fact]
    public void TheMeaningIsRightEvenWhereAnInheritedKeyGoes()
    {
        var text = YamlEditor.Update("b: &b {x: 1, z: 2}\nd:\n  <<: *b\n  y: 2\n", (YamlMap)YamlReader.Parse("b: {x: 1, z: 2}\nd: {x: 1, y: 2}\n", "f"));
        Assert.Equal("{\"b\": {\"x\": 1, \"z\": 2}, \"d\": {\"x\": 1, \"y\": 2}}", PythonJson.ToText(YamlReader.Parse(text, "f")));
    }
}
