using DataVersion.Engine.Remotes;
using Renci.SshNet;

namespace DataVersion.Remotes.Ssh;

/// <summary>A connection, with what it goes through.</summary>
/// <param name="client">The client.</param>
/// <param name="below">All that is to be closed, the last first.</param>
/// <param name="patience">How long to wait for an answer.</param>
/// <param name="allowsPipe">There may be a <see cref="Pipe"/>.</param>
internal sealed class SshConnection(SftpClient client, IReadOnlyList<IDisposable> below, TimeSpan patience, bool allowsPipe)
{
    private readonly Lock opening = new();
    private SftpPipe? pipe;
    private bool hasNoPipe = !allowsPipe;
    private int isClosed;

    /// <summary>The client; may be used by several threads.</summary>
    public SftpClient Client => client;

    /// <summary>Number of calls under way.</summary>
    public int Load { get; set; }

    /// <summary>It gets no further calls; who ends the last one closes it.</summary>
    public bool IsDropped { get; set; }

    /// <summary>True as long as it seems to work.</summary>
    public bool IsAlive => Volatile.Read(ref isClosed) == 0 && client.IsConnected && Volatile.Read(ref pipe) is not { IsEnded: true };

    /// <summary>What moves content, opened when it is first needed; null where the server allows no further channel.</summary>
    public SftpPipe? Pipe
    {
        get
        {
            lock (opening)
            {
                if (pipe is null && !hasNoPipe)
                    hasNoPipe = (pipe = SftpPipe.TryOpen(client, patience)) is null;
                return pipe;
            }
        }
    }

    /// <summary>Closes it; calls under way fail.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref isClosed, 1) != 0)
            return;
        Volatile.Read(ref pipe)?.Dispose();
        SshConnector.Close(below);
    }
}

/// <summary>
/// A few connections, because one is limited by a processor and by the round trip, each with several calls under way. They are
/// opened one after the other as they are needed (servers turn away who knocks too often at a time), and dropped when broken.
/// </summary>
internal sealed class SshPool(Func<CancellationToken, SshConnection> open, int most) : IDisposable
{
    /// <summary>A further connection is opened when all have so many calls.</summary>
    private const int Busy = 2;

    private readonly Lock state = new();
    private readonly List<SshConnection> connections = [];
    private readonly SemaphoreSlim gate = new(1, 1);
    private int limit = most;
    private DataVersionException? failure;
    private bool isClosed;

    /// <summary>Makes a call on the connection that has the least to do.</summary>
    public T Use<T>(Func<SshConnection, T> call, CancellationToken cancellation)
    {
        var connection = Rent(cancellation);
        try
        {
            return call(connection);
        }
        finally
        {
            Return(connection);
        }
    }

    /// <summary>Closes all connections; calls under way fail.</summary>
    public void Dispose()
    {
        List<SshConnection> all;
        lock (state)
        {
            isClosed = true;
            all = [.. connections];
            connections.Clear();
        }
        foreach (var connection in all)
            connection.Close();
    }

    private SshConnection Rent(CancellationToken cancellation)
    {
        var connection = Take(out var wantsMore);
        if (connection is not null && !wantsMore)
            return connection;
        // While somebody opens one, the others go on with what there is.
        if (connection is not null ? !gate.Wait(0, CancellationToken.None) : !Enter(cancellation))
            return connection!;
        try
        {
            if (connection is null && (connection = Take(out _)) is not null)
                return connection;
            var opened = open(cancellation);
            lock (state)
            {
                if (isClosed)
                {
                    opened.Close();
                    throw new ObjectDisposedException(nameof(SshPool));
                }
                opened.Load = 1;
                connections.Add(opened);
            }
            if (connection is not null)
                Return(connection);
            return opened;
        }
        // One connection more is welcome, not needed: the server may allow no more.
        catch (Exception) when (connection is not null && !cancellation.IsCancellationRequested)
        {
            lock (state)
                limit = Math.Max(1, connections.Count);
            return connection;
        }
        catch (DataVersionException error) when (error.Kind == DataErrorKind.RemoteFailed)
        {
            // Not to be tried again and again, or the server locks the user out.
            failure = error;
            throw;
        }
        catch when (connection is not null)
        {
            Return(connection);
            throw;
        }
        finally
        {
            gate.Release();
        }
    }

    private void Return(SshConnection connection)
    {
        bool isLast;
        lock (state)
            isLast = --connection.Load == 0 && connection.IsDropped;
        if (isLast)
            connection.Close();
    }

    private bool Enter(CancellationToken cancellation)
    {
        gate.Wait(cancellation);
        return true;
    }

    private SshConnection? Take(out bool wantsMore)
    {
        lock (state)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            if (failure is { } known)
                throw new DataVersionException(known.Kind, known.Message, known.Path, known.RecommendedAction, known);
            foreach (var broken in connections.Where(c => !c.IsAlive).ToList())
            {
                connections.Remove(broken);
                broken.IsDropped = true;
                // The calls that are under way find it broken for themselves; closed under them, SSH.NET does not say what happened.
                if (broken.Load == 0)
                    broken.Close();
            }
            var free = connections.MinBy(c => c.Load);
            wantsMore = free is not null && free.Load >= Busy && connections.Count < limit;
            if (free is not null)
                free.Load++;
            return free;
        }
    }
}
