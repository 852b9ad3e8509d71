using System.Globalization;
using System.Management.Automation.Host;

namespace DataVersion.Host;

/// <summary>The host: who we are, where output goes, how the session ends.</summary>
internal sealed class ConsoleHost : PSHost
{
    /// <summary>The screen.</summary>
    public ConsoleScreen Screen { get; } = new();

    /// <summary>What <c>exit</c> said.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => "DataVersion.Host";
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override Version Version { get; } = typeof(ConsoleHost).Assembly.GetName().Version ?? new Version(0, 0);
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;
    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;
    public override PSHostUserInterface UI => Screen;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("This host has no nested prompt.");

    public override void ExitNestedPrompt()
    {
    }

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
