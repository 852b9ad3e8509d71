using System.Text;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Pipelines;

/// <summary>Where the output of commands is kept: a folder per run below <c>.dvc/tmp/dataversion/runs</c>, a file per stage. The last twenty runs stay.</summary>
internal sealed class RunLogs(RepositoryLayout layout)
{
    private const int RunsKept = 20;

    private readonly string root = Path.Join(layout.StateFolder, "runs");
    private readonly string name = $"{DateTime.Now:yyyyMMdd-HHmmss-fff}-{Environment.ProcessId}";

    /// <summary>The file for the output of a stage; it need not exist.</summary>
    public string PathOf(StageDefinition stage)
    {
        var file = new StringBuilder(stage.Address.Length + 4);
        foreach (var character in stage.Address)
            file.Append(char.IsLetterOrDigit(character) || character is '-' or '_' or '@' or '.' ? character : '_');
        // Two stages of other names must not share a file, and no name may be too long for a file system.
        if (file.Length > 100 || file.ToString() != stage.Address)
            file.Length = Math.Min(file.Length, 100);
        var suffix = file.ToString() == stage.Address ? "" : "-" + System.IO.Hashing.XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(stage.Address)).ToString("x16")[..8];
        return Path.Join(root, name, file + suffix + ".log");
    }

    /// <summary>Removes the logs of older runs. They are only logs: what cannot be removed stays.</summary>
    public void Prune()
    {
        try
        {
            if (!Directory.Exists(root))
                return;
            foreach (var old in Directory.GetDirectories(root).Order(StringComparer.Ordinal).SkipLast(RunsKept))
                Directory.Delete(old, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Next time.
        }
    }
}
