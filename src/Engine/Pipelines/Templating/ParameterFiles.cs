using System.Collections.Concurrent;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>The parameter files of a tree, each read and parsed at most once. Safe for several threads.</summary>
/// <param name="tree">The working tree or a revision.</param>
public sealed class ParameterFiles(IMetadataTree tree)
{
    private readonly ConcurrentDictionary<string, Lazy<YamlNode?>> files = new(StringComparer.Ordinal);

    /// <summary>How many files were looked for.</summary>
    internal int Count => files.Count;

    /// <summary>The content of a file: a map, of an odd file also a list or a single value. Null when there is no such file.</summary>
    /// <param name="repositoryPath">Relative to the repository, with <c>/</c>.</param>
    /// <exception cref="DataVersionException">The file cannot be read or understood; with file and line.</exception>
    public YamlNode? Find(string repositoryPath) => files.GetOrAdd(repositoryPath, path => new Lazy<YamlNode?>(() =>
        tree.Exists(path) ? ParameterFile.Parse(tree.ReadText(path), path) : null)).Value;
}
