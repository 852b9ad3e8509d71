using System.Collections;
using System.Globalization;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>What the cmdlets for remotes have in common.</summary>
internal static class RemoteOptions
{
    /// <summary>Sets the options of a table; a null value removes an option.</summary>
    public static void Apply(Configuration configuration, ConfigScope scope, string remote, Hashtable? options, string folder)
    {
        if (options is null)
            return;
        foreach (DictionaryEntry option in options)
            configuration.ModifyRemote(scope, remote, Convert.ToString(option.Key, CultureInfo.InvariantCulture)!,
                option.Value is bool flag ? flag ? "true" : "false" : Convert.ToString(option.Value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null,
                folder);
    }

    /// <summary>The remote as it is configured now.</summary>
    public static DataRemote? Describe(RepositoryLayout layout, string name) =>
        Configuration.Load(layout).Remotes.FirstOrDefault(r => r.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.ToModel();
}
