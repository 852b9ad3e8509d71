using DataVersion.Engine.Metadata;

namespace DataVersion.Tests.Metadata;

/// <summary>The quick reading of ordinary .dvc files finds what the YAML reader finds, or leaves the file to it.</summary>
public sealed class PlainDataFileTests
{
    private const string Plain = "outs:\n- md5: 9d0ef2e3d00a0793bd4c5f31b8ad9e8a\n  size: 1024\n  hash: md5\n  path: f00000.bin\n";
    private const string Folder = "outs:\n- md5: 9d0ef2e3d00a0793bd4c5f31b8ad9e8a.dir\n  size: 0\n  nfiles: 12\n  isexec: true\n  hash: md5\n  path: data-1/x_y\n";

    [Theory]
    [InlineData(Plain)]
    [InlineData(Folder)]
    public void An_ordinary_file_is_read_without_yaml(string text)
    {
        Assert.NotNull(PlainDataFile.TryRead(text));
        AssertSame(text);
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData(Folder)]
    public void Any_change_of_a_character_is_understood_as_yaml_understands_it(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            AssertSame(text[..i]);
            AssertSame(text.Remove(i, 1));
            foreach (var c in "\n\r\t :-#'\"{}[]&*!|>%@`,.~0179aefxoE_/\\\u00e4\0")
            {
                AssertSame(text.Insert(i, c.ToString()));
                AssertSame(string.Concat(text.AsSpan(0, i), [c], text.AsSpan(i + 1)));
            }
        }
    }

    [Theory]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("12")]
    [InlineData("1e5")]
    [InlineData("2020-01-01")]
    [InlineData("0x1f")]
    [InlineData("yes")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("1_000")]
    public void Names_that_are_no_text_are_what_yaml_says(string name)
    {
        AssertSame(Plain.Replace("f00000.bin", name));
        AssertSame(Plain.Replace("9d0ef2e3d00a0793bd4c5f31b8ad9e8a", "12345678901234567890123456789012").Replace("f00000.bin", name));
        AssertSame(Plain.Replace("9d0ef2e3d00a0793bd4c5f31b8ad9e8a", "1234567890123456789012345678e012"));
        AssertSame(Plain.Replace("1024", name));
    }

    private static void AssertSame(string text)
    {
        if (PlainDataFile.TryRead(text) is not { } quick)
            return;
        var slow = Assert.Single(DataFileDocument.ParseYaml(text, "x.dvc").Outputs);
        Assert.Equivalent(slow, quick, strict: true);
        Assert.Equal((slow.Line, slow.Column, slow.Hash), (quick.Line, quick.Column, quick.Hash));
        Assert.Equal(text, DataFileDocument.Parse(text, "x.dvc").ToText());
    }
}
