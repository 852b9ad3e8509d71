using System.Collections;
using DataVersion.Engine.Imports;

namespace DataVersion.Cmdlets;

/// <summary>What <c>-Source</c> and its companions mean together.</summary>
internal static class SourceRequests
{
    /// <summary>Reads the parameters of a command that only reads its source.</summary>
    /// <param name="source">A URL, a Git address or a path.</param>
    /// <param name="needsRepository">Other parameters make sense for a repository only.</param>
    /// <param name="revision">-Revision.</param>
    /// <param name="remote">-SourceRemote.</param>
    /// <param name="options">-Option.</param>
    /// <param name="config">-Config.</param>
    /// <param name="resolve">Makes a path absolute.</param>
    public static OriginRequest Of(string source, bool needsRepository, string? revision, string? remote, IDictionary? options, string? config, Func<string, string> resolve)
    {
        var resolved = ImportSources.IsUrl(source) ? source : IsFolder() is { } folder ? folder : ImportSources.IsGitAddress(source) && needsRepository ? source : resolve(source);
        return new OriginRequest
        {
            Source = resolved, Revision = revision, Remote = remote, Config = config is null ? null : resolve(config), Options = RemoteOptions.Read(options),
            IsRepository = needsRepository,
        };

        string? IsFolder() => resolve(source) is var path && Path.Exists(path) ? path : null;
    }
}
