using System.Globalization;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>Scalars as Python's <c>str</c> writes them.</summary>
internal static class PythonText
{
    /// <summary>The text: <c>None</c>, <c>True</c>, <c>1e-05</c>, a string as it is.</summary>
    public static string Of(YamlScalar scalar) => scalar.Value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        double number => PythonFloat.Format(number),
        string text => text,
        var other => Convert.ToString(other, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The same with <c>true</c> and <c>false</c>: what templates put into a text.</summary>
    public static string InTemplate(YamlScalar scalar) => scalar.Value is bool flag ? flag ? "true" : "false" : Of(scalar);

    /// <summary>Python's name of the type of a value.</summary>
    public static string TypeName(YamlNode node) => node switch
    {
        YamlMap => "dict",
        YamlSequence => "list",
        YamlScalar { Value: null } => "NoneType",
        YamlScalar { Value: bool } => "bool",
        YamlScalar { Value: double } => "float",
        YamlScalar { Value: string } => "str",
        _ => "int",
    };
}
