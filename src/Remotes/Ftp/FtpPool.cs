using System.Collections.Concurrent;

namespace DataVersion.Remotes.Ftp;

/// <summary>Connections that are logged in, each for one call at a time. The first login is made by one call alone, and a
/// refused one is not tried again.</summary>
internal sealed class FtpPool(Func<CancellationToken, Task<FtpConnection>> open) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private readonly ConcurrentStack<FtpConnection> idle = new();
    private readonly SemaphoreSlim first = new(1, 1);
    private volatile DataVersionException? failure;
    private volatile bool isKnown;
    private volatile bool isClosed;

    /// <summary>A connection for a call; to be given back.</summary>
    public async Task<FtpConnection> RentAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(isClosed, this);
        while (idle.TryPop(out var connection))
        {
            // Servers close what is not used for a while.
            if (DateTime.UtcNow - connection.Used < Fresh || await connection.AnswersAsync(cancellation).ConfigureAwait(false))
                return connection;
            connection.Dispose();
        }
        if (isKnown)
            return await open(cancellation).ConfigureAwait(false);
        await first.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (failure is { } known)
                throw new DataVersionException(known.Kind, known.Message, known.Path, known.RecommendedAction, known);
            var connection = await open(cancellation).ConfigureAwait(false);
            isKnown = true;
            return connection;
        }
        catch (DataVersionException error) when (error.Kind == DataErrorKind.RemoteFailed)
        {
            failure ??= error;
            throw;
        }
        finally
        {
            first.Release();
        }
    }

    /// <summary>Gives a connection back, or closes it when it is of no use any more.</summary>
    public void Return(FtpConnection connection)
    {
        connection.Used = DateTime.UtcNow;
        if (connection.IsInStep && !isClosed)
            idle.Push(connection);
        else
            connection.Dispose();
    }

    public void Dispose()
    {
        isClosed = true;
        while (idle.TryPop(out var connection))
            connection.Dispose();
    }
}
