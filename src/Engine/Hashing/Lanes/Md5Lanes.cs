using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>
/// MD5 of several messages at a time, each in a lane of a vector. A lane takes whole blocks of 64 bytes; padding the
/// message (<see cref="Pad"/>) is up to who feeds it, as is the memory. Not thread-safe.
/// </summary>
internal sealed unsafe class Md5Lanes : IDisposable
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 64;

    /// <summary>Most bytes by which padding makes a message longer.</summary>
    public const int MostPadding = BlockSize + 8;

    private const int Alignment = 64;

    private readonly delegate*<uint*, byte**, int, void> compress;
    private readonly int[] left;
    private uint* words;
    private byte** blocks;

    /// <param name="width">A width of <see cref="IsSupported"/> that has lanes.</param>
    public Md5Lanes(LaneWidth width)
    {
        if (width == LaneWidth.One || !IsSupported(width))
            throw new ArgumentOutOfRangeException(nameof(width));
        switch (width)
        {
            case LaneWidth.Sixteen:
                Count = LaneMath512.Lanes;
                compress = &Md5Compressor<LaneMath512, Vector512<uint>>.Compress;
                break;
            case LaneWidth.Eight:
                Count = LaneMath256.Lanes;
                compress = &Md5Compressor<LaneMath256, Vector256<uint>>.Compress;
                break;
            default:
                Count = LaneMath128.Lanes;
                compress = &Md5Compressor<LaneMath128, Vector128<uint>>.Compress;
                break;
        }
        left = new int[Count];
        words = (uint*)NativeMemory.AlignedAlloc((nuint)(4 * sizeof(uint) * Count), Alignment);
        blocks = (byte**)NativeMemory.AlignedAlloc((nuint)(sizeof(byte*) * Count), Alignment);
    }

    /// <summary>The widest vectors of this machine.</summary>
    public static LaneWidth Widest { get; } =
        IsSupported(LaneWidth.Sixteen) ? LaneWidth.Sixteen
        : IsSupported(LaneWidth.Eight) ? LaneWidth.Eight
        : IsSupported(LaneWidth.Four) ? LaneWidth.Four
        : LaneWidth.One;

    /// <summary>Number of lanes.</summary>
    public int Count { get; }

    /// <summary>Whether this machine has vectors of a width.</summary>
    public static bool IsSupported(LaneWidth width) => width switch
    {
        LaneWidth.Sixteen => LaneMath512.IsSupported,
        LaneWidth.Eight => LaneMath256.IsSupported,
        LaneWidth.Four => LaneMath128.IsSupported,
        _ => true,
    };

    /// <summary>Writes the padding behind the last bytes of a message (RFC 1321, sections 3.1 and 3.2).</summary>
    /// <param name="end">Where the message ends; <see cref="MostPadding"/> bytes from there on are ours.</param>
    /// <param name="length">Bytes of the whole message.</param>
    /// <returns>Bytes of padding: with them the message is a number of whole blocks.</returns>
    public static int Pad(byte* end, long length)
    {
        // 1 to 64 bytes, then the length in bits.
        var count = BlockSize - (int)((length + 8) % BlockSize);
        new Span<byte>(end, count).Clear();
        *end = 0x80;
        *(ulong*)(end + count) = (ulong)length * 8;
        return count + 8;
    }

    /// <summary>A new message begins in a lane.</summary>
    public void Begin(int lane)
    {
        (words[lane], words[Count + lane], words[(2 * Count) + lane], words[(3 * Count) + lane]) =
            (0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
        left[lane] = 0;
    }

    /// <summary>Gives an empty lane its next blocks. They must stay where they are until it is empty again.</summary>
    public void Feed(int lane, byte* bytes, int count)
    {
        blocks[lane] = bytes;
        left[lane] = count;
    }

    /// <summary>True when a lane has used up what it was fed.</summary>
    public bool IsEmpty(int lane) => left[lane] == 0;

    /// <summary>
    /// Goes on until at least one more lane is empty. What an empty lane has computed is lost: ask for its result before.
    /// </summary>
    public void Run()
    {
        var (count, some) = (int.MaxValue, -1);
        for (var lane = 0; lane < left.Length; lane++)
            if (left[lane] > 0 && left[lane] < count)
                (count, some) = (left[lane], lane);
        if (some < 0)
            return;
        // A lane without a message goes along with one that has some.
        for (var lane = 0; lane < left.Length; lane++)
            if (left[lane] == 0)
                blocks[lane] = blocks[some];
        compress(words, blocks, count);
        for (var lane = 0; lane < left.Length; lane++)
            if (left[lane] > 0)
            {
                blocks[lane] += (nint)count * BlockSize;
                left[lane] -= count;
            }
    }

    /// <summary>The hash of an empty lane's message, padding included.</summary>
    public ContentHash Result(int lane, ContentHashAlgorithm algorithm)
    {
        var hash = stackalloc uint[4];
        for (var i = 0; i < 4; i++)
            hash[i] = words[(i * Count) + lane];
        return new ContentHash(new ReadOnlySpan<byte>(hash, 16), algorithm);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(words);
        NativeMemory.AlignedFree(blocks);
        words = null;
        blocks = null;
    }
}
