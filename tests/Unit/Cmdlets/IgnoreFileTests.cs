using DataVersion.Tests.Faults;

namespace DataVersion.Tests.Cmdlets;

/// <summary>The <c>.gitignore</c> of a person is theirs: adding data adds lines, and nothing else happens to it.</summary>
public sealed class IgnoreFileTests
{
    [Fact]
    public void A_line_that_is_there_and_taken_back_by_a_later_one_leaves_the_file_as_it_is()
    {
        using var repository = new FaultRepository();
        repository.Write(".gitignore", "/a.bin\n!/a.bin\n");
        repository.Write("a.bin", "a");

        repository.Session.Run("Add-DataFile a.bin");

        Assert.Equal("/a.bin\n!/a.bin\n", repository.Read(".gitignore"));
    }

    [Fact]
    public void Many_files_get_a_line_each_and_lose_them_again()
    {
        using var repository = new FaultRepository();
        repository.Write("data/.gitignore", "# mine");
        foreach (var i in Enumerable.Range(0, 60))
            repository.Write($"data/{i}.bin", $"{i}");

        repository.Session.Run("Add-DataFile data/*.bin");
        var lines = File.ReadAllLines(repository.PathOf("data/.gitignore"));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"/{i}.bin").Append("# mine").Order(), lines.Order());
        Assert.Equal("# mine", lines[0]);

        repository.Session.Run("Remove-DataFile data/*.bin");
        Assert.Equal("# mine\n", repository.Read("data/.gitignore"));
    }
}
