using System.Security.Cryptography;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>Small values in memory, which is used again.</summary>
public sealed class RemoteUploadTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly VerifiedCopies copies = new(OperationContext.Silent, static _ => { });

    public void Dispose()
    {
        copies.Dispose();
        scratch.Dispose();
    }

    [Fact]
    public void A_stream_that_is_still_read_keeps_its_bytes_whatever_is_sent_next()
    {
        var bytes = RandomNumberGenerator.GetBytes(100_000);
        var upload = Load("first", bytes);
        var late = upload.OpenRead();
        upload.Unload();
        for (var i = 0; i < 8; i++)
            Load($"other{i}", RandomNumberGenerator.GetBytes(100_000));

        var read = new byte[100_000];
        late.ReadExactly(read);

        Assert.Equal(bytes, read);
        late.Dispose();
        late.Position = 0;
        Assert.Throws<ObjectDisposedException>(() => late.Read(read));
    }

    [Fact]
    public void Bytes_that_a_service_has_taken_stay_as_they_are()
    {
        var bytes = RandomNumberGenerator.GetBytes(100_000);
        var upload = Load("first", bytes);
        var taken = upload.Bytes!.Value;
        upload.Unload();
        for (var i = 0; i < 8; i++)
            Load($"other{i}", RandomNumberGenerator.GetBytes(100_000)).Unload();

        Assert.True(taken.Span.SequenceEqual(bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 17)]
    [InlineData(1 << 20)]
    public void Every_length_is_read_whole(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        var upload = Load("file", bytes);
        var read = new MemoryStream();
        using (var stream = upload.OpenRead())
            stream.CopyTo(read);

        Assert.Equal(bytes, read.ToArray());
        Assert.Equal(length, upload.Size);
    }

    [Fact]
    public void A_buffer_grows_with_what_comes()
    {
        var buffer = new ContentBuffer(10);
        var bytes = RandomNumberGenerator.GetBytes(1_000_000);
        for (var at = 0; at < bytes.Length; at += 25_000)
        {
            bytes.AsSpan(at, 25_000).CopyTo(buffer.Free(25_000));
            buffer.Length += 25_000;
        }

        Assert.True(buffer.Memory.Span.SequenceEqual(bytes));
        buffer.Release();
    }

    private RemoteUpload Load(string name, byte[] bytes)
    {
        var upload = new RemoteUpload(scratch.Write(name, bytes), bytes.Length, new ContentHash(MD5.HashData(bytes)), copies);
        upload.Load(default);
        return upload;
    }
}
