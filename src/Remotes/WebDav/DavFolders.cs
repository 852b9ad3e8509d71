using System.Collections.Concurrent;
using System.Net;
using DataVersion.Engine.Remotes;
using DataVersion.Remotes.Http;

namespace DataVersion.Remotes.WebDav;

/// <summary>Makes the collections that values are stored in, each once: a PUT does not (RFC 4918 9.7.1).</summary>
/// <param name="caller">Makes requests.</param>
/// <param name="limit">How long making one may take: those who wait for it cannot end it.</param>
internal sealed class DavFolders(HttpCaller caller, TimeSpan limit) : IDisposable
{
    private static readonly HttpMethod MakeCollection = new("MKCOL");

    private readonly ConcurrentDictionary<string, Lazy<Task>> made = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource end = new();

    /// <summary>Returns when a collection is there.</summary>
    /// <param name="folder">Its address; ends with <c>/</c>.</param>
    /// <param name="cancellation">Ends the waiting; others may wait for the same collection.</param>
    public async Task RequireAsync(Uri folder, CancellationToken cancellation)
    {
        var key = folder.AbsolutePath;
        var making = made.GetOrAdd(key, _ => new Lazy<Task>(() => MakeInTimeAsync(folder)));
        try
        {
            await making.Value.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch when (making.Value.IsFaulted || making.Value.IsCanceled)
        {
            made.TryRemove(new(key, making));
            throw;
        }
    }

    /// <summary>Forgets what is there: somebody else may have removed it.</summary>
    public void Forget() => made.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        end.Cancel();
        end.Dispose();
    }

    private async Task MakeInTimeAsync(Uri folder)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
        ending.CancelAfter(limit);
        try
        {
            await MakeAsync(folder, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!end.IsCancellationRequested)
        {
            throw new TransientRemoteException($"'{caller.Place}' did not make the folder '{MultiStatus.PathOf(folder.AbsolutePath)}' in time.", folder.AbsolutePath, error);
        }
    }

    // From the deepest upwards: those above the remote are mostly there, and may be none of our business.
    private async Task MakeAsync(Uri folder, CancellationToken cancellation)
    {
        var (hasParent, wasForbidden) = (false, false);
        while (await TryMakeAsync(folder, cancellation).ConfigureAwait(false) is { } refusal)
        {
            var parent = folder.AbsolutePath.LastIndexOf('/', folder.AbsolutePath.Length - 2);
            if (refusal.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound && parent > 0 && !hasParent)
            {
                hasParent = true;
                await RequireAsync(new UriBuilder(folder) { Path = folder.AbsolutePath[..(parent + 1)] }.Uri, cancellation).ConfigureAwait(false);
            }
            // Apache's answer when somebody else makes it at the same moment; asked again, it says that it is there.
            else if (refusal.StatusCode == HttpStatusCode.Forbidden && !wasForbidden)
                wasForbidden = true;
            else
                throw caller.Describe(refusal, $"make the folder '{MultiStatus.PathOf(folder.AbsolutePath)}'", folder.AbsolutePath);
            refusal.Dispose();
        }
    }

    private async Task<HttpResponseMessage?> TryMakeAsync(Uri folder, CancellationToken cancellation)
    {
        var response = await caller.SendAsync(new HttpCall(MakeCollection, folder), cancellation).ConfigureAwait(false);
        // 405 is what the standard wants for a collection that is there.
        if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.MethodNotAllowed)
            return response;
        response.Dispose();
        return null;
    }
}
