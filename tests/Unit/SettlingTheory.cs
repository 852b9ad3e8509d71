namespace DataVersion.Tests;

/// <summary>
/// A theory whose rows are not all settled yet: it runs where <c>DATAVERSION_ALL</c> is set, and is reported as skipped, with
/// this reason, elsewhere. To be replaced by a plain theory as soon as every row passes.
/// </summary>
internal sealed class SettlingTheoryAttribute : TheoryAttribute
{
    public SettlingTheoryAttribute()
    {
        if (Environment.GetEnvironmentVariable("DATAVERSION_ALL") is null)
            Skip = "Not every row passes yet; run with DATAVERSION_ALL=1 to see which (CONTRIBUTING.md).";
    }
}
