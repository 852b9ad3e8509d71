using System.Reflection;
using System.Runtime.Loader;

namespace DataVersion.Loading;

/// <summary>
/// The load context of the engine and of everything it brings along (YAML reader, cloud SDKs), so that a session in which
/// another module has loaded other versions of the same libraries still runs ours, and theirs stays theirs.
/// </summary>
/// <remarks>
/// The session's own context holds <c>DataVersion.dll</c> and <c>DataVersion.Cmdlets.dll</c>; this one holds
/// <c>lib/*.dll</c> or their precompiled twins (<see cref="LibraryFolder"/>). The public types live in
/// <c>DataVersion.dll</c> only, so both sides speak of the same ones.
/// </remarks>
internal sealed class EngineLoadContext : AssemblyLoadContext
{
    /// <summary>What a diagnostic tool shows.</summary>
    public const string ContextName = "DataVersion";

    /// <summary>The assemblies that the session's own context may ask for; no other name is answered there.</summary>
    private static readonly string[] EngineAssemblies = ["DataVersion.Engine", "DataVersion.Remotes"];

    private static readonly Lock Gate = new();
    private static EngineLoadContext? installed;

    private readonly LibraryFolder library;
    private readonly Assembly model = typeof(EngineLoadContext).Assembly;

    private EngineLoadContext(LibraryFolder library)
        : base(ContextName, isCollectible: false) =>
        this.library = library;

    /// <summary>
    /// Makes the engine reachable from the session's own context. Runs once per process; every further call (a second
    /// runspace, <c>Import-Module -Force</c>) does nothing.
    /// </summary>
    public static void Install()
    {
        lock (Gate)
        {
            if (installed is not null)
                return;
            var home = Path.GetDirectoryName(typeof(EngineLoadContext).Assembly.Location);
            installed = new EngineLoadContext(new LibraryFolder(Path.Combine(home ?? AppContext.BaseDirectory, "lib")));
            Default.Resolving += installed.ResolveForSession;
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == model.GetName().Name ? model : LoadFromLibrary(assemblyName.Name);

    /// <summary>
    /// Answers the session's own context. It never asks any context by name: that would come back here until the stack ends.
    /// </summary>
    private Assembly? ResolveForSession(AssemblyLoadContext context, AssemblyName name) =>
        EngineAssemblies.Contains(name.Name, StringComparer.Ordinal) ? LoadFromLibrary(name.Name) : null;

    private Assembly? LoadFromLibrary(string? name) => string.IsNullOrEmpty(name) ? null : library.Load(this, name);
}
