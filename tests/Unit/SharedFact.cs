namespace DataVersion.Tests;

/// <summary>A test over material of the shared folder; skipped with the reason where it is not at hand.</summary>
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(string entry) => Skip = Shared.WhyNot(entry);
}

/// <summary>A theory over material of the shared folder; skipped with the reason where it is not at hand.</summary>
internal sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute(string entry) => Skip = Shared.WhyNot(entry);
}
