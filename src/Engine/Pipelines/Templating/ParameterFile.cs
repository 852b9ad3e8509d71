using System.Runtime.CompilerServices;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>Reads parameter files: by the end of the name JSON, TOML or Python, everything else YAML (DVC spec 7.8).</summary>
public static class ParameterFile
{
    /// <summary>
    /// The values of a file in its order, with whole and floating numbers told apart, and line numbers where the format gives
    /// them. An empty file, and what Python takes for false, is an empty map. Dates are scalars of the kind Timestamp; tuples
    /// and sets of Python are lists.
    /// </summary>
    /// <param name="text">The whole text.</param>
    /// <param name="path">The name of the file: its end tells the format, and errors name it.</param>
    /// <exception cref="MetadataFormatException">The text is not in that format.</exception>
    public static YamlNode Parse(string text, string path)
    {
        var root = EndsWith(path, ".json") ? JsonParameters.Parse(text, path)
            : EndsWith(path, ".toml") ? ParseToml(text, path)
            : EndsWith(path, ".py") ? PythonParameters.Parse(text, path)
            : YamlReader.Parse(text, path);
        return OutputEntry.IsFalsy(root) && root is not YamlMap ? new YamlMap() : root;
    }

    // Of its own, so that the library for TOML is loaded with the first TOML file.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static YamlNode ParseToml(string text, string path) => TomlParameters.Parse(text, path);

    private static bool EndsWith(string path, string suffix) =>
        path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && path.Length > suffix.Length && path[^(suffix.Length + 1)] != '/';
}
