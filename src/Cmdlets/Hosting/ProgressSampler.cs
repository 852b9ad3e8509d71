using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using DataVersion.Engine;

namespace DataVersion.Cmdlets.Hosting;

/// <summary>
/// Turns the engine's many progress reports into a few progress records: at most one per activity and 100 ms, with counts,
/// bytes, rate and time left.
/// </summary>
internal sealed class ProgressSampler(TimeProvider? clock = null)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly Lock gate = new();
    private readonly List<Activity> activities = [];
    private long lastSample;
    private int lastId;
    private volatile bool dirty;

    /// <summary>Takes a report from any thread.</summary>
    public void Report(OperationProgress progress)
    {
        lock (gate)
        {
            var activity = activities.Find(a => a.Name == progress.Activity);
            if (activity is null)
                activities.Add(activity = new Activity(progress.Activity, ++lastId, clock.GetTimestamp()));
            activity.Latest = progress;
            activity.Changed = true;
        }
        dirty = true;
    }

    /// <summary>Writes what has changed, if 100 ms have passed since the last time. Called on the pipeline thread.</summary>
    public void Sample(Action<ProgressRecord> write)
    {
        if (!dirty || (lastSample != 0 && clock.GetElapsedTime(lastSample) < Interval))
            return;
        lastSample = clock.GetTimestamp();
        dirty = false;
        List<ProgressRecord> records;
        lock (gate)
        {
            records = [.. activities.Where(a => a.Changed && (!a.IsFinished || a.Shown)).Select(a => a.ToRecord(clock))];
            // A long command does many short things: what is finished must not stand in the way of what goes on.
            activities.RemoveAll(a => a.IsFinished);
        }
        records.ForEach(write);
    }

    /// <summary>Takes every bar off the screen.</summary>
    public void Complete(Action<ProgressRecord> write)
    {
        lock (gate)
            foreach (var activity in activities.Where(a => a.Shown))
                write(new ProgressRecord(activity.Id, activity.Name, "Done") { RecordType = ProgressRecordType.Completed });
    }

    private sealed class Activity(string name, int id, long started)
    {
        public string Name { get; } = name;
        public int Id { get; } = id;
        public OperationProgress Latest { get; set; }
        public bool Changed { get; set; }
        public bool Shown { get; private set; }
        public bool IsFinished => Latest.ItemsTotal > 0 && Latest.ItemsDone >= Latest.ItemsTotal && Latest.BytesDone >= Latest.BytesTotal;

        public ProgressRecord ToRecord(TimeProvider clock)
        {
            Changed = false;
            Shown = true;
            var (done, total) = Latest.BytesTotal > 0
                ? (Latest.BytesDone, Latest.BytesTotal)
                : (Latest.ItemsDone, Latest.ItemsTotal);
            var seconds = clock.GetElapsedTime(started).TotalSeconds;
            var record = new ProgressRecord(Id, Name, Describe(seconds))
            {
                RecordType = IsFinished ? ProgressRecordType.Completed : ProgressRecordType.Processing,
                PercentComplete = total > 0 ? (int)Math.Clamp(done * 100.0 / total, 0, 100) : -1,
            };
            if (total > 0 && done > 0 && seconds >= 1)
                record.SecondsRemaining = (int)Math.Min(int.MaxValue, seconds * (total - done) / done);
            if (!string.IsNullOrEmpty(Latest.Current))
                record.CurrentOperation = Latest.Current;
            return record;
        }

        private string Describe(double seconds)
        {
            var parts = new List<string>(3);
            if (Latest.ItemsTotal > 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Latest.ItemsDone} of {Latest.ItemsTotal}"));
            else if (Latest.ItemsDone > 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Latest.ItemsDone}"));
            if (Latest.BytesTotal > 0)
                parts.Add($"{ByteSize.Format(Latest.BytesDone)} of {ByteSize.Format(Latest.BytesTotal)}");
            else if (Latest.BytesDone > 0)
                parts.Add(ByteSize.Format(Latest.BytesDone));
            if (Latest.BytesDone > 0 && seconds > 0.1)
                parts.Add(ByteSize.Format((long)(Latest.BytesDone / seconds)) + "/s");
            return parts.Count > 0 ? string.Join(", ", parts) : "Working";
        }
    }
}
