using System.Globalization;

namespace DataVersion.Engine.Repositories;

/// <summary>What values an option takes.</summary>
public enum ConfigurationType
{
    /// <summary>Any text.</summary>
    Text,
    /// <summary>Any text; read in lower case.</summary>
    LowerText,
    /// <summary>A file or folder, stored relative to the configuration file unless it is absolute; or a URL.</summary>
    Path,
    /// <summary><c>true</c> or <c>false</c>, in any case.</summary>
    Boolean,
    /// <summary><c>true</c>, <c>false</c> or a path.</summary>
    BooleanOrPath,
    /// <summary>A whole number not below the minimum.</summary>
    Integer,
    /// <summary>A number of seconds, not negative.</summary>
    Number,
    /// <summary>One of the allowed values, in any case.</summary>
    Choice,
    /// <summary>One or several of the allowed values, in order, with commas between.</summary>
    ChoiceList,
}

/// <summary>An option that configuration files may set.</summary>
/// <param name="Name"><c>section.option</c>; of a remote <c>remote.NAME.option</c>.</param>
/// <param name="Type">What values it takes.</param>
/// <param name="Description">What it does, in one sentence.</param>
/// <param name="Default">The value when no file sets it; null when there is none.</param>
/// <param name="AllowedValues">The values to choose from; empty for other types than choices.</param>
/// <param name="Minimum">The smallest whole number.</param>
/// <param name="IsObsolete">True when it is accepted for old files and has no effect.</param>
public sealed record ConfigurationOption(
    string Name,
    ConfigurationType Type,
    string Description,
    string? Default,
    IReadOnlyList<string> AllowedValues,
    int? Minimum = null,
    bool IsObsolete = false)
{
    /// <summary>The last part of the name.</summary>
    public string Option { get; } = Name[(Name.LastIndexOf('.') + 1)..];

    /// <summary>Says what is wrong with a value, null when nothing is.</summary>
    /// <param name="text">The value, unquoted.</param>
    /// <param name="isList">True when unquoted commas made it a list.</param>
    internal string? Problem(string text, bool isList)
    {
        if (Type == ConfigurationType.ChoiceList)
        {
            var bad = Items(text).Where(item => !AllowedValues.Contains(item)).ToList();
            return bad.Count == 0 ? null : $"'{bad[0]}' is not one of {string.Join(", ", AllowedValues)}";
        }
        if (isList)
            return "an unquoted comma makes it a list, which this option does not take; put quotes around the value";
        return Type switch
        {
            ConfigurationType.Boolean when !IsBoolean(text) => $"it must be true or false, not '{text}'",
            ConfigurationType.Integer => !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? $"it must be a whole number, not '{text}'"
                : number < Minimum ? $"it must be at least {Minimum}, not {text}" : null,
            ConfigurationType.Number when !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || !(seconds >= 0) =>
                $"it must be a number that is not negative, not '{text}'",
            ConfigurationType.Choice when !AllowedValues.Contains(text.ToLowerInvariant()) =>
                $"it must be one of {string.Join(", ", AllowedValues)}, not '{text}'",
            _ => null,
        };
    }

    /// <summary>The value as the engine uses it: lower case where case means nothing.</summary>
    internal string Normalize(string text) => Type switch
    {
        ConfigurationType.LowerText or ConfigurationType.Boolean or ConfigurationType.Choice => text.ToLowerInvariant(),
        ConfigurationType.BooleanOrPath when IsBoolean(text) => text.ToLowerInvariant(),
        _ => text,
    };

    /// <summary>The items of a list, spaces around them dropped.</summary>
    internal static string[] Items(string text) => text.Split(',', StringSplitOptions.TrimEntries);

    private static bool IsBoolean(string text) =>
        text.Equals("true", StringComparison.OrdinalIgnoreCase) || text.Equals("false", StringComparison.OrdinalIgnoreCase);
}
