using System.Net;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Http;

/// <summary>Reads values, whole and in part. (Shared by plain HTTP and WebDAV.)</summary>
internal static class HttpDownload
{
    /// <summary>Writes the bytes at an address to a stream; see <see cref="IRemoteStorage.GetAsync"/>.</summary>
    public static async Task GetAsync(HttpCaller caller, Uri address, string key, Stream target, ByteRange range, CancellationToken cancellation)
    {
        var call = new HttpCall(HttpMethod.Get, address);
        if (!range.IsWhole)
            call = call with { Headers = [("Range", $"bytes={range.Offset}-{(range.Length is { } length ? range.Offset + length - 1 : null)}")] };
        using var response = await caller.SendAsync(call, cancellation).ConfigureAwait(false);
        if (response.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest)
            throw new DataVersionException(DataErrorKind.ObjectMissing, $"There is no '{key}' at '{caller.Place}', only a folder or a redirection.", key, "Push it from a clone that has it.");
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
            throw caller.Describe(response, $"read '{key}'", key);

        var announced = response.Content.Headers.ContentLength;
        // A server may give everything where a part was asked for.
        var start = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? range.Offset : 0;
        if (start > range.Offset)
            throw new TransientRemoteException($"'{caller.Place}' gave another part of '{key}' than it was asked for.", key);
        var skipped = range.Offset - start;
        var wanted = range.Length ?? (announced is { } size ? Math.Max(0, size - skipped) : null);
        await using var source = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        // A reading that blocks ends with its connection only.
        using var end = TransferThread.IsCurrent ? cancellation.UnsafeRegister(static answer => ((HttpResponseMessage)answer!).Dispose(), response) : default;
        var received = await CopyAsync(source, target, skipped, wanted, cancellation).ConfigureAwait(false);
        if (wanted is { } all && received < all)
            throw new TransientRemoteException($"'{caller.Place}' gave {received} bytes of '{key}' instead of {all}.", key);
    }

    /// <summary>Copies bytes.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="target">Where to.</param>
    /// <param name="skip">Bytes to leave out at the start.</param>
    /// <param name="most">Most bytes to copy; null for all.</param>
    /// <param name="cancellation">Ends the copying.</param>
    /// <returns>How many were copied.</returns>
    internal static async Task<long> CopyAsync(Stream source, Stream target, long skip, long? most, CancellationToken cancellation)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(1 << 17);
        try
        {
            var copied = 0L;
            while (most is not { } end || copied < end)
            {
                var limit = skip > 0 ? skip : most - copied ?? long.MaxValue;
                var room = buffer.AsMemory(0, (int)Math.Min(limit, buffer.Length));
                var count = TransferThread.IsCurrent ? source.Read(room.Span) : await source.ReadAsync(room, cancellation).ConfigureAwait(false);
                if (count == 0)
                    break;
                if (skip > 0)
                    skip -= count;
                else
                {
                    await target.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
                    copied += count;
                }
            }
            return copied;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
