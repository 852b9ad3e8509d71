using System.Text.RegularExpressions;

namespace DataVersion.Engine.Repositories;

/// <summary>Which section: <c>core</c>, or of a kind with names, <c>remote "store"</c>.</summary>
/// <param name="Kind">The section, or the kind of it, in lower case.</param>
/// <param name="Name">The name within the kind; null for a section without.</param>
internal sealed partial record SectionKey(string Kind, string? Name = null)
{
    /// <summary>Reads the text between the brackets; case means nothing there.</summary>
    public static SectionKey Parse(string header)
    {
        var lower = header.ToLowerInvariant();
        return Named().Match(lower) is { Success: true } match ? new(match.Groups[1].Value, match.Groups[2].Value) : new(lower);
    }

    /// <summary>Reads <c>section.option</c> or <c>remote.NAME.option</c>, in lower case.</summary>
    /// <exception cref="DataVersionException">Kind <see cref="DataErrorKind.ArgumentInvalid"/>.</exception>
    public static (SectionKey Section, string Option) ParseOption(string name)
    {
        var lower = name.Trim().ToLowerInvariant();
        var first = lower.IndexOf('.');
        var last = lower.LastIndexOf('.');
        if (first > 0 && last < lower.Length - 1)
        {
            if (ConfigurationSchema.NamedSections.Contains(lower[..first]))
            {
                if (last > first + 1)
                    return (new(lower[..first], lower[(first + 1)..last]), lower[(last + 1)..]);
            }
            else if (first == last)
                return (new(lower[..first]), lower[(first + 1)..]);
        }
        throw new DataVersionException(DataErrorKind.ArgumentInvalid,
            $"'{name}' is not the name of an option.", null, "Write section.option, remote.NAME.option or db.NAME.option.");
    }

    /// <summary>The text between the brackets.</summary>
    public string Header => Name is null ? Kind : $"{Kind} \"{Name}\"";

    /// <summary>The full name of an option.</summary>
    public string Of(string option) => Name is null ? $"{Kind}.{option}" : $"{Kind}.{Name}.{option}";

    [GeneratedRegex("""^\s*(remote|machine|db)\s*"(.*)"\s*$""")]
    private static partial Regex Named();
}
