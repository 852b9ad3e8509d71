namespace DataVersion;

/// <summary>An option that a configuration file sets.</summary>
/// <param name="Name"><c>section.option</c> or <c>remote.NAME.option</c>, lower case.</param>
/// <param name="Value">The value; relative paths are already absolute, items of a list have ", " between.</param>
/// <param name="Scope">The level of the file.</param>
/// <param name="Origin">Absolute path of the file.</param>
public sealed record DataConfigEntry(string Name, string Value, ConfigScope Scope, string Origin);
