using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;

namespace DataVersion.Engine.Pipelines;

/// <summary>All stages of a tree, found by address. Immutable.</summary>
public sealed class StageSet
{
    private readonly Dictionary<string, StageDefinition> byAddress = new(StringComparer.Ordinal);
    private readonly ILookup<string, StageDefinition> byFile, byGroup;

    internal StageSet(IReadOnlyList<StageDefinition> stages)
    {
        Stages = stages;
        foreach (var stage in stages)
            byAddress.TryAdd(stage.Address, stage);
        byFile = stages.ToLookup(stage => stage.MetadataPath, StringComparer.Ordinal);
        byGroup = stages.Where(stage => stage.Group is not null)
            .ToLookup(stage => AddressOf(stage.MetadataPath, stage.Group!), StringComparer.Ordinal);
    }

    /// <summary>All stages: files by code points of their path, stages in the order of their file.</summary>
    public IReadOnlyList<StageDefinition> Stages { get; }

    /// <summary>The stage of this address, from the root; null when there is none.</summary>
    public StageDefinition? Find(string address) => byAddress.GetValueOrDefault(address);

    /// <summary>The stages that a file defines; empty when there are none.</summary>
    public IReadOnlyList<StageDefinition> OfFile(string metadataPath) => [.. byFile[metadataPath]];

    /// <summary>The members of a group, by its address from the root; empty when there is no such group.</summary>
    public IReadOnlyList<StageDefinition> OfGroup(string address) => [.. byGroup[address]];

    /// <summary>The address from the root of a stage or group of that name in a file.</summary>
    public static string AddressOf(string metadataPath, string name) =>
        metadataPath == PipelineFile.FileName ? name : metadataPath + ":" + name;

    /// <summary>Reads all stages of a tree.</summary>
    /// <param name="tree">Where to read.</param>
    /// <param name="problems">Receives one error per unreadable file or stage, which is then missing; with null the first one throws.</param>
    /// <param name="parsing">How maps in commands become options; null for DVC's defaults.</param>
    public static StageSet Load(IMetadataTree tree, IList<DataVersionException>? problems = null, ParsingOptions? parsing = null) =>
        new StageLoader(tree, parsing ?? ParsingOptions.Default, problems).Load();
}
