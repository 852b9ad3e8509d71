using DataVersion.Engine.Metadata;

namespace DataVersion.Tests.Metadata;

public sealed class YamlLinesTests
{
    private static readonly YamlNode New = YamlReader.Parse("{n: 1, m: 2}", "f");

    private static YamlSequence List(YamlMap root) => (YamlSequence)root["l"]!;

    private static (YamlSequence, int)? Element(YamlMap root) =>
        root["l"] is YamlSequence list && list.Items.FindIndex(i => i is YamlMap map && map["n"] is not null) is >= 0 and var index ? (list, index) : null;

    [Theory]
    // Indentation, quotes, comments and what follows the list stay.
    [InlineData("l:\n    -   a: 'x'\n        b: [1,2]   # b\n\n# about k\nk: \"1\"\n",
        "l:\n    -   a: 'x'\n        b: [1,2]   # b\n    - n: 1\n      m: 2\n\n# about k\nk: \"1\"\n")]
    [InlineData("# top\n---\nl:\n- a\n- b", "# top\n---\nl:\n- a\n- b\n- n: 1\n  m: 2")]
    // A comment that is indented deeper belongs to the element before it, also when its text looks like something else.
    [InlineData("l:\n- a: |\n    # text\n    - text\n  # of a\n# of nobody\n", "l:\n- a: |\n    # text\n    - text\n  # of a\n- n: 1\n  m: 2\n# of nobody\n")]
    [InlineData("k: 1\nl: []\nz: 1\n", "k: 1\nl:\n- n: 1\n  m: 2\nz: 1\n")]
    [InlineData("l:\r\n- a\r\nk: 1\r\n", "l:\r\n- a\r\n- n: 1\r\n  m: 2\r\nk: 1\r\n")]
    public void An_element_is_appended_and_removed_again_without_a_trace(string before, string after)
    {
        Assert.Equal(after, YamlLines.Append(before, "f", List, New));
        Assert.Equal(before, YamlLines.Remove(after, "f", Element));
    }

    [Theory]
    [InlineData("l: [a, {b: 1}]   # list\n# end\n", "l: [a, {b: 1}, {n: 1, m: 2}]")]
    [InlineData("x: &x {a: 1}\nl:\n-\n  # why\n  a: 1\n- *x\nk: 2\n", "x: {a: 1}\nl: [{a: 1}, {a: 1}, {n: 1, m: 2}]\nk: 2")]
    public void A_list_that_is_not_written_in_lines_is_changed_all_the_same(string before, string means)
    {
        var text = YamlLines.Append(before, "f", List, New);

        Assert.True(YamlNode.SameValue(YamlReader.Parse(means, "f"), YamlReader.Parse(text, "f")), text);
        Assert.Contains("#", text);
        Assert.True(YamlNode.SameValue(YamlReader.Parse(before, "f"), YamlReader.Parse(YamlLines.Remove(text, "f", Element), "f")));
    }

    [Theory]
    [InlineData("", "l:\n- n: 1\n  m: 2\n")]
    [InlineData("# mine\n", "# mine\nl:\n- n: 1\n  m: 2\n")]
    [InlineData("a: 'x'  # a\n\n", "a: 'x'  # a\nl:\n- n: 1\n  m: 2\n\n")]
    [InlineData("a: 1 # a\nl:\nb: 2\n", "a: 1 # a\nl:\n- n: 1\n  m: 2\nb: 2\n")]
    public void A_list_that_is_not_there_is_made(string before, string after) => Assert.Equal(after, YamlLines.AddList(before, "f", "l", New));

    [Theory]
    [InlineData("l:\n- a\n# gone?\n- n: 1\n  # gone\n\n# about c\n- c\n", "l:\n- a\n# gone?\n\n# about c\n- c\n")]
    [InlineData("l:\n- n: 1\n- a\n- n: 2\n", "l:\n- a\n")]
    [InlineData("l: # all\n- n: 1\nk: 1\n", "l: []\nk: 1\n")]
    // Comments stay with their elements where the text is rewritten.
    [InlineData("l:\n-\n  n: 1   # gone\n- b   # b\n- c   # c\n", "l:\n- b   # b\n- c   # c\n")]
    public void Elements_are_removed_and_comments_of_others_stay(string before, string after) => Assert.Equal(after, YamlLines.Remove(before, "f", Element));
}
