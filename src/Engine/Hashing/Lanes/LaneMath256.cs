using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>8 lanes with AVX2, and what AVX-512 adds to it.</summary>
internal readonly unsafe struct LaneMath256 : ILaneMath<Vector256<uint>>
{
    public static bool IsSupported => Avx2.IsSupported;

    public static int Lanes => 8;

    public static Vector256<uint> Add(Vector256<uint> x, Vector256<uint> y) => x + y;

    public static Vector256<uint> Add(Vector256<uint> x, Vector256<uint> y, uint constant) => x + (y + Vector256.Create(constant));

    // With the 256-bit forms of AVX-512 (a processor whose 512-bit vectors .NET avoids) a rotation is one instruction, and
    // so is any function of three words.
    public static Vector256<uint> AddRotated(Vector256<uint> x, Vector256<uint> sum, [ConstantExpected] byte count) =>
        x + (Avx512F.VL.IsSupported ? Avx512F.VL.RotateLeft(sum, count) : (sum << count) | (sum >> (32 - count)));

    public static Vector256<uint> AddF(Vector256<uint> sum, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d) =>
        sum + (Avx512F.VL.IsSupported ? Avx512F.VL.TernaryLogic(b, c, d, TernaryTable.F) : d ^ (b & (c ^ d)));

    public static Vector256<uint> AddG(Vector256<uint> sum, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d) => Avx512F.VL.IsSupported
        ? sum + Avx512F.VL.TernaryLogic(b, c, d, TernaryTable.G) : sum + Vector256.AndNot(c, d) + (b & d);

    public static Vector256<uint> AddH(Vector256<uint> sum, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d) =>
        sum + (Avx512F.VL.IsSupported ? Avx512F.VL.TernaryLogic(b, c, d, TernaryTable.H) : b ^ (c ^ d));

    public static Vector256<uint> AddI(Vector256<uint> sum, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d) =>
        sum + (Avx512F.VL.IsSupported ? Avx512F.VL.TernaryLogic(b, c, d, TernaryTable.I) : c ^ (b | ~d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> LoadEveryFourth(byte** blocks, nint offset) =>
        Vector256.Create(Vector128.Load((uint*)(blocks[0] + offset)), Vector128.Load((uint*)(blocks[4] + offset)));

    public static Vector256<uint> UnpackLow(Vector256<uint> x, Vector256<uint> y) => Avx2.UnpackLow(x, y);

    public static Vector256<uint> UnpackHigh(Vector256<uint> x, Vector256<uint> y) => Avx2.UnpackHigh(x, y);

    public static Vector256<uint> UnpackLowPairs(Vector256<uint> x, Vector256<uint> y) =>
        Avx2.UnpackLow(x.AsUInt64(), y.AsUInt64()).AsUInt32();

    public static Vector256<uint> UnpackHighPairs(Vector256<uint> x, Vector256<uint> y) =>
        Avx2.UnpackHigh(x.AsUInt64(), y.AsUInt64()).AsUInt32();
}
