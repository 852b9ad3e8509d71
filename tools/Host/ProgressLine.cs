using System.Management.Automation;

namespace DataVersion.Host;

/// <summary>One line at the bottom of a terminal that shows the newest progress; nothing when output is redirected.</summary>
internal sealed class ProgressLine
{
    private const int BarWidth = 24;
    private readonly bool visible = !Console.IsErrorRedirected && !Console.IsOutputRedirected;
    private bool shown;

    public void Show(ProgressRecord record)
    {
        if (!visible)
            return;
        if (record.RecordType == ProgressRecordType.Completed)
        {
            Clear();
            return;
        }
        var bar = "";
        if (record.PercentComplete >= 0)
        {
            var filled = record.PercentComplete * BarWidth / 100;
            bar = $" [{new string('#', filled)}{new string(' ', BarWidth - filled)}] {record.PercentComplete,3}%";
        }
        var left = record.SecondsRemaining >= 0 ? $", {TimeSpan.FromSeconds(record.SecondsRemaining):g} left" : "";
        var text = $"{record.Activity}{bar} {record.StatusDescription}{left}";
        var width = Math.Max(20, Console.WindowWidth - 1);
        Console.Error.Write($"\r\e[2K{(text.Length > width ? text[..width] : text)}");
        shown = true;
    }

    public void Clear()
    {
        if (!shown)
            return;
        Console.Error.Write("\r\e[2K");
        shown = false;
    }
}
