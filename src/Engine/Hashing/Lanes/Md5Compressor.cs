using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>
/// The compression function of MD5 (RFC 1321, section 3.4) for as many messages as a vector has lanes.
/// </summary>
/// <typeparam name="TMath">The arithmetic of a width.</typeparam>
/// <typeparam name="TVector">The vector of that width.</typeparam>
internal static unsafe class Md5Compressor<TMath, TVector>
    where TMath : struct, ILaneMath<TVector>
    where TVector : unmanaged
{
    /// <summary>Compresses this many blocks of 64 bytes of every lane.</summary>
    /// <param name="words">The four words of the state, each a vector of all lanes, one after the other.</param>
    /// <param name="blocks">The address of the first block of each lane.</param>
    /// <param name="count">Blocks.</param>
    // At once as good as it gets: the loop would otherwise run a long time in code that calls a function for each addition.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(uint* words, byte** blocks, int count)
    {
        var state = (TVector*)words;
        var block = stackalloc TVector[16];
        TVector a = state[0], b = state[1], c = state[2], d = state[3];
        for (nint offset = 0, end = (nint)count * 64; offset < end; offset += 64)
        {
            Transpose(blocks, offset, block);
            Transpose(blocks, offset + 16, block + 4);
            Transpose(blocks, offset + 32, block + 8);
            Transpose(blocks, offset + 48, block + 12);
            TVector a0 = a, b0 = b, c0 = c, d0 = d;
            a = F(a, b, c, d, block[0], 0xd76aa478, 7);
            d = F(d, a, b, c, block[1], 0xe8c7b756, 12);
            c = F(c, d, a, b, block[2], 0x242070db, 17);
            b = F(b, c, d, a, block[3], 0xc1bdceee, 22);
            a = F(a, b, c, d, block[4], 0xf57c0faf, 7);
            d = F(d, a, b, c, block[5], 0x4787c62a, 12);
            c = F(c, d, a, b, block[6], 0xa8304613, 17);
            b = F(b, c, d, a, block[7], 0xfd469501, 22);
            a = F(a, b, c, d, block[8], 0x698098d8, 7);
            d = F(d, a, b, c, block[9], 0x8b44f7af, 12);
            c = F(c, d, a, b, block[10], 0xffff5bb1, 17);
            b = F(b, c, d, a, block[11], 0x895cd7be, 22);
            a = F(a, b, c, d, block[12], 0x6b901122, 7);
            d = F(d, a, b, c, block[13], 0xfd987193, 12);
            c = F(c, d, a, b, block[14], 0xa679438e, 17);
            b = F(b, c, d, a, block[15], 0x49b40821, 22);
            a = G(a, b, c, d, block[1], 0xf61e2562, 5);
            d = G(d, a, b, c, block[6], 0xc040b340, 9);
            c = G(c, d, a, b, block[11], 0x265e5a51, 14);
            b = G(b, c, d, a, block[0], 0xe9b6c7aa, 20);
            a = G(a, b, c, d, block[5], 0xd62f105d, 5);
            d = G(d, a, b, c, block[10], 0x02441453, 9);
            c = G(c, d, a, b, block[15], 0xd8a1e681, 14);
            b = G(b, c, d, a, block[4], 0xe7d3fbc8, 20);
            a = G(a, b, c, d, block[9], 0x21e1cde6, 5);
            d = G(d, a, b, c, block[14], 0xc33707d6, 9);
            c = G(c, d, a, b, block[3], 0xf4d50d87, 14);
            b = G(b, c, d, a, block[8], 0x455a14ed, 20);
            a = G(a, b, c, d, block[13], 0xa9e3e905, 5);
            d = G(d, a, b, c, block[2], 0xfcefa3f8, 9);
            c = G(c, d, a, b, block[7], 0x676f02d9, 14);
            b = G(b, c, d, a, block[12], 0x8d2a4c8a, 20);
            a = H(a, b, c, d, block[5], 0xfffa3942, 4);
            d = H(d, a, b, c, block[8], 0x8771f681, 11);
            c = H(c, d, a, b, block[11], 0x6d9d6122, 16);
            b = H(b, c, d, a, block[14], 0xfde5380c, 23);
            a = H(a, b, c, d, block[1], 0xa4beea44, 4);
            d = H(d, a, b, c, block[4], 0x4bdecfa9, 11);
            c = H(c, d, a, b, block[7], 0xf6bb4b60, 16);
            b = H(b, c, d, a, block[10], 0xbebfbc70, 23);
            a = H(a, b, c, d, block[13], 0x289b7ec6, 4);
            d = H(d, a, b, c, block[0], 0xeaa127fa, 11);
            c = H(c, d, a, b, block[3], 0xd4ef3085, 16);
            b = H(b, c, d, a, block[6], 0x04881d05, 23);
            a = H(a, b, c, d, block[9], 0xd9d4d039, 4);
            d = H(d, a, b, c, block[12], 0xe6db99e5, 11);
            c = H(c, d, a, b, block[15], 0x1fa27cf8, 16);
            b = H(b, c, d, a, block[2], 0xc4ac5665, 23);
            a = I(a, b, c, d, block[0], 0xf4292244, 6);
            d = I(d, a, b, c, block[7], 0x432aff97, 10);
            c = I(c, d, a, b, block[14], 0xab9423a7, 15);
            b = I(b, c, d, a, block[5], 0xfc93a039, 21);
            a = I(a, b, c, d, block[12], 0x655b59c3, 6);
            d = I(d, a, b, c, block[3], 0x8f0ccc92, 10);
            c = I(c, d, a, b, block[10], 0xffeff47d, 15);
            b = I(b, c, d, a, block[1], 0x85845dd1, 21);
            a = I(a, b, c, d, block[8], 0x6fa87e4f, 6);
            d = I(d, a, b, c, block[15], 0xfe2ce6e0, 10);
            c = I(c, d, a, b, block[6], 0xa3014314, 15);
            b = I(b, c, d, a, block[13], 0x4e0811a1, 21);
            a = I(a, b, c, d, block[4], 0xf7537e82, 6);
            d = I(d, a, b, c, block[11], 0xbd3af235, 10);
            c = I(c, d, a, b, block[2], 0x2ad7d2bb, 15);
            b = I(b, c, d, a, block[9], 0xeb86d391, 21);
            a = TMath.Add(a, a0);
            b = TMath.Add(b, b0);
            c = TMath.Add(c, c0);
            d = TMath.Add(d, d0);
        }
        state[0] = a;
        state[1] = b;
        state[2] = c;
        state[3] = d;
    }

    // Four words of each lane, ordered by word: the first words of all lanes, the second words, and so on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(byte** blocks, nint offset, TVector* words)
    {
        var x0 = TMath.LoadEveryFourth(blocks, offset);
        var x1 = TMath.LoadEveryFourth(blocks + 1, offset);
        var x2 = TMath.LoadEveryFourth(blocks + 2, offset);
        var x3 = TMath.LoadEveryFourth(blocks + 3, offset);
        var low01 = TMath.UnpackLow(x0, x1);
        var low23 = TMath.UnpackLow(x2, x3);
        var high01 = TMath.UnpackHigh(x0, x1);
        var high23 = TMath.UnpackHigh(x2, x3);
        words[0] = TMath.UnpackLowPairs(low01, low23);
        words[1] = TMath.UnpackHighPairs(low01, low23);
        words[2] = TMath.UnpackLowPairs(high01, high23);
        words[3] = TMath.UnpackHighPairs(high01, high23);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector F(TVector a, TVector b, TVector c, TVector d, TVector word, uint constant, [ConstantExpected] byte shift) =>
        TMath.AddRotated(b, TMath.AddF(TMath.Add(a, word, constant), b, c, d), shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector G(TVector a, TVector b, TVector c, TVector d, TVector word, uint constant, [ConstantExpected] byte shift) =>
        TMath.AddRotated(b, TMath.AddG(TMath.Add(a, word, constant), b, c, d), shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector H(TVector a, TVector b, TVector c, TVector d, TVector word, uint constant, [ConstantExpected] byte shift) =>
        TMath.AddRotated(b, TMath.AddH(TMath.Add(a, word, constant), b, c, d), shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector I(TVector a, TVector b, TVector c, TVector d, TVector word, uint constant, [ConstantExpected] byte shift) =>
        TMath.AddRotated(b, TMath.AddI(TMath.Add(a, word, constant), b, c, d), shift);
}
