using System.Collections.Concurrent;
using DataVersion.Engine.Files;

namespace DataVersion.Tests.Objects;

/// <summary>Stat records in memory that believe everything, and count what was asked.</summary>
internal sealed class RecordedStats : IStatRecords
{
    private readonly ConcurrentDictionary<(string, ContentHashAlgorithm), (FileStat Stat, ContentHash Hash)> records = new();

    public int Count => records.Count;

    public bool TryGet(ReadOnlySpan<char> absolutePath, in FileStat stat, ContentHashAlgorithm algorithm, out ContentHash hash)
    {
        var found = records.TryGetValue((absolutePath.ToString(), algorithm), out var record) && record.Stat.SameContentAs(stat);
        hash = found ? record.Hash : default;
        return found;
    }

    public void Record(string absolutePath, in FileStat stat, ContentHash hash) => records[(absolutePath, hash.Algorithm)] = (stat, hash);

    public void Forget(string absolutePath)
    {
        foreach (var algorithm in Enum.GetValues<ContentHashAlgorithm>())
            records.TryRemove((absolutePath, algorithm), out _);
    }
}
