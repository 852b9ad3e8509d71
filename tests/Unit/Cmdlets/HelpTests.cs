using System.Management.Automation;
using DataVersion.Assemble;
using DataVersion.Cmdlets.Hosting;

namespace DataVersion.Tests.Cmdlets;

public sealed class HelpTests
{
    private static readonly IReadOnlyList<CmdletInfo> Commands = CommandSurface.Read(typeof(DataCmdlet).Assembly);
    private static readonly HelpTopics Topics = HelpTopics.Load(Path.Combine(ModuleSession.RepositoryRoot, "docs", "en-US"));

    public static TheoryData<string> Names => [.. Commands.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_command_has_a_text_for_everything_and_an_example(string name)
    {
        var command = Commands.Single(c => c.Name == name);
        var topic = Topics.Of(name);

        Assert.True(topic.Synopsis.Count == 1, $"docs/en-US/{name}.md has no synopsis of one paragraph.");
        Assert.NotEmpty(topic.Description);
        Assert.NotEmpty(topic.Examples);
        Assert.All(topic.Examples, e => Assert.True(e.Code.Length > 0 && e.Text.Count > 0, $"'{e.Title}' lacks code or text."));
        Assert.NotEmpty(topic.Outputs);
        var own = command.ParameterSets.SelectMany(CommandSurface.Parameters).Select(p => p.Name).ToHashSet();
        Assert.All(own, p => Assert.True(Topics.OfParameter(name, p).Count > 0, $"{name} -{p} has no text."));
        Assert.All(topic.Parameters, p => Assert.True(own.Contains(p.Title.TrimStart('-')), $"{name} has no parameter {p.Title} (any more)."));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Examples_use_parameters_that_exist(string name)
    {
        foreach (var example in Topics.Of(name).Examples)
        {
            var script = System.Management.Automation.Language.Parser.ParseInput(example.Code, out _, out var errors);
            Assert.Empty(errors);
            foreach (var call in script.FindAll(a => a is System.Management.Automation.Language.CommandAst, true)
                .Cast<System.Management.Automation.Language.CommandAst>())
            {
                if (Commands.FirstOrDefault(c => c.Name == call.GetCommandName()) is not { } called)
                    continue;
                foreach (var parameter in call.CommandElements.OfType<System.Management.Automation.Language.CommandParameterAst>())
                    Assert.True(called.Parameters.Keys.Concat(CommandSurface.CommonParameters)
                        .Any(p => p.StartsWith(parameter.ParameterName, StringComparison.OrdinalIgnoreCase)),
                        $"{called.Name} has no parameter -{parameter.ParameterName}: {example.Code}");
            }
        }
    }

    [Fact]
    public void No_text_is_about_a_command_that_does_not_exist() =>
        Assert.Empty(Topics.Commands.Select(t => t.Name).Except(Commands.Select(c => c.Name)));

    [Fact]
    public void Get_Help_shows_the_built_text()
    {
        using var session = new ModuleSession();

        var help = session.Run("Get-Help Set-DataConfig -Full").Output.Single();

        Assert.Equal("Sets an option in the configuration file of one level.", ((string)help.Properties["Synopsis"].Value).Trim());
        var text = string.Join(' ', ModuleSession.Render(new[] { help }).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("Set-DataConfig [-Name] <string> [-Value] <string[]>", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Example 1: Link instead of copying", text);
        Assert.Contains("Several values make a list", text);
        Assert.Contains("as a list", session.Run("(Get-Help Set-DataConfig -Parameter Value).Description.Text").Output.Single().ToString());
    }
}
