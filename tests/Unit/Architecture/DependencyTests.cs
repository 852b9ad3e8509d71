using System.Reflection;
using System.Text.RegularExpressions;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Architecture;

public sealed partial class DependencyTests
{
    private static readonly Assembly Model = typeof(ContentHash).Assembly;
    private static readonly Assembly Engine = typeof(DataVersion.Engine.OperationContext).Assembly;
    private static readonly Assembly Remotes = Assembly.Load("DataVersion.Remotes");
    private static readonly Assembly Cmdlets = typeof(DataVersion.Cmdlets.Hosting.DataCmdlet).Assembly;
    private static readonly string[] Libraries = ["YamlDotNet", "Tomlyn", "AWSSDK", "Azure", "Google", "SSH", "Renci", "System.Management.Automation"];

    public static TheoryData<string, string[]> Arrows => new()
    {
        { "DataVersion", [] },
        { "DataVersion.Engine", ["DataVersion"] },
        { "DataVersion.Remotes", ["DataVersion", "DataVersion.Engine"] },
        { "DataVersion.Cmdlets", ["DataVersion", "DataVersion.Engine", "DataVersion.Remotes"] },
    };

    [Theory]
    [MemberData(nameof(Arrows))]
    public void An_assembly_refers_only_to_those_below_it(string name, string[] allowed)
    {
        var own = References(name).Where(r => r.StartsWith("DataVersion", StringComparison.Ordinal));

        Assert.Empty(own.Except(allowed));
    }

    [Fact]
    public void The_engine_knows_no_PowerShell_and_only_Remotes_knows_a_cloud()
    {
        Assert.DoesNotContain("System.Management.Automation", References("DataVersion.Engine").Concat(References("DataVersion.Remotes")));
        foreach (var name in new[] { "DataVersion", "DataVersion.Engine", "DataVersion.Cmdlets" })
            Assert.DoesNotContain(References(name), r => r.StartsWith("AWSSDK", StringComparison.Ordinal) || r.StartsWith("Azure", StringComparison.Ordinal));
        Assert.DoesNotContain("YamlDotNet", References("DataVersion").Concat(References("DataVersion.Cmdlets")));
    }

    [Fact]
    public void The_engine_asks_neither_the_console_nor_the_current_directory()
    {
        var forbidden = ForbiddenCalls();
        var found = Sources("src/Engine").Concat(Sources("src/Remotes")).SelectMany(file => File.ReadLines(file)
            .Select((line, i) => (line, i)).Where(l => forbidden.IsMatch(l.line)).Select(l => $"{file}:{l.i + 1}: {l.line.Trim()}"));

        Assert.Empty(found);
    }

    [Fact]
    public void No_type_of_a_library_is_in_a_public_signature()
    {
        var found = from assembly in new[] { Model, Engine, Remotes }
                    from type in assembly.GetExportedTypes()
                    where type.Namespace != "DataVersion.Loading"
                    from used in SignatureTypes(type)
                    where Libraries.Any(l => used.Assembly.GetName().Name!.StartsWith(l, StringComparison.Ordinal))
                    select $"{type.FullName} shows {used.FullName}";

        Assert.Empty(found.Distinct());
    }

    [Fact]
    public void No_type_has_a_name_that_says_nothing()
    {
        var found = new[] { Model, Engine, Remotes, Cmdlets }.SelectMany(a => a.GetTypes())
            .Where(t => t.Namespace?.StartsWith("DataVersion", StringComparison.Ordinal) == true) // not what compilers generate
            .Where(t => t.Name is "DataVersion" || EmptyName().IsMatch(t.Name)).Select(t => t.FullName);

        Assert.Empty(found);
    }

    [Fact]
    public void No_file_is_too_long_to_read()
    {
        var found = new[] { "src", "tests", "tools", "benchmarks" }.SelectMany(Sources)
            .Select(file => (file, lines: File.ReadLines(file).Count())).Where(f => f.lines >= 500)
            .Select(f => $"{f.file}: {f.lines} lines");

        Assert.Empty(found);
    }

    [Fact]
    public void A_cmdlet_is_sealed_in_a_file_of_its_own_name_and_at_most_three_levels_deep()
    {
        var files = Sources("src/Cmdlets").Select(Path.GetFileNameWithoutExtension).ToHashSet();
        foreach (var cmdlet in Cmdlets.GetTypes().Where(t => t.GetCustomAttribute<System.Management.Automation.CmdletAttribute>() is not null))
        {
            var attribute = cmdlet.GetCustomAttribute<System.Management.Automation.CmdletAttribute>()!;
            Assert.Equal($"{attribute.VerbName}{attribute.NounName}Command", cmdlet.Name);
            Assert.Contains(cmdlet.Name, files);
            Assert.True(cmdlet is { IsSealed: true, IsPublic: true }, $"{cmdlet.Name} is not public and sealed.");
            Assert.True(cmdlet.BaseType!.BaseType == typeof(DataVersion.Cmdlets.Hosting.DataCmdlet)
                || cmdlet.BaseType == typeof(DataVersion.Cmdlets.Hosting.DataCmdlet), $"{cmdlet.Name} is too deep.");
        }
    }

    private static IEnumerable<string> References(string assembly) =>
        Assembly.Load(assembly).GetReferencedAssemblies().Select(r => r.Name!);

    private static IEnumerable<Type> SignatureTypes(Type type)
    {
        const BindingFlags Visible = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<Type?> types =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetProperties(Visible).Select(p => p.PropertyType),
            .. type.GetFields(Visible).Select(f => f.FieldType),
            .. type.GetMethods(Visible).SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)),
            .. type.GetConstructors(Visible).SelectMany(c => c.GetParameters().Select(p => p.ParameterType)),
        ];
        return types.OfType<Type>().SelectMany(Flatten);
    }

    private static IEnumerable<Type> Flatten(Type type) =>
        type.HasElementType ? Flatten(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Flatten).Append(type.GetGenericTypeDefinition())
        : [type];

    private static IEnumerable<string> Sources(string folder)
    {
        var full = Path.Combine(ModuleSession.RepositoryRoot, folder);
        return !Directory.Exists(full) ? [] : Directory.EnumerateFiles(full, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Select(f => Path.GetRelativePath(ModuleSession.RepositoryRoot, f))
            .Select(f => Path.Combine(ModuleSession.RepositoryRoot, f));
    }

    [GeneratedRegex(@"\bConsole\.(Write|Out|Error|In|Read)|Environment\.CurrentDirectory|Directory\.(Get|Set)CurrentDirectory")]
    private static partial Regex ForbiddenCalls();

    [GeneratedRegex(@"(Utils?|Utilities|Helpers?|Manager)$")]
    private static partial Regex EmptyName();
}
