using DataVersion.Engine.Metadata;

namespace DataVersion.Tests.Metadata;

public sealed class DataFileSizeTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5_000_000_000)]
    public void The_size_of_an_output_is_read_as_a_number(long size)
    {
        var document = DataFileDocument.Parse(
            $"outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: {size}\n  hash: md5\n  path: x\n", "x.dvc");

        Assert.Equal(size, Assert.Single(document.Outputs).Size);
    }

    [Fact]
    public void A_size_beyond_all_files_is_an_error_with_its_place()
    {
        var error = Assert.Throws<MetadataFormatException>(() => DataFileDocument.Parse(
            "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 99999999999999999999\n  path: x\n", "x.dvc"));

        Assert.Equal(3, error.Line);
    }
}
