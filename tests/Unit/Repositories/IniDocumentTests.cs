using DataVersion.Engine.Repositories;

namespace DataVersion.Tests.Repositories;

public sealed class IniDocumentTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("plain  # comment", "plain")]
    [InlineData("a#b", "a")]
    [InlineData("'a # b' # c", "a # b")]
    [InlineData("\"it's\"", "it's")]
    [InlineData("it's", "it's")]
    [InlineData("x\"y", "x\"y")]
    [InlineData("\"a\"b\"", "a\"b")]
    [InlineData("", "")]
    [InlineData("\"\"", "")]
    [InlineData("# nothing", "")]
    [InlineData("'''both ' and \"'''", "both ' and \"")]
    [InlineData("\"\"\"both ' and \" here\"\"\" # c", "both ' and \" here")]
    [InlineData("a=b;c[d]", "a=b;c[d]")]
    [InlineData("'''two\nlines'''", "two\nlines")]
    public void ValuesAreRead(string text, string expected)
    {
        var value = IniDocument.Parse($"[s]\n  k = {text}\n", "f").Sections[0]["k"]!;
        Assert.Null(value.Items);
        Assert.Equal(expected, value.Text);
    }

    [Theory]
    [InlineData("a, b", new[] { "a", "b" })]
    [InlineData("symlink , copy # c", new[] { "symlink", "copy" })]
    [InlineData("\"a,b\", c", new[] { "a,b", "c" })]
    [InlineData("a,", new[] { "a" })]
    [InlineData(",", new string[0])]
    public void UnquotedCommasMakeLists(string text, string[] expected) =>
        Assert.Equal(expected, IniDocument.Parse($"[s]\nk = {text}", "f").Sections[0]["k"]!.Items);

    [Theory]
    [InlineData("[s]\n  nonsense\n", 2, 3)]
    [InlineData("[s]\nk = 'a\n", 2, 5)]
    [InlineData("[s]\nk = a,,b\n", 2, 5)]
    [InlineData("[s]\nk = \"a\" b\n", 2, 5)]
    [InlineData("[s]\nk = 1\nk = 2\n", 3, 1)]
    [InlineData("[s]\nk = 1\n[s]\n", 3, 2)]
    [InlineData("k = 1\n", 1, 1)]
    [InlineData("[[s]]\n", 1, 1)]
    [InlineData("[s]]\n", 1, 3)]
    [InlineData("[s]\nk = '''a\nb\n", 2, 5)]
    [InlineData("[s]\n\n<<<<<<< ours\n", 3, 1)]
    public void ErrorsNameThePlace(string text, int line, int column)
    {
        var error = Assert.Throws<MetadataFormatException>(() => IniDocument.Parse(text, "the/file"));
        Assert.Equal(DataErrorKind.ConfigurationInvalid, error.Kind);
        Assert.Equal("the/file", error.Path);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void ReferencesAreReplaced()
    {
        var document = IniDocument.Parse("[a]\nbase = /x\nfull = %(base)s/y\nlist = %(full)s, b\n", "f");
        Assert.Equal("/x/y", document.Sections[0]["full"]!.Text);
        Assert.Equal(["/x/y", "b"], document.Sections[0]["list"]!.Items);
        Assert.Throws<MetadataFormatException>(() => IniDocument.Parse("[a]\nk = %(missing)s\n", "f"));
        Assert.Throws<MetadataFormatException>(() => IniDocument.Parse("[a]\nk = %(l)s\nl = %(k)s\n", "f"));
    }

    // The right column is what configobj 5.0.9 writes.
    [Theory]
    [InlineData("it's", "it's")]
    [InlineData("", "\"\"")]
    [InlineData(" lead", "\" lead\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("with # hash", "\"with # hash\"")]
    [InlineData("\"quoted\"", "'\"quoted\"'")]
    [InlineData("both ' and \"", "'''both ' and \"'''")]
    [InlineData("a'''b\"", "'''a'''b\"'''")]
    [InlineData("a\"\"\"b'", "\"\"\"a\"\"\"b'\"\"\"")]
    [InlineData("'''", "\"'''\"")]
    [InlineData("end'\"", "'''end'\"'''")]
    [InlineData("x\ty", "x\ty")]
    [InlineData("=x", "=x")]
    public void ValuesAreWrittenAsConfigObjDoes(string value, string expected)
    {
        var document = new IniDocument();
        var section = new IniSection("s");
        section["k"] = new IniValue(value);
        document.Sections.Add(section);
        var text = document.Format("f");
        Assert.Equal($"[s]\n    k = {expected}\n", text);
        Assert.Equal(value, IniDocument.Parse(text, "f").Sections[0]["k"]!.Text);
    }

    [Theory]
    [InlineData("caf\u00e9")]
    [InlineData("a'''\"\"\"")]
    [InlineData("a\rb")]
    public void WhatCannotBeWrittenIsRefused(string value)
    {
        var document = new IniDocument();
        var section = new IniSection("s");
        section["k"] = new IniValue(value);
        document.Sections.Add(section);
        Assert.Equal(DataErrorKind.ConfigurationInvalid, Assert.Throws<DataVersionException>(() => document.Format("f")).Kind);
    }
}
