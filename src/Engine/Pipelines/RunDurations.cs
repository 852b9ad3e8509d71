using System.Text.Json;
using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Pipelines;

/// <summary>How long stages took when they last ran here, to say how long they may take. Lost or wrong, only that is lost.</summary>
internal sealed class RunDurations
{
    private readonly string path;
    private readonly Dictionary<string, double> seconds = new(StringComparer.Ordinal);
    private bool changed;

    private RunDurations(string path) => this.path = path;

    public static RunDurations Load(RepositoryLayout layout)
    {
        var durations = new RunDurations(Path.Join(layout.StateFolder, "durations.json"));
        try
        {
            if (!File.Exists(durations.path))
                return durations;
            using var json = JsonDocument.Parse(File.ReadAllBytes(durations.path));
            foreach (var entry in json.RootElement.EnumerateObject())
                durations.seconds[entry.Name] = entry.Value.GetDouble();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            durations.seconds.Clear();
        }
        return durations;
    }

    /// <summary>Remembers how long a stage took.</summary>
    public void Set(string address, TimeSpan duration) => (seconds[address], changed) = (Math.Round(duration.TotalSeconds, 3), true);

    /// <summary>A stage with the time it has taken and the time it took before: <c>train 0:12 of about 0:30</c>.</summary>
    public string Describe(string address, TimeSpan elapsed)
    {
        var before = seconds.TryGetValue(address, out var known) && known >= 1 ? $" of about {Format(TimeSpan.FromSeconds(known))}" : "";
        return $"{address} {Format(elapsed)}{before}";
    }

    public void Save()
    {
        if (!changed)
            return;
        try
        {
            var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                foreach (var (address, value) in seconds)
                    json.WriteNumber(address, value);
                json.WriteEndObject();
            }
            AtomicFile.Write(path, buffer.ToArray(), durable: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It was only for telling.
        }
    }

    private static string Format(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}" : $"{(int)time.TotalMinutes}:{time.Seconds:00}";
}
