namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>How many messages are hashed by one instruction stream.</summary>
internal enum LaneWidth : byte
{
    /// <summary>One, by the platform.</summary>
    One,
    /// <summary>4 in vectors of 128 bits.</summary>
    Four,
    /// <summary>8 in vectors of 256 bits.</summary>
    Eight,
    /// <summary>16 in vectors of 512 bits.</summary>
    Sixteen,
}
