namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>
/// The functions of MD5 as truth tables of the bits of b, c and d: bit (4b + 2c + d) is the result (Intel SDM, VPTERNLOGD).
/// </summary>
internal static class TernaryTable
{
    private const byte B = 0b1111_0000, C = 0b1100_1100, D = 0b1010_1010;

    public const byte F = (B & C) | (~B & D);
    public const byte G = (B & D) | (C & ~D & 0xFF);
    public const byte H = B ^ C ^ D;
    public const byte I = C ^ (B | (~D & 0xFF));
}
