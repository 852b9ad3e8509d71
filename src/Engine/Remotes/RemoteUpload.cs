using System.Security.Cryptography;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// A value on its way to a remote. Whichever way a storage takes the bytes, they are hashed as they pass, and the last bytes
/// are not given when they are not what the name promises; a storage must not let the value appear then.
/// </summary>
public sealed class RemoteUpload
{
    /// <summary>Bytes that are written at a time.</summary>
    private const int Piece = 1 << 20;

    private readonly VerifiedCopies copies;
    private ContentBuffer? loaded;
    private bool isShown;

    /// <summary>Describes an upload of a file.</summary>
    /// <param name="path">Absolute path of the file.</param>
    /// <param name="size">Its length.</param>
    /// <param name="hash">What its bytes must have as hash; null for a file that is not named by its bytes (run cache).</param>
    /// <param name="copies">Makes and hashes copies.</param>
    /// <param name="passed">Receives the number of bytes of each piece of a stream.</param>
    internal RemoteUpload(string path, long size, ContentHash? hash, VerifiedCopies copies, Action<long>? passed = null)
    {
        (Path, Size, Hash) = (path, size, hash);
        (this.copies, Passing) = (copies, passed);
    }

    /// <summary>Receives the number of bytes of each piece of a stream.</summary>
    internal Action<long>? Passing { get; set; }

    /// <summary>Absolute path of the file.</summary>
    public string Path { get; }

    /// <summary>Length in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>The hash that the bytes must have; null when nobody knows.</summary>
    public ContentHash? Hash { get; }

    /// <summary>What the service says it has stored, with tag and version; set by the storage that is told so.</summary>
    public RemoteItem? Stored { get; set; }

    /// <summary>Read-only as an object (0444), or writable as the files of the run cache.</summary>
    public bool IsObject => Hash is not null;

    /// <summary>The engine reads what has arrived and compares it: a storage need not look whether it is there, and how long it is.</summary>
    public bool IsReadBack { get; internal set; }

    /// <summary>All bytes, checked, when the engine has read them already (small values); else null.</summary>
    public ReadOnlyMemory<byte>? Bytes
    {
        get
        {
            // Nobody knows how long they are looked at.
            isShown = true;
            return loaded?.Memory;
        }
    }

    /// <summary>True when the engine has read all bytes: then <see cref="OpenRead"/> gives a stream that can be sought.</summary>
    public bool IsLoaded => loaded is not null;

    /// <summary>MD5 of the bytes, for services that check it on arrival (Content-MD5); null when it is not known before.</summary>
    public byte[]? Md5 => !IsLegacyText && Hash is { } hash ? Convert.FromHexString(hash.Hex) : loaded is { } bytes ? MD5.HashData(bytes.Memory.Span) : null;

    /// <summary>SHA-256 of the bytes in hexadecimal digits, for services whose signatures have it. Only when <see cref="IsLoaded"/>.</summary>
    public string HashOfLoaded() => Convert.ToHexStringLower(SHA256.HashData(loaded!.Memory.Span));

    /// <summary>Writes the bytes to a stream from where they are. Only when <see cref="IsLoaded"/>. On a <see cref="TransferThread"/> it has
    /// ended when it returns.</summary>
    public async Task WriteToAsync(Stream target, CancellationToken cancellation)
    {
        var bytes = loaded ?? throw new ObjectDisposedException(nameof(RemoteUpload));
        // The request may go on when nobody waits for it any more.
        bytes.Use();
        try
        {
            for (var rest = bytes.Memory; rest.Length > 0;)
            {
                var piece = rest[..Math.Min(rest.Length, Piece)];
                if (TransferThread.IsCurrent)
                    target.Write(piece.Span);
                else
                    await target.WriteAsync(piece, cancellation).ConfigureAwait(false);
                Passing?.Invoke(piece.Length);
                rest = rest[piece.Length..];
            }
        }
        finally
        {
            bytes.Release();
        }
    }

    /// <summary>MD5 of the bytes in hexadecimal digits; the file is read for it where its name does not say it.</summary>
    internal string HashOfBytes() => Md5 is { } known ? Convert.ToHexStringLower(known) : copies.Hash(Path, ContentHashAlgorithm.Md5).Hex;

    /// <summary>
    /// The bytes as a stream of exactly <see cref="Size"/> bytes, to be read from the start to the end. The read of the last
    /// bytes throws when they were not the right ones. It can be sought when <see cref="IsLoaded"/>.
    /// </summary>
    /// <exception cref="DataVersionException">ObjectCorrupt; FileChangedDuringRead.</exception>
    public Stream OpenRead()
    {
        if (loaded is { } bytes)
            return new SentBytes(bytes, Passing);
        CheckLegacyText();
        return new HashingStream(OpenFile(), Passing, hash =>
        {
            if (!IsLegacyText)
                Check(hash);
        }, Size, () => Hashing.FileHasher.Changed(Path));
    }

