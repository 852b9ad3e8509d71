namespace DataVersion.Tests;

/// <summary>A test over material of the shared folder; skipped with the reason where it is not at hand.</summary>
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(string entry)
    {
        if (Shared.TryFind(entry) is null)
            Skip = $"The shared folder with '{entry}' is not at hand; DATAVERSION_SHARED can name it.";
    }
}
