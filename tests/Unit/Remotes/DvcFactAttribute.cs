namespace DataVersion.Tests.Remotes;

/// <summary>A test together with the real DVC; skipped with the reason where it is not installed.</summary>
internal sealed class DvcFactAttribute : FactAttribute
{
    public DvcFactAttribute() => Skip = WhyNot;

    /// <summary>Why there is no DVC; null when there is.</summary>
    public static string? WhyNot { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(f => File.Exists(Path.Combine(f, "dvc")))
        ? null : "There is no dvc on the PATH.";
}
