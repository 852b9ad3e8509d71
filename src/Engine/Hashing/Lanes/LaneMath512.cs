using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>16 lanes with AVX-512: any function of three words is one instruction, and so is a rotation.</summary>
internal readonly unsafe struct LaneMath512 : ILaneMath<Vector512<uint>>
{
    public static bool IsSupported => Avx512F.IsSupported && Vector512.IsHardwareAccelerated;

    public static int Lanes => 16;

    public static Vector512<uint> Add(Vector512<uint> x, Vector512<uint> y) => x + y;

    public static Vector512<uint> Add(Vector512<uint> x, Vector512<uint> y, uint constant) => x + (y + Vector512.Create(constant));

    public static Vector512<uint> AddRotated(Vector512<uint> x, Vector512<uint> sum, [ConstantExpected] byte count) =>
        x + Avx512F.RotateLeft(sum, count);

    public static Vector512<uint> AddF(Vector512<uint> sum, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d) =>
        sum + Avx512F.TernaryLogic(b, c, d, TernaryTable.F);

    public static Vector512<uint> AddG(Vector512<uint> sum, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d) =>
        sum + Avx512F.TernaryLogic(b, c, d, TernaryTable.G);

    public static Vector512<uint> AddH(Vector512<uint> sum, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d) =>
        sum + Avx512F.TernaryLogic(b, c, d, TernaryTable.H);

    public static Vector512<uint> AddI(Vector512<uint> sum, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d) =>
        sum + Avx512F.TernaryLogic(b, c, d, TernaryTable.I);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> LoadEveryFourth(byte** blocks, nint offset) => Vector512.Create(
        Vector256.Create(Vector128.Load((uint*)(blocks[0] + offset)), Vector128.Load((uint*)(blocks[4] + offset))),
        Vector256.Create(Vector128.Load((uint*)(blocks[8] + offset)), Vector128.Load((uint*)(blocks[12] + offset))));

    public static Vector512<uint> UnpackLow(Vector512<uint> x, Vector512<uint> y) => Avx512F.UnpackLow(x, y);

    public static Vector512<uint> UnpackHigh(Vector512<uint> x, Vector512<uint> y) => Avx512F.UnpackHigh(x, y);

    public static Vector512<uint> UnpackLowPairs(Vector512<uint> x, Vector512<uint> y) =>
        Avx512F.UnpackLow(x.AsUInt64(), y.AsUInt64()).AsUInt32();

    public static Vector512<uint> UnpackHighPairs(Vector512<uint> x, Vector512<uint> y) =>
        Avx512F.UnpackHigh(x.AsUInt64(), y.AsUInt64()).AsUInt32();
}
