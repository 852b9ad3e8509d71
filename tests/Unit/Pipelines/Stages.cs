using DataVersion.Engine.Pipelines;
using DataVersion.Tests.Metadata;

namespace DataVersion.Tests.Pipelines;

/// <summary>Stages out of texts of metadata files.</summary>
internal static class Stages
{
    public static StageSet Set(params (string Path, string Text)[] files)
    {
        var tree = new MemoryTree();
        foreach (var (path, text) in files)
            tree.Add(path, text);
        return StageSet.Load(tree);
    }

    public static StageGraph Graph(params (string Path, string Text)[] files) => StageGraph.Build(Set(files));

    /// <summary>A <c>dvc.yaml</c> out of short lines: <c>name: dep dep -> out out</c>; a name with <c>!</c> is frozen.</summary>
    public static StageGraph Short(string text) => Graph(("dvc.yaml", "stages:\n" + string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
    {
        var (name, rest) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..]);
        var sides = rest.Split("->");
        return $"  {name.TrimEnd('!')}:\n    cmd: x\n" + (name.EndsWith('!') ? "    frozen: true\n" : "") + List("deps", sides[0]) + List("outs", sides[1]);
    }))));

    public static string[] Addresses(this IEnumerable<StageDefinition> stages) => [.. stages.Select(stage => stage.Address)];

    private static string List(string key, string names) => names.Trim().Length == 0 ? ""
        : $"    {key}:\n" + string.Concat(names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => $"    - {name}\n"));
}
