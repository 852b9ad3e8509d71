using DataVersion.Engine.Repositories;
using DataVersion.Tests.Fixtures;

namespace DataVersion.Tests.Repositories;

/// <summary>The recorded <c>dvc config</c> and <c>dvc remote</c> commands, carried out by the engine: same files, same failures.</summary>
public sealed class ConfigurationReplayTests
{
    [SharedTheory("fixtures")]
    [InlineData("22-config-edit")]
    [InlineData("23-config-remotes")]
    public void SameCommandsLeaveTheSameBytes(string name)
    {
        var fixture = FixtureCase.Read(name);
        using var scratch = new ScratchRepository();
        var repository = Path.Combine(scratch.Root, "repo");
        Directory.CreateDirectory(Path.Combine(repository, ".dvc"));
        File.WriteAllText(Path.Combine(repository, ".dvc", "config"), "");
        foreach (var step in fixture.Steps)
        {
            if (step.Json.TryGetProperty("snapshot", out var snapshot))
                Compare(Path.Combine(fixture.Folder, "expected", "snapshots", snapshot.GetString() + ".files"), repository, step.ToString());
            else if (step.Json.TryGetProperty("write", out var write))
                File.WriteAllText(Path.Combine(scratch.Root, write.GetProperty("path").GetString()!), write.GetProperty("text").GetString());
            else if (step.Json.TryGetProperty("mkdir", out var folder))
                Directory.CreateDirectory(Path.Combine(scratch.Root, folder.GetString()!));
            else if (step.IsDvc && step.Arguments[1] is "config" or "remote")
                Run(step, scratch.Root, repository);
        }
        Compare(Path.Combine(fixture.Folder, "expected", "files"), repository, "the end");
    }

    private static void Compare(string expected, string actual, string when)
    {
        foreach (var file in new[] { "config", "config.local" })
        {
            var wanted = Path.Combine(expected, ".dvc", file);
            var given = Path.Combine(actual, ".dvc", file);
            Assert.True(File.Exists(wanted) == File.Exists(given), $"{file} at {when}");
            if (File.Exists(wanted))
                Assert.Equal($"{when}\n{File.ReadAllText(wanted)}", $"{when}\n{File.ReadAllText(given)}");
        }
    }

    private static void Run(FixtureStep step, string root, string repository)
    {
        string? output = null;
        try
        {
            output = Execute([.. step.Arguments.Skip(1)], Path.Combine(root, step.Folder), new RepositoryLayout(repository));
        }
        catch (DataVersionException error)
        {
            Assert.True(step.Exit != 0, $"{step}: {error.Message}");
            return;
        }
        Assert.True(step.Exit == 0, $"{step} must fail");
        if (output is not null)
            Assert.Equal(step.Output.Replace("@ROOT@", root).TrimEnd('\n'), output);
    }

    private static string? Execute(List<string> words, string current, RepositoryLayout layout)
    {
        var local = words.Remove("--local");
        var project = words.Remove("--project");
        var unset = words.Remove("-u");
        var scope = local ? ConfigScope.Local : ConfigScope.Repository;
        var configuration = Configuration.Load(layout, validate: false);
        switch (words)
        {
            case ["config", "-l"] or ["remote", "list"]:
                return null;
            case ["config", var name] when unset:
                configuration.Remove(scope, name);
                return null;
            case ["config", var name]:
                // With an explicit level DVC makes a missing value an error; here it is null, and the cmdlet's to judge.
                return configuration.Get(name, local || project ? scope : null)
                    ?? throw new DataVersionException(DataErrorKind.ConfigurationNotFound, name);
            case ["config", var name, var value]:
                configuration.Set(scope, name, value, current);
                return null;
            case ["remote", "add", .. var rest]:
                var force = rest.Remove("-f");
                var isDefault = rest.Remove("-d");
                configuration.AddRemote(scope, rest[0], rest[1], force, isDefault, current);
                return null;
            case ["remote", "modify", var remote, var option] when unset:
                configuration.ModifyRemote(scope, remote, option, null, current);
                return null;
            case ["remote", "modify", var remote, var option, var value]:
                configuration.ModifyRemote(scope, remote, option, value, current);
                return null;
            case ["remote", "default"] when unset:
                configuration.SetDefaultRemote(scope, null);
                return null;
            case ["remote", "default"]:
                return configuration.DefaultRemote;
            case ["remote", "default", var remote]:
                configuration.SetDefaultRemote(scope, remote);
                return null;
            case ["remote", "rename", var from, var to]:
                configuration.RenameRemote(scope, from, to);
                return null;
            case ["remote", "remove", var remote]:
                configuration.RemoveRemote(scope, remote);
                return null;
            default:
                throw new NotSupportedException(string.Join(' ', words));
        }
    }
}
