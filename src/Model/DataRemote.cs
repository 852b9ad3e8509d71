namespace DataVersion;

/// <summary>A configured place that holds objects.</summary>
/// <param name="Name">Its name, lower case.</param>
/// <param name="Url">Where it is: an absolute folder or a URL; a <c>remote://</c> reference is resolved.</param>
/// <param name="Scope">The highest level that says something about it.</param>
/// <param name="IsDefault">True when it is used if none is named.</param>
/// <param name="Options">All options but <c>url</c>, merged over the levels; paths are absolute.</param>
public sealed record DataRemote(string Name, string Url, ConfigScope Scope, bool IsDefault, IReadOnlyDictionary<string, string> Options);
