using System.Buffers;
using System.Text;
using DataVersion.Engine.Files;

namespace DataVersion.Tests.Files;

public sealed class TextOrderTests
{
    [Fact]
    public void TextIsOrderedByItsUtf8Bytes()
    {
        string[] texts =
        [
            "", "a", "a b/c", "a-b", "a.b", "aB", "ab", "x-1", "x.z/n", "x/y", "\u00e9", "e\u0301", "\uD7FF", "\uE000", "\uFF41",
            "\U0001F600", "\U00010000", "\U0010FFFF", "\uFF41z", "\U0001F600z", "\U0001F601",
        ];
        foreach (var x in texts)
            foreach (var y in texts)
            {
                var expected = Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));
                Assert.Equal(Math.Sign(expected), Math.Sign(Utf8Order.Instance.Compare(x, y)));
            }
    }

    [Theory]
    [InlineData("plain/ <>&'~", "\"plain/ <>&'~\"")]
    [InlineData("\"\\\n\r\t\b\f", "\"\\\"\\\\\\n\\r\\t\\b\\f\"")]
    [InlineData("\u0000\u001f\u007f\u00e9\U0001F600", "\"\\u0000\\u001f\\u007f\\u00e9\\ud83d\\ude00\"")]
    public void JsonStringsAreThoseOfPython(string text, string expected)
    {
        var buffer = new ArrayBufferWriter<byte>();
        JsonText.AppendEscaped(buffer, text);
        Assert.Equal(expected, Encoding.ASCII.GetString(buffer.WrittenSpan));
    }

    [Fact]
    public void LongJsonStringsAreWhole()
    {
        var buffer = new ArrayBufferWriter<byte>();
        JsonText.AppendEscaped(buffer, new string('\u00e9', 5000));
        Assert.Equal(5000 * 6 + 2, buffer.WrittenCount);
    }
}
