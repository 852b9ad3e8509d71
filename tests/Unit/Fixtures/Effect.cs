using System.Text;

namespace DataVersion.Tests.Fixtures;

/// <summary>What a recorded step left behind, put in place without carrying it out.</summary>
internal abstract record Effect
{
    /// <summary>Puts the effect into the world.</summary>
    public abstract void Apply(FixtureCase fixture, FixtureWorld world);
}

/// <summary>Files and folders of the recorded end state (paths relative to the root).</summary>
internal sealed record FromArchive(params string[] Paths) : Effect
{
    /// <inheritdoc/>
    public override void Apply(FixtureCase fixture, FixtureWorld world) => FixtureArchive.Unpack(fixture, world.Root,
        name => Paths.Any(path => name == path || name.StartsWith(path + "/", StringComparison.Ordinal)));
}

/// <summary>Metadata files of a repository as a snapshot in the middle recorded them.</summary>
internal sealed record FromSnapshot(string Repository, string Name, params string[] Files) : Effect
{
    /// <inheritdoc/>
    public override void Apply(FixtureCase fixture, FixtureWorld world)
    {
        foreach (var file in Files)
            StepActions.Put(world.At(Repository + "/" + file), File.ReadAllBytes(
                Path.Combine(fixture.Folder, "expected", "snapshots", Name + ".files", RecordedText.Portable(file))));
    }
}

/// <summary>A file with the text that a stage's command prints.</summary>
internal sealed record Text(string Path, string Content) : Effect
{
    /// <inheritdoc/>
    public override void Apply(FixtureCase fixture, FixtureWorld world) => StepActions.Put(world.At(Path), Encoding.UTF8.GetBytes(Content));
}
