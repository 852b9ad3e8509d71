using System.Diagnostics.CodeAnalysis;

namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>
/// The arithmetic of one width of vectors: what MD5 (RFC 1321) does to one 32-bit word, done to the words of as many
/// messages as a vector has elements. Element <c>i</c> belongs to lane <c>i</c>.
/// </summary>
/// <remarks>Implementations are structs without fields, so that the compiler makes code for each and every call vanishes.
/// Each of the four functions of MD5 comes with the addition that follows it: where two of its parts have no bit in common
/// it adds them one after the other, the part known earlier first, because the time of a step is that of its longest chain.
/// A step is made of no more than three of these calls: with many smaller ones the JIT compiler stops to inline before the end of
/// the 64 steps, and what is left as calls takes most of the time (seen with .NET 10: DOTNET_JitDisasm=Compress).</remarks>
internal interface ILaneMath<TVector> where TVector : unmanaged
{
    /// <summary>Messages at a time.</summary>
    static abstract int Lanes { get; }

    static abstract TVector Add(TVector x, TVector y);

    /// <summary>x + y + constant: what a step knows before the one ahead of it has ended.</summary>
    static abstract TVector Add(TVector x, TVector y, uint constant);

    /// <summary>x + (sum rotated left); the count must be a constant in the calling code.</summary>
    static abstract TVector AddRotated(TVector x, TVector sum, [ConstantExpected] byte count);

    /// <summary>sum + (b and c, or d where b has no bit)</summary>
    static abstract TVector AddF(TVector sum, TVector b, TVector c, TVector d);

    /// <summary>sum + (d and b, or c where d has no bit)</summary>
    static abstract TVector AddG(TVector sum, TVector b, TVector c, TVector d);

    /// <summary>sum + (b xor c xor d)</summary>
    static abstract TVector AddH(TVector sum, TVector b, TVector c, TVector d);

    /// <summary>sum + (c xor (b or not d))</summary>
    static abstract TVector AddI(TVector sum, TVector b, TVector c, TVector d);

    /// <summary>
    /// 16 bytes of every fourth lane, beginning with the first: lane 4i at element 4i. What is left to do then is to
    /// transpose inside each group of four elements.
    /// </summary>
    /// <param name="blocks">The address of each lane's bytes.</param>
    /// <param name="offset">Where in them the 16 bytes are.</param>
    static abstract unsafe TVector LoadEveryFourth(byte** blocks, nint offset);

    /// <summary>Elements 0 and 1 of each group of four, from x and y by turns.</summary>
    static abstract TVector UnpackLow(TVector x, TVector y);

    /// <summary>Elements 2 and 3 of each group of four, from x and y by turns.</summary>
    static abstract TVector UnpackHigh(TVector x, TVector y);

    /// <summary>The first half of each group of four of x, then that of y.</summary>
    static abstract TVector UnpackLowPairs(TVector x, TVector y);

    /// <summary>The second half of each group of four of x, then that of y.</summary>
    static abstract TVector UnpackHighPairs(TVector x, TVector y);
}
