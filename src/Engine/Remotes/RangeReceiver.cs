using System.Security.Cryptography;
using DataVersion.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Receives a large value in ranges, several at a time, into a file that keeps its name from session to session, and hashes it
/// as it grows. Which ranges have come is noted in a small file of <c>.dvc/tmp</c>; after a break only the others are asked for.
/// Services that read ahead are asked for several in a row in one call (<see cref="StorageTraits.ReadAhead"/>).
/// </summary>
internal sealed class RangeReceiver(IRemoteStorage storage, RemoteCalls calls, string recordFolder)
{
    private const long Range = 8 << 20;

    private readonly Lazy<string> repository = new(() => OwnName(recordFolder));

    /// <summary>The temporary name of a value, the same in each session of this repository. Others that share a cache with it have
    /// other names, and other notes of what has come: a file that one of them takes for its own is never another's.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="identity">What makes the value differ from every other.</param>
    public string TemporaryName(string folder, string identity) => AtomicFile.TemporaryName(folder, $"{repository.Value}\n{identity}");

    /// <summary>Receives a value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="size">Its length.</param>
    /// <param name="path">Absolute path of the file; what an earlier session has left there is gone on with. It stays there
    /// when the receiving fails, so that the next session finds it.</param>
    /// <param name="passed">Receives the number of bytes that are there, also those of earlier sessions.</param>
    /// <param name="cancellation">Ends the receiving.</param>
    /// <returns>MD5 of the whole.</returns>
    /// <exception cref="IOException">Somebody else receives into the file; the disk is full.</exception>
    public async Task<ContentHash> ReceiveAsync(string key, long size, string path, Action<long> passed, CancellationToken cancellation)
    {
        var count = (int)((size + Range - 1) / Range);
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var record = Path.Join(recordFolder, Path.GetFileName(path) + ".ranges");
        var present = Read(record, size, RandomAccess.GetLength(file));
        if (present.Count == 0)
        {
            RandomAccess.SetLength(file, 0);
            Directory.CreateDirectory(recordFolder);
            File.WriteAllText(record, FormattableString.Invariant($"{size}\n"));
        }
        RandomAccess.SetLength(file, size);
        var arrived = new TaskCompletionSource[count];
        for (var i = 0; i < count; i++)
            arrived[i] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hashing = HashAsync(file, size, arrived, failure.Token);
        try
        {
            foreach (var number in present)
            {
                passed(LengthOf(number, size));
                arrived[number].SetResult();
            }
            await Parallel.ForEachAsync(Runs(count, present, MostInRun(count)),
                new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = calls.Limit.Most },
                async (run, token) => await ReceiveAsync(key, file, run.First * Range, Math.Min(run.Count * Range, size - run.First * Range), Arrived, passed, token).ConfigureAwait(false)).ConfigureAwait(false);
            var hash = await hashing.ConfigureAwait(false);
            FileRemoval.Try(record);
            return hash;
        }
        finally
        {
            // The file must not be closed under the hashing.
            await failure.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(hashing).ConfigureAwait(false);
        }

        void Arrived(int number)
        {
            lock (arrived)
                File.AppendAllText(record, FormattableString.Invariant($"{number}\n"));
            FaultPoint.Reach("fetch.range");
            arrived[number].SetResult();
        }
    }

    /// <summary>Forgets what has come: the bytes were wrong.</summary>
    public void Forget(string path)
    {
        FileRemoval.Try(path);
        FileRemoval.Try(Path.Join(recordFolder, Path.GetFileName(path) + ".ranges"));
    }

    // Drawn once, and lost together with the notes; the folder tells copies of a repository apart.
    private static string OwnName(string recordFolder)
    {
        var path = Path.Join(recordFolder, "name");
        Directory.CreateDirectory(recordFolder);
        if (!File.Exists(path))
            AtomicFile.Write(path, Guid.NewGuid().ToString("N"), durable: false);
        return $"{recordFolder}\n{File.ReadAllText(path)}";
    }

    // At least two at a time, so that a value has more than one connection.
    private int MostInRun(int count) => (int)Math.Clamp(storage.Traits.ReadAhead * 8 / Range, 1, Math.Max(1, (count + 1) / 2));

    private static IEnumerable<(int First, int Count)> Runs(int count, HashSet<int> present, int most)
    {
        for (var first = 0; first < count; first++)
        {
            var run = 0;
            while (run < most && first + run < count && !present.Contains(first + run))
                run++;
            if (run > 0)
                yield return (first, run);
            first += Math.Max(0, run - 1);
        }
    }

    private static long LengthOf(int number, long size) => Math.Min(Range, size - number * Range);

    private static HashSet<int> Read(string record, long size, long length)
    {
        var present = new HashSet<int>();
        if (!File.Exists(record) || length != size)
            return present;
        var lines = File.ReadAllLines(record);
        if (lines.Length == 0 || lines[0] != FormattableString.Invariant($"{size}"))
            return present;
        foreach (var line in lines.Skip(1))
            if (int.TryParse(line, out var number) && number >= 0 && number * Range < size)
                present.Add(number);
        return present;
    }

    // What has come of a run before its connection broke is not asked for again.
    private async Task ReceiveAsync(string key, SafeFileHandle file, long offset, long length, Action<int> arrived, Action<long> passed, CancellationToken cancellation)
    {
        long done = 0, told = 0;
        await calls.RunAsync(async watch =>
        {
            var before = done;
            await storage.GetAsync(key, new PlacedBytes(file, bytes => done + bytes <= length ? offset + done
                : throw new TransientRemoteException($"'{storage.Place}' gave more bytes of '{key}' than it was asked for.", key), bytes =>
            {
                done += bytes;
                passed(bytes);
                watch.Pass();
                for (; told < length && done >= Math.Min(told + Range, length); told += Range)
                    arrived((int)((offset + told) / Range));
            }), new ByteRange(offset + done, length - done), watch.Token).ConfigureAwait(false);
            return done == length ? done - before
                : throw new TransientRemoteException($"'{storage.Place}' gave {done:N0} of {length:N0} bytes of '{key}'.", key);
        }, key, 0, cancellation).ConfigureAwait(false);
    }

    private static Task<ContentHash> HashAsync(SafeFileHandle file, long size, TaskCompletionSource[] arrived, CancellationToken cancellation) => Task.Run(async () =>
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = GC.AllocateUninitializedArray<byte>(1 << 20);
        for (var number = 0; number < arrived.Length; number++)
        {
            await arrived[number].Task.WaitAsync(cancellation).ConfigureAwait(false);
            for (long offset = number * Range, end = offset + LengthOf(number, size); offset < end;)
            {
                var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset)), offset);
                if (read == 0)
                    throw new EndOfStreamException();
                md5.AppendData(buffer, 0, read);
                offset += read;
            }
        }
        return new ContentHash(md5.GetCurrentHash());
    }, CancellationToken.None);

    private sealed class PlacedBytes(SafeFileHandle file, Func<int, long> position, Action<int> written) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            RandomAccess.Write(file, buffer, position(buffer.Length));
            written(buffer.Length);
        }
    }
}
