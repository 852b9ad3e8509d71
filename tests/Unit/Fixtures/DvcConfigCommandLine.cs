using System.Collections;

namespace DataVersion.Tests.Fixtures;

// The translations of "dvc config", "dvc remote" and "dvc cache dir".
internal static partial class DvcCommandLine
{
    // Set-DataRemote -Default:$false asks for a name; which one plays no part.
    private const string AnyRemote = "google";

    // DVC shows secrets.
    private static readonly string[] Scopes = ["System", "Global", "Repository", "Local"];

    private static DvcCommand Config(IReadOnlyList<string> words)
    {
        var args = new DvcArguments(words);
        var scope = Scope(args);
        if (args.Has("-l", "--list"))
        {
            var scopes = scope is null ? Scopes : [scope];
            var withOrigin = args.Has("--show-origin");
            return Checked(args, _ => new([.. scopes.Select(name => new CmdletCall("Get-DataConfig").Switch("ShowSecret").With("Scope", name))])
            { Output = found => DvcText.ConfigList(found, withOrigin) });
        }
        if (args.Has("-u", "--unset"))
            return Checked(args, _ => new(new CmdletCall("Remove-DataConfig").With("Name", args.Targets[0]).With("Scope", scope)));
        if (args.Targets is not [var name, var value])
            return Checked(args, _ => new(new CmdletCall("Get-DataConfig").Switch("ShowSecret").With("Name", args.Targets[0]).With("Scope", scope))
            { Output = DvcText.ConfigValue });
        return Checked(args, _ => new(new CmdletCall("Set-DataConfig").With("Name", name).With("Value", new[] { value }).With("Scope", scope)));
    }

    private static DvcCommand CacheDirectory(DvcArguments args)
    {
        var scope = Scope(args);
        return Checked(args, _ => args.Targets is [var folder]
            ? new(new CmdletCall("Set-DataConfig").With("Name", "cache.dir").With("Value", new[] { folder }).With("Scope", scope))
            : new(new CmdletCall("Get-DataRepository")) { Output = DvcText.CacheFolder });
    }

    private static DvcCommand Remote(string verb, IReadOnlyList<string> words)
    {
        var args = new DvcArguments(words);
        var scope = Scope(args);
        var unset = args.Has("-u", "--unset");
        var targets = args.Targets;
        CmdletCall Call(string name) => new CmdletCall(name).With("Scope", scope);
        return Checked(args, _ => (verb, targets.Count) switch
        {
            ("add", _) => new(Call("Add-DataRemote").With("Name", targets[0]).With("Url", targets[1])
                .Switch("Default", args.Has("-d")).Switch("Force", args.Has("-f"))),
            ("modify", _) when targets[1] == "url" => new(Call("Set-DataRemote").With("Name", targets[0]).With("Url", targets[2])),
            ("modify", _) => new(Call("Set-DataRemote").With("Name", targets[0])
                .With("Option", new Hashtable { [targets[1]] = unset ? null : targets[2] })),
            ("default", 0) when unset => new(Call("Set-DataRemote").With("Name", AnyRemote).With("Default", false)),
            ("default", 0) => new(new CmdletCall("Get-DataRepository")) { Output = DvcText.DefaultRemote },
            ("default", _) => new(Call("Set-DataRemote").With("Name", targets[0]).Switch("Default")),
            ("rename", _) => new(Call("Rename-DataRemote").With("Name", targets[0]).With("NewName", targets[1])),
            ("remove", _) => new(Call("Remove-DataRemote").With("Name", targets[0])),
            ("list", _) => new(new CmdletCall("Get-DataRemote")) { Output = DvcText.RemoteList },
            _ => throw new NotSupportedException($"No translation of 'dvc remote {verb}'."),
        });
    }

    private static string? Scope(DvcArguments args) =>
        args.Has("--local") ? "Local"
        : args.Has("--project") ? "Repository"
        : args.Has("--global") ? "Global"
        : args.Has("--system") ? "System"
        : null;
}
