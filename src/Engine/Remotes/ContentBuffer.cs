using System.Buffers;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// The bytes of a small value while it travels, in an array that others use afterwards: an array of its own for each of many
/// values would keep the collector busy with its oldest generation. Given back when everybody has released it; who does not
/// (a call that failed, of which something may still be under way) leaves it to the collector.
/// </summary>
internal sealed class ContentBuffer
{
    /// <summary>Larger arrays are not shared: the pool would keep them.</summary>
    private const int MostShared = 512 << 10;

    private byte[] array;
    private int users = 1;

    /// <summary>Makes one that its maker releases.</summary>
    /// <param name="size">Room to begin with.</param>
    public ContentBuffer(int size) => array = Rent(size);

    /// <summary>Number of bytes in it.</summary>
    public int Length { get; set; }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory => array.AsMemory(0, Length);

    /// <summary>Room behind the bytes, at least one byte.</summary>
    public Span<byte> Free(int least = 1)
    {
        if (array.Length - Length < least)
        {
            var larger = Rent(checked((int)Math.Max(Math.Min(2L * array.Length, Array.MaxLength), (long)Length + least)));
            Memory.Span.CopyTo(larger);
            Give(array);
            array = larger;
        }
        return array.AsSpan(Length);
    }

    /// <summary>One more needs the bytes.</summary>
    /// <exception cref="ObjectDisposedException">All who needed them have released them: they may be those of another value.</exception>
    public void Use()
    {
        for (var known = Volatile.Read(ref users); ;)
        {
            ObjectDisposedException.ThrowIf(known == 0, this);
            var before = Interlocked.CompareExchange(ref users, known + 1, known);
            if (before == known)
                return;
            known = before;
        }
    }

    /// <summary>One needs the bytes no more.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref users) == 0)
            Give(array);
    }

    private static byte[] Rent(int size) => size <= MostShared ? ArrayPool<byte>.Shared.Rent(Math.Max(size, 1)) : GC.AllocateUninitializedArray<byte>(size);

    private static void Give(byte[] array)
    {
        if (array.Length <= MostShared)
            ArrayPool<byte>.Shared.Return(array);
    }
}
