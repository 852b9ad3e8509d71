using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Architecture;

public sealed class ErrorDocumentationTests
{
    [Fact]
    public void Every_kind_of_error_is_explained_and_no_other()
    {
        var headings = File.ReadLines(Path.Combine(ModuleSession.RepositoryRoot, "docs", "errors.md"))
            .Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..].Trim());

        Assert.Equal(Enum.GetNames<DataErrorKind>().Order(StringComparer.Ordinal), headings.Order(StringComparer.Ordinal));
    }
}
