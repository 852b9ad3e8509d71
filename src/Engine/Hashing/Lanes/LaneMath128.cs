using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>4 lanes with what every processor has: SSE2 or NEON.</summary>
internal readonly unsafe struct LaneMath128 : ILaneMath<Vector128<uint>>
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated && (Sse2.IsSupported || AdvSimd.Arm64.IsSupported);

    public static int Lanes => 4;

    public static Vector128<uint> Add(Vector128<uint> x, Vector128<uint> y) => x + y;

    public static Vector128<uint> Add(Vector128<uint> x, Vector128<uint> y, uint constant) => x + (y + Vector128.Create(constant));

    public static Vector128<uint> AddRotated(Vector128<uint> x, Vector128<uint> sum, [ConstantExpected] byte count) =>
        x + ((sum << count) | (sum >> (32 - count)));

    // NEON selects bits in one instruction.
    public static Vector128<uint> AddF(Vector128<uint> sum, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d) =>
        sum + (AdvSimd.IsSupported ? Vector128.ConditionalSelect(b, c, d) : d ^ (b & (c ^ d)));

    public static Vector128<uint> AddG(Vector128<uint> sum, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d) =>
        sum + Vector128.AndNot(c, d) + (b & d);

    public static Vector128<uint> AddH(Vector128<uint> sum, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d) =>
        sum + (b ^ (c ^ d));

    public static Vector128<uint> AddI(Vector128<uint> sum, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d) =>
        sum + (c ^ (b | ~d));

    public static Vector128<uint> LoadEveryFourth(byte** blocks, nint offset) => Vector128.Load((uint*)(blocks[0] + offset));

    public static Vector128<uint> UnpackLow(Vector128<uint> x, Vector128<uint> y) =>
        Sse2.IsSupported ? Sse2.UnpackLow(x, y) : AdvSimd.Arm64.ZipLow(x, y);

    public static Vector128<uint> UnpackHigh(Vector128<uint> x, Vector128<uint> y) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(x, y) : AdvSimd.Arm64.ZipHigh(x, y);

    public static Vector128<uint> UnpackLowPairs(Vector128<uint> x, Vector128<uint> y) => (Sse2.IsSupported
        ? Sse2.UnpackLow(x.AsUInt64(), y.AsUInt64()) : AdvSimd.Arm64.ZipLow(x.AsUInt64(), y.AsUInt64())).AsUInt32();

    public static Vector128<uint> UnpackHighPairs(Vector128<uint> x, Vector128<uint> y) => (Sse2.IsSupported
        ? Sse2.UnpackHigh(x.AsUInt64(), y.AsUInt64()) : AdvSimd.Arm64.ZipHigh(x.AsUInt64(), y.AsUInt64())).AsUInt32();
}
