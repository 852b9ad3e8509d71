using System.Globalization;
using System.Text;

namespace DataVersion.Benchmarks.Workflows;

/// <summary>Writes what was measured as Markdown.</summary>
internal sealed class Report(WorkflowOptions options, IReadOnlyList<Case> cases)
{
    private readonly StringBuilder text = new();

    /// <summary>The whole report.</summary>
    public string Write()
    {
        text.Append(CultureInfo.InvariantCulture, $"# Measured on {DateTime.Now:yyyy-MM-dd}\n\n");
        foreach (var (name, value) in Machine.Describe(options))
            text.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");
        text.Append('\n');
        foreach (var c in cases.Where(c => c.Failure is not null))
            text.Append(CultureInfo.InvariantCulture, $"**Failed**: {c.Operation.Name}, {c.Dataset.Name}, {c.Link}, {c.FileSystem}:\n\n```\n{c.Failure}\n```\n\n");
        if (options.CountSystemCalls)
            Calls();
        else
        {
            Ratios();
            StartUps();
            Gaps();
            Everything();
        }
        Commands();
        return text.ToString();
    }

    /// <summary>One line for the screen.</summary>
    public static string Line(Case measured) =>
        $"{measured.FileSystem,-15} {measured.Dataset.Name,-10} {measured.Operation.Name,-14} {measured.Link,-9}"
        + string.Concat(measured.Times.Where(_ => measured.Calls.Count == 0).Select(t => $"  {t.Key} {Quantity.Time(t.Value.Median)}"))
        + string.Concat(measured.Calls.Select(c => $"  {c.Key} {c.Value.Describe(measured.Dataset.Files)}"))
        + (measured.Failure is { } failure ? $"\n  FAILED: {failure}" : "")
        + (measured.Calls.Count == 0 && measured.Gap is { } gap ? $"  gap {Quantity.Ratio(gap)}" : "");

    private void Ratios()
    {
        text.Append("""
            ## Against the targets

            DataVersion in a session: median (shortest .. longest) of the rounds. Ratios are medians of the ratios of each round:
            our time by the floor's, and DVC's time by ours, each with its target. Gap: the worse of the two, by its target; what
            is over 1 is not reached. CPU is without the git that is started.

            | file system | data | operation | link | DataVersion | CPU | memory | floor | x floor | DVC | DVC / ours | gap |
            |---|---|---|---|---|---|---|---|---|---|---|---|

            """);
        foreach (var c in cases.Where(c => c.Ours is not null && !c.Operation.IsStartUp))
        {
            var floor = c.JudgedFloor is null ? null : c.Times.GetValueOrDefault(c.JudgedFloor);
            var dvc = c.Times.GetValueOrDefault(DvcContender.ProgramName);
            var limits = (c.Targets.Seconds is { } s ? $" (under {Quantity.Time(s)})" : "");
            Row(c.FileSystem, Data(c), c.Operation.Name, c.Link, Spread(c.Ours!) + limits, Quantity.Time(c.Ours!.Cpu),
                $"{c.Ours.Peak / 1_000_000} MB" + (c.Targets.Bytes is { } b ? $" (under {b / 1_000_000} MB)" : ""),
                floor is null ? "" : $"{c.JudgedFloor}: {Quantity.Time(floor.Median)}",
                c.ToFloor is { } f ? Quantity.Ratio(f) + Of(c.Targets.TimesFloor) : "",
                dvc is null ? "" : Quantity.Time(dvc.Median),
                c.ToDvc is { } d ? Quantity.Ratio(d) + Of(c.Targets.TimesFasterThanDvc) : "",
                c.Gap is { } gap ? (gap > 1 ? $"**{Quantity.Ratio(gap)}**" : Quantity.Ratio(gap)) : "");
        }
    }

    private void StartUps()
    {
        foreach (var c in cases.Where(c => c.Operation.IsStartUp))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## Start-up ({c.FileSystem})\n\n");
            foreach (var shell in StartUp.Shells)
                if (StartUp.ImportSeconds(c, shell) is { } import)
                    text.Append(CultureInfo.InvariantCulture, $"- {shell}: Import-Module on top of a bare session {Quantity.Time(import)} (under 100 ms); ")
                        .Append(CultureInfo.InvariantCulture, $"first command from a new shell {Quantity.Time(c.Times[$"{shell}, {StartUp.FirstCommand}"].Median)}")
                        .Append(StartUp.FirstCommandToDvc(c, shell) is { } dvc ? $", {Quantity.Ratio(dvc)} times as fast as `dvc status` (3)\n" : "\n");
        }
    }

    private void Gaps()
    {
        text.Append("\n## What is not reached, worst first\n\n");
        foreach (var c in cases.Where(c => c.Gap > 1).OrderByDescending(c => c.Gap))
            text.Append(CultureInfo.InvariantCulture, $"1. {Quantity.Ratio(c.Gap!.Value)}: {c.Operation.Name}, {c.Dataset.Name}, {c.Link}, {c.FileSystem}\n");
    }

    private void Everything()
    {
        text.Append("\n## All participants\n\n| file system | data | operation | link | who | median (shortest .. longest) | CPU | rounds | others had |\n|---|---|---|---|---|---|---|---|---|\n");
        foreach (var c in cases)
            foreach (var (name, series) in c.Times)
                Row(c.FileSystem, Data(c), c.Operation.Name, c.Link, name, Spread(series), Quantity.Time(series.Cpu),
                    series.Count.ToString(CultureInfo.InvariantCulture), series.Disturbance.ToString("0 %", CultureInfo.InvariantCulture));
    }

    private void Calls()
    {
        text.Append("## System calls per file\n\n| file system | data | operation | link | who | all | most frequent |\n|---|---|---|---|---|---|---|\n");
        foreach (var c in cases)
            foreach (var (name, calls) in c.Calls)
                Row(c.FileSystem, Data(c), c.Operation.Name, c.Link, name, Quantity.Ratio((double)calls.Total / c.Dataset.Files), calls.Describe(c.Dataset.Files));
    }

    private void Commands()
    {
        text.Append("\n## Commands\n\n`$S` is the data, `$C` our cache, `$T` a path where nothing is yet.\n\n");
        foreach (var group in cases.Where(c => !c.Operation.IsStartUp).SelectMany(c => c.Commands.Select(p => (c.Operation.Name, Who: p.Key, Command: p.Value))).Distinct().GroupBy(c => c.Name))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {group.Key}\n");
            foreach (var (_, who, command) in group)
                text.Append(CultureInfo.InvariantCulture, $"  - {who}: `{command}`\n");
        }
    }

    private void Row(params string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Data(Case c) => $"{c.Dataset.Name} ({c.Dataset})";

    private static string Of(double? target) => target is { } value ? $" ({Quantity.Ratio(value)})" : "";

    private static string Spread(Series series) => series.Count == 1 ? Quantity.Time(series.Median)
        : $"{Quantity.Time(series.Median)} ({Quantity.Time(series.Min)} .. {Quantity.Time(series.Max)})";
}