    /// <summary>Makes a copy of the file at a path that does not exist, as a clone where that is possible. On an exception the
    /// caller removes what is there.</summary>
    /// <exception cref="DataVersionException">ObjectCorrupt; FileChangedDuringRead.</exception>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    public void CopyTo(string temporary)
    {
        var algorithm = Hash is { IsDirectory: false, Algorithm: var named } ? named : ContentHashAlgorithm.Md5;
        Check(copies.Copy(Path, temporary, algorithm));
        FaultPoint.Reach("push.copied");
    }

    /// <summary>Reads all bytes, so that they are known to be right before the first of them is sent, and need not be read
    /// again when the sending must be repeated.</summary>
    /// <exception cref="DataVersionException">ObjectCorrupt.</exception>
    /// <exception cref="IOException">Reading failed.</exception>
    internal void Load(CancellationToken cancellation)
    {
        if (loaded is not null)
            return;
        cancellation.ThrowIfCancellationRequested();
        CheckLegacyText();
        // Reading that does not wait for a disk is quicker than handing it to another thread and back, and one that does keeps a
        // thread waiting either way.
        using var file = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(file);
        if (length >= Array.MaxLength)
            throw Hashing.FileHasher.Changed(Path);
        // Room for one byte more, so that the end is found without a larger array.
        var buffer = new ContentBuffer((int)length + 1);
        for (int read; (read = RandomAccess.Read(file, buffer.Free(), buffer.Length)) > 0;)
            buffer.Length += read;
        if (!IsLegacyText)
            Check(new ContentHash(MD5.HashData(buffer.Memory.Span)));
        (loaded, Size) = (buffer, buffer.Length);
    }

    /// <summary>True when these bytes stand at this place of the value. Only when <see cref="IsLoaded"/>.</summary>
    internal bool Holds(long position, ReadOnlySpan<byte> bytes) =>
        loaded is { } all && position + bytes.Length <= all.Length && all.Memory.Span.Slice((int)position, bytes.Length).SequenceEqual(bytes);

    /// <summary>Everything has been sent: the memory may be used for something else.</summary>
    internal void Unload()
    {
        if (!isShown)
            loaded?.Release();
        loaded = null;
    }

    /// <summary>The file, to be read in order.</summary>
    internal FileStream OpenFile() =>
        new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan | FileOptions.Asynchronous);

    /// <summary>Throws when the bytes read do not have the hash they are named by.</summary>
    internal void Check(ContentHash found)
    {
        if (Hash is { } wanted && found.Hex != wanted.Hex)
            throw Wrong(Path, found, wanted);
    }

    /// <summary>A text hash is not a hash of the plain bytes: it is worked out before the file is read to be sent.</summary>
    internal void CheckLegacyText()
    {
        if (IsLegacyText)
            Check(copies.Hash(Path, Hash!.Value.Algorithm));
    }

    /// <summary>True when the name is not the hash of the plain bytes.</summary>
    internal bool IsLegacyText => Hash is { IsDirectory: false, Algorithm: ContentHashAlgorithm.Md5Dos2Unix };

    /// <summary>The error for a file that does not have the hash it is named by.</summary>
    internal static DataVersionException Wrong(string path, ContentHash found, ContentHash wanted) => new(DataErrorKind.ObjectCorrupt,
        $"The bytes of '{path}' have the hash {found.Hex}, not {wanted.Hex}, so they were not sent.", path,
        "Add the original file again, or fetch the object from another remote.");

    // A request may still read when nobody waits for it any more: never of memory that is another value's by then.
    private sealed class SentBytes : Stream
    {
        private readonly Lock gate = new();
        private readonly Action<long>? passed;
        private readonly int length;
        private ContentBuffer? bytes;
        private int position;
        private int told;

        public SentBytes(ContentBuffer bytes, Action<long>? passed)
        {
            (this.bytes, this.passed, length) = (bytes, passed, bytes.Length);
            bytes.Use();
        }

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => position; set => position = checked((int)value); }

        public override int Read(Span<byte> buffer)
        {
            int count;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(bytes is null, this);
                count = Math.Min(buffer.Length, length - position);
                if (count <= 0)
                    return 0;
                bytes.Memory.Span.Slice(position, count).CopyTo(buffer);
            }
            position += count;
            // What is read again (a signature over the body) is not sent twice.
            if (position > told)
            {
                passed?.Invoke(position - told);
                told = position;
            }
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => position + offset,
            _ => length + offset,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                lock (gate)
                {
                    bytes?.Release();
                    bytes = null;
                }
            base.Dispose(disposing);
        }
    }
}
