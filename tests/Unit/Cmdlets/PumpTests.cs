using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine;

namespace DataVersion.Tests.Cmdlets;

public sealed class PumpTests
{
    /// <summary>What the worker of the command under test went through.</summary>
    private static readonly ConcurrentDictionary<string, string> Ended = new();

    [Fact]
    public void All_streams_arrive_in_order_and_errors_of_items_do_not_end_the_work()
    {
        using var session = Session();

        var result = session.Invoke("Test-Pump Talk -Verbose");

        Assert.Equal(["1", "2"], result.Output.Select(o => o.ToString()));
        Assert.Equal(["careful"], result.Warnings);
        Assert.Equal(["details"], result.Verbose);
        Assert.Equal(["PathNotFound"], result.ErrorIds);
        Assert.Equal("gone.bin", result.Errors[0].TargetObject);
    }

    [Fact]
    public void An_exception_ends_the_command_with_a_full_error_record()
    {
        using var session = Session();

        var result = session.Invoke("Test-Pump Throw");

        Assert.Equal(ErrorCategory.ResourceBusy, result.Errors[0].CategoryInfo.Category);
        Assert.StartsWith("RepositoryBusy,", result.Errors[0].FullyQualifiedErrorId);
        Assert.Contains("-LockTimeout", result.Errors[0].ErrorDetails.RecommendedAction);
    }

    [Theory]
    [InlineData("Test-Pump Endless -Key first | Select-Object -First 1", "first")]
    [InlineData("Test-Pump EndlessErrors -Key stop -ErrorAction Stop", "stop")]
    [InlineData("Test-Pump Endless -Key downstream | ForEach-Object { throw 'no' }", "downstream")]
    public void When_the_pipeline_ends_early_the_worker_has_ended_before_the_command_returns(string script, string key)
    {
        using var session = Session();

        session.Invoke(script);

        Assert.Equal("cleaned up", Ended[key]);
    }

    [Fact]
    public async Task Stopping_cancels_the_worker_and_waits_for_its_cleanup()
    {
        using var session = Session();
        using var shell = session.CreateShell();
        shell.AddScript("Test-Pump Wait -Key ctrlc");
        var running = shell.InvokeAsync();
        while (!Ended.ContainsKey("ctrlc"))
            await Task.Delay(10);

        await shell.StopAsync(null, null);

        await Assert.ThrowsAsync<PipelineStoppedException>(() => running);
        Assert.Equal("cleaned up", Ended["ctrlc"]);
    }

    [Fact]
    public void A_question_is_asked_on_the_pipeline_thread()
    {
        using var session = Session();

        Assert.Equal(["True"], session.Run("Test-Pump Ask").Output.Select(o => o.ToString()));
        Assert.Equal(["False"], session.Run("Test-Pump Ask -WhatIf").Output.Select(o => o.ToString()));
    }

    [Fact]
    public void Progress_is_thinned_out_and_taken_away()
    {
        var clock = new ManualClock();
        var sampler = new ProgressSampler(clock);
        var written = new List<ProgressRecord>();
        for (var i = 1; i <= 1000; i++)
        {
            clock.Now += TimeSpan.FromMilliseconds(10);
            sampler.Report(new OperationProgress("Hashing", i, 1000, i * 1048576L, 1000 * 1048576L, "file"));
            sampler.Sample(written.Add);
        }
        sampler.Complete(written.Add);

        Assert.InRange(written.Count, 50, 102);
        Assert.Equal(ProgressRecordType.Completed, written[^1].RecordType);
        var middle = written[written.Count / 2];
        Assert.InRange(middle.PercentComplete, 45, 55);
        Assert.InRange(middle.SecondsRemaining, 4, 6);
        Assert.Contains("MB/s", middle.StatusDescription);
    }

    [Fact]
    public void What_is_finished_is_taken_away_while_the_rest_goes_on()
    {
        var clock = new ManualClock();
        var sampler = new ProgressSampler(clock);
        var written = new List<ProgressRecord>();
        void At(string activity, int done)
        {
            clock.Now += TimeSpan.FromMilliseconds(200);
            sampler.Report(new OperationProgress(activity, done, 2, 0, 0, null));
            sampler.Sample(written.Add);
        }

        At("Running", 0);
        At("Hashing", 1);
        At("Hashing", 2);
        At("Running", 1);
        At("Hashing", 1);

        Assert.Equal(["Running Processing", "Hashing Processing", "Hashing Completed", "Running Processing", "Hashing Processing"],
            written.Select(record => $"{record.Activity} {record.RecordType}"));
        Assert.Equal(3, written.Select(record => record.ActivityId).Distinct().Count());
    }

    private static ModuleSession Session() => new(configure: state =>
        state.Commands.Add(new SessionStateCmdletEntry("Test-Pump", typeof(TestPumpCommand), null)));

    private sealed class ManualClock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(1);
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => Now.Ticks;
    }

    /// <summary>A command that does what a test wants.</summary>
    [Cmdlet(VerbsDiagnostic.Test, "Pump", SupportsShouldProcess = true)]
    public sealed class TestPumpCommand : DataCmdlet
    {
        [Parameter(Position = 0)]
        public string Task { get; set; } = "";

        [Parameter]
        public string Key { get; set; } = "";

        protected override void EndProcessing() => RunPumped((CmdletPump pump) =>
        {
            switch (Task)
            {
                case "Talk":
                    pump.WriteObject(1);
                    pump.Context.Warn("careful");
                    pump.Context.Trace("details");
                    pump.WriteError(new DataVersionException(DataErrorKind.PathNotFound, "gone", "gone.bin"));
                    pump.WriteObject(2);
                    break;
                case "Throw":
                    throw new AggregateException(new RepositoryBusyException("held", "lock", []));
                case "Ask":
                    pump.WriteObject(pump.Ask(() => ShouldProcess("x")));
                    break;
                case "Endless" or "EndlessErrors":
                    UntilCancelled(pump, i =>
                    {
                        if (Task == "Endless")
                            pump.WriteObject(i);
                        else
                            pump.WriteError(new IOException("bad"));
                    });
                    break;
                case "Wait":
                    UntilCancelled(pump, _ => pump.Context.Cancellation.WaitHandle.WaitOne(50));
                    break;
            }
        });

        private void UntilCancelled(CmdletPump pump, Action<int> step)
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    Ended[Key] = "running";
                    pump.Context.Cancellation.ThrowIfCancellationRequested();
                    step(i);
                }
            }
            finally
            {
                Thread.Sleep(100); // clean-up takes its time
                Ended[Key] = "cleaned up";
            }
        }
    }
}
