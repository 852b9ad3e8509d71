using System.Management.Automation;
using System.Text;
using DataVersion.Assemble;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Architecture;

public sealed class CommandSurfaceTests
{
    private const string Regenerate = "DATAVERSION_WRITE_SURFACE";
    private static readonly string Snapshot = Path.Combine(ModuleSession.RepositoryRoot, "tests", "Unit", "Architecture", "CommandSurface.txt");

    [Fact]
    public void The_command_surface_changes_only_on_purpose()
    {
        var actual = Describe();
        if (Environment.GetEnvironmentVariable(Regenerate) is { Length: > 0 })
            File.WriteAllText(Snapshot, actual);

        Assert.True(File.ReadAllText(Snapshot) == actual,
            $"The commands or parameters differ from CommandSurface.txt. If that is meant, run the tests once with {Regenerate}=1.\n{FirstDifference(actual)}");
    }

    [Fact]
    public void The_built_module_exports_exactly_these_commands()
    {
        using var session = new ModuleSession();

        Assert.Equal(CommandSurface.Read(typeof(DataCmdlet).Assembly).Select(c => c.Name),
            session.Run("(Get-Module DataVersion).ExportedCommands.Keys").Output.Select(o => o.ToString()!).Order(StringComparer.Ordinal));
        Assert.Empty(session.Run("(Get-Module DataVersion).ExportedAliases.Keys").Output);
    }

    [Fact]
    public void Every_verb_is_approved()
    {
        var approved = typeof(VerbsCommon).Assembly.GetExportedTypes()
            .Where(t => t.Namespace == typeof(VerbsCommon).Namespace && t.Name.StartsWith("Verbs", StringComparison.Ordinal))
            .SelectMany(t => t.GetFields()).Select(f => f.Name).ToHashSet();

        Assert.All(CommandSurface.Read(typeof(DataCmdlet).Assembly), c => Assert.Contains(c.Verb, approved));
    }

    private static string Describe()
    {
        var text = new StringBuilder();
        foreach (var command in CommandSurface.Read(typeof(DataCmdlet).Assembly))
        {
            text.Append(command.Name).Append(" -> ").AppendJoin(", ", command.OutputType.Select(o => o.Name)).Append('\n');
            foreach (var set in command.ParameterSets.OrderBy(s => s.Name, StringComparer.Ordinal))
            {
                text.Append("  [").Append(set.Name).Append(set.IsDefault ? "]*" : "]").Append('\n');
                foreach (var p in CommandSurface.Parameters(set))
                    text.Append("    -").Append(p.Name)
                        .Append(" <").Append(Name(p.ParameterType)).Append('>')
                        .Append(p.IsMandatory ? " mandatory" : "")
                        .Append(p.Position >= 0 ? $" position {p.Position}" : "")
                        .Append(p.ValueFromPipeline ? " pipeline" : "")
                        .Append(p.ValueFromPipelineByPropertyName ? " property" : "")
                        .Append(p.Aliases.Count > 0 ? " alias " + string.Join(',', p.Aliases) : "").Append('\n');
            }
        }
        return text.ToString();
    }

    private static string Name(Type type) =>
        Nullable.GetUnderlyingType(type) is { } inner ? inner.Name + "?" : type.Name;

    private static string FirstDifference(string actual)
    {
        var (old, now) = (File.ReadAllLines(Snapshot), actual.Split('\n'));
        for (var i = 0; i < Math.Max(old.Length, now.Length); i++)
            if (old.ElementAtOrDefault(i) != now.ElementAtOrDefault(i))
                return $"line {i + 1}: was '{old.ElementAtOrDefault(i)}', is '{now.ElementAtOrDefault(i)}'";
        return "";
    }
}
