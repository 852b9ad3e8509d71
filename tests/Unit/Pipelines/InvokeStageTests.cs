using DataVersion.Tests.Faults;

namespace DataVersion.Tests.Pipelines;

/// <summary>What a user of Invoke-Stage sees: what runs, what does not, what is said of failures, and that nothing is lost.</summary>
public sealed class InvokeStageTests : IDisposable
{
    private const string Chain = """
        stages:
          upper:
            cmd: tr a-z A-Z < in.txt > upper.txt
            deps: [in.txt]
            outs: [upper.txt]
          count:
            cmd: wc -c < upper.txt > count.txt; echo ran >> runs.log
            deps: [upper.txt]
            outs: [count.txt]

        """;

    private readonly FaultRepository place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void Only_what_changed_runs_and_the_order_is_that_of_the_data()
    {
        Given(Chain, ("in.txt", "abc"));
        Assert.Equal([("upper", StageOutcome.Ran), ("count", StageOutcome.Ran)], Run());
        Assert.Equal([("upper", StageOutcome.Unchanged), ("count", StageOutcome.Unchanged)], Run());

        // The same content in another file at another time is no change.
        place.Write("in.txt", "abc");
        Assert.Equal([("upper", StageOutcome.Unchanged), ("count", StageOutcome.Unchanged)], Run());

        // Another input that gives the same output stops there.
        place.Write("in.txt", "Abc");
        Assert.Equal([("upper", StageOutcome.Ran), ("count", StageOutcome.Unchanged)], Run());
        Assert.Equal("ABC", place.Read("upper.txt"));
    }

    [Fact]
    public void Reasons_name_dependency_parameter_command_and_output_with_old_and_new()
    {
        Given("""
            stages:
              s:
                cmd: cat in.txt > out.txt
                deps: [in.txt]
                params: [lr, p.json: [depth]]
                outs: [out.txt]

            """, ("in.txt", "one"), ("params.yaml", "lr: 0.1\n"), ("p.json", "{\"depth\": 3}"));
        Run();
        place.Write("in.txt", "two");
        place.Write("params.yaml", "lr: 0.2\n");
        File.Delete(place.PathOf("out.txt"));
        place.Write("dvc.yaml", place.Read("dvc.yaml").Replace("cat in.txt", "cat  in.txt"));

        var reasons = place.Session.Run<StageReason>("Get-StageReason s");

        Assert.Equal([StageReasonKind.CommandChanged, StageReasonKind.DependencyModified, StageReasonKind.ParameterModified, StageReasonKind.OutputMissing],
            reasons.Select(reason => reason.Kind));
        Assert.Equal(("lr", 0.1, 0.2), (reasons[2].Name, reasons[2].OldValue, reasons[2].NewValue));
        Assert.Equal("f97c5d29941bfb1b2fdab0874906ab82", reasons[1].OldValue!.ToString());
        Assert.Equal("b8a9f715dbb64fd5c56e7783c6820a61", reasons[1].NewValue!.ToString());
        Assert.Equal("cat in.txt > out.txt", reasons[0].OldValue);
        Assert.Equal([("s", StageOutcome.Ran)], Run());
        Assert.Empty(place.Session.Run<StageReason>("Get-StageReason s"));
    }

    [Fact]
    public void What_was_run_before_with_the_same_inputs_is_restored_on_any_branch()
    {
        Given(Chain, ("in.txt", "abc"));
        Run();
        place.Write("in.txt", "xyz");
        Run();
        place.Write("in.txt", "abc");

        Assert.Equal([("upper", StageOutcome.Restored), ("count", StageOutcome.Restored)], Run());
        Assert.Equal("ABC", place.Read("upper.txt"));
        Assert.Equal(2, File.ReadAllLines(place.PathOf("runs.log")).Length);
        Assert.Equal([("upper", StageOutcome.Ran), ("count", StageOutcome.Ran)], Run("Invoke-Stage -Quiet -Force"));
        place.Write("in.txt", "xyz");
        Assert.Equal([("upper", StageOutcome.Ran), ("count", StageOutcome.Ran)], Run("Invoke-Stage -Quiet -NoRunCache"));
    }

    [Fact]
    public void WhatIf_is_the_plan_with_reasons_and_changes_nothing()
    {
        Given(Chain, ("in.txt", "abc"));
        Run();
        place.Write("in.txt", "new");
        var before = place.Snapshot();

        var result = HostProcess.Run(place.Root, "Invoke-Stage -WhatIf");

        Assert.Contains("dependency 'in.txt' changed", result.Output, StringComparison.Ordinal);
        Assert.Contains("'upper' runs before it", result.Output, StringComparison.Ordinal);
        Assert.Equal(before, place.Snapshot());
    }

    [Fact]
    public void A_failing_command_names_stage_exit_code_and_its_last_lines_and_what_came_before_is_recorded()
    {
        Given(Chain.Replace("wc -c < upper.txt > count.txt", "echo so far; echo no space >&2; exit 3"), ("in.txt", "abc"));

        var result = place.Session.Invoke("Invoke-Stage -Quiet");

        var error = Assert.Single(result.Errors);
        Assert.Equal("StageFailed,DataVersion.Cmdlets.InvokeStageCommand", error.FullyQualifiedErrorId);
        Assert.Equal("count", error.TargetObject);
        Assert.Contains("exit code 3", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("no space", error.ToString(), StringComparison.Ordinal);
        var failed = (StageResult)result.Output[1].BaseObject;
        Assert.Equal((StageOutcome.Failed, 3), (failed.Outcome, failed.ExitCode));
        Assert.Contains("so far", failed.Log);
        Assert.Contains("no space", File.ReadAllText(failed.LogPath!), StringComparison.Ordinal);
        Assert.Contains("upper:", place.Read("dvc.lock"), StringComparison.Ordinal);
        Assert.DoesNotContain("count:", place.Read("dvc.lock"), StringComparison.Ordinal);
        Assert.Equal([("upper", StageOutcome.Unchanged), ("count", StageOutcome.Failed)], Outcomes(place.Session.Invoke("Invoke-Stage -Quiet")));
    }

    [Fact]
    public void With_KeepGoing_what_does_not_depend_on_a_failure_runs()
    {
        Given("""
            stages:
              bad: {cmd: "false", outs: [a]}
              after: {cmd: cp a b, deps: [a], outs: [b]}
              other: {cmd: echo x > c, outs: [c]}

            """);

        var result = place.Session.Invoke("Invoke-Stage -Quiet -KeepGoing");

        Assert.Equal([("bad", StageOutcome.Failed), ("after", StageOutcome.Skipped), ("other", StageOutcome.Ran)], Outcomes(result));
        Assert.Equal(["StageFailed", "StageSkipped"], result.ErrorIds);
        Assert.Equal([("bad", StageOutcome.Failed)], Outcomes(place.Session.Invoke("Invoke-Stage -Quiet")));
    }

    [Fact]
    public void An_output_that_is_not_made_or_a_dependency_that_is_not_there_is_an_error_that_names_it()
    {
        Given("""
            stages:
              empty: {cmd: "true", outs: [never.txt]}

            """);
        place.Fails(DataErrorKind.OutputMissing, "never.txt", "Invoke-Stage -Quiet");
        Given("""
            stages:
              s: {cmd: cp nowhere.txt out.txt, deps: [nowhere.txt], outs: [out.txt]}

            """);
        place.Fails(DataErrorKind.DependencyMissing, "nowhere.txt", "Invoke-Stage -Quiet");
        Given("""
            stages:
              s: {cmd: touch out.txt, wdir: sub, outs: [out.txt]}

            """);
        place.Fails(DataErrorKind.PathNotFound, "sub", "Invoke-Stage -Quiet");
    }

    [Fact]
    public void An_output_outside_the_repository_is_refused_before_anything_runs_unless_it_is_not_cached()
    {
        var outside = Path.Combine(Path.GetDirectoryName(place.Root)!, "outside.txt");
        Given("stages:\n  s: {cmd: echo x > ../outside.txt, outs: [../outside.txt]}\n");
        place.Fails(DataErrorKind.PathOutsideRepository, "../outside.txt", "Invoke-Stage -Quiet");
        Assert.False(File.Exists(outside));

        Given("stages:\n  s: {cmd: echo x > ../outside.txt, outs: [../outside.txt: {cache: false}]}\n");
        Assert.Equal([("s", StageOutcome.Ran)], Run());
        Assert.Equal([("s", StageOutcome.Unchanged)], Run());
        File.WriteAllText(outside, "changed");
        Assert.Equal([("s", StageOutcome.Ran)], Run());
    }

    [Fact]
    public void A_command_that_is_killed_is_a_failure()
    {
        Given("stages:\n  s: {cmd: kill -9 $$, outs: [k]}\n");
        var result = place.Fails(DataErrorKind.StageFailed, "kill -9", "Invoke-Stage -Quiet");
        Assert.Equal(137, ((StageResult)Assert.Single(result.Output).BaseObject).ExitCode);
    }

    [Fact]
    public void A_folder_where_a_file_was_and_the_other_way_round()
    {
        Given("stages:\n  s:\n    cmd: sh make.sh\n    deps: [make.sh]\n    outs: [out]\n", ("make.sh", "echo one > out"));
        Run();
        place.Write("make.sh", "mkdir out; echo two > out/a; echo three > out/b");
        Run();
        Assert.Equal("two\n", place.Read("out/a"));
        Assert.Contains("nfiles: 2", place.Read("dvc.lock"), StringComparison.Ordinal);
        place.Write("make.sh", "echo one > out");
        Run();
        Assert.Equal("one\n", place.Read("out"));
    }

    [Fact]
    public void What_a_person_wrote_in_the_place_of_an_output_is_kept_in_the_cache_before_it_is_replaced()
    {
        Given(Chain, ("in.txt", "abc"));
        Run();
        place.Write("upper.txt", "edited by hand");
        place.Write("in.txt", "new");

        var result = place.Session.Run("Invoke-Stage -Quiet");

        Assert.Contains(result.Warnings, warning => warning.Contains("upper.txt", StringComparison.Ordinal) && warning.Contains("stored in the cache", StringComparison.Ordinal));
        Assert.Equal("edited by hand", File.ReadAllText(place.ObjectOf("edited by hand")));
        Assert.Equal("NEW", place.Read("upper.txt"));
    }

    [Fact]
    public void What_a_failed_run_left_is_not_kept()
    {
        Given("stages:\n  s:\n    cmd: sh make.sh\n    deps: [make.sh]\n    outs: [out]\n", ("make.sh", "echo half > out; exit 1"));
        place.Session.Invoke("Invoke-Stage -Quiet");
        place.Write("make.sh", "echo whole > out");
        Assert.DoesNotContain(place.Session.Run("Invoke-Stage -Quiet").Warnings, warning => warning.Contains("stored", StringComparison.Ordinal));
        Assert.False(File.Exists(place.ObjectOf("half\n")));
    }

    [Fact]
    public void What_a_person_puts_in_the_place_of_what_a_failed_run_left_is_kept()
    {
        Given("stages:\n  s:\n    cmd: sh make.sh\n    deps: [make.sh]\n    outs: [out]\n", ("make.sh", "echo half > out; exit 1"));
        place.Session.Invoke("Invoke-Stage -Quiet");
        place.Write("out", "mended by hand");
        place.Write("make.sh", "echo whole > out");
        Run();
        Assert.Equal("whole\n", place.Read("out"));
        Assert.Equal("mended by hand", File.ReadAllText(place.ObjectOf("mended by hand")));
    }

    [Fact]
    public void Only_right_bytes_in_the_cache_make_an_edited_output_replaceable()
    {
        Given(Chain, ("in.txt", "abc"));
        Run();
        place.Write("upper.txt", "edited by hand");
        place.Write("in.txt", "new");
        Run();
        var stored = place.ObjectOf("edited by hand");
        File.SetAttributes(stored, FileAttributes.Normal);
        File.WriteAllText(stored, "rotten content");
        File.SetAttributes(stored, FileAttributes.ReadOnly);
        place.Write("upper.txt", "edited by hand");
        place.Write("in.txt", "newer");
        Run();
        Assert.Equal("edited by hand", File.ReadAllText(place.ObjectOf("edited by hand")));
    }

    [Fact]
    public void Persisting_outputs_are_there_when_the_stage_runs_again_and_can_be_written()
    {
        place.Session.Run("Set-DataConfig cache.type hardlink");
        Given("stages:\n  s:\n    cmd: cat in.txt >> log.txt\n    deps: [in.txt]\n    outs:\n    - log.txt: {persist: true}\n", ("in.txt", "a"));
        Run();
        place.Write("in.txt", "b");
        Run();
        Assert.Equal("ab", place.Read("log.txt"));
        Assert.Equal("a", File.ReadAllText(place.ObjectOf("a")));
    }

    [Fact]
    public void Several_at_a_time_give_the_same_dvc_lock_and_a_mutex_is_respected()
    {
        var yaml = "stages:\n" + string.Concat(Enumerable.Range(0, 8).Select(i =>
            $"  s{i}:\n    cmd: sh step.sh {i}\n    deps: [step.sh]\n    outs: [o{i}.txt]\n    meta: {{dataversion: {{mutex: [gpu]}}}}\n"));
        Given(yaml, ("step.sh", "mkdir held || exit 9; echo $1 > o$1.txt; rmdir held"));
        Run();
        var serial = place.Read("dvc.lock");
        File.Delete(place.PathOf("dvc.lock"));

        var outcomes = Run("Invoke-Stage -Quiet -NoRunCache -ThrottleLimit 4");

        Assert.All(outcomes, outcome => Assert.Equal(StageOutcome.Ran, outcome.Outcome));
        Assert.Equal(serial, place.Read("dvc.lock"));
    }

    [Fact]
    public void Independent_stages_run_side_by_side()
    {
        // Each waits for the other: one after the other they would never end.
        Given("""
            stages:
              left: {cmd: "touch l.here; until test -e r.here; do sleep 0.01; done; echo 1 > l.txt", outs: [l.txt]}
              right: {cmd: "touch r.here; until test -e l.here; do sleep 0.01; done; echo 2 > r.txt", outs: [r.txt]}

            """);
        Assert.Equal(2, Run("Invoke-Stage -Quiet -ThrottleLimit 2").Count(outcome => outcome.Outcome == StageOutcome.Ran));
    }

    [Fact]
    public void A_command_can_use_the_repository_while_its_stage_runs()
    {
        Given("stages:\n  s:\n    cmd: flock -n .dvc/tmp/lock true && echo free > out.txt\n    outs: [out.txt]\n");
        Assert.Equal([("s", StageOutcome.Ran)], Run());
        Assert.Equal("free\n", place.Read("out.txt"));
    }

    [Fact]
    public void The_environment_and_the_folder_are_those_of_DVC()
    {
        place.Write("sub/dvc.yaml", "stages:\n  s:\n    cmd: echo $DVC_STAGE $DVC_ROOT $PWD > out.txt\n    wdir: deep\n    outs: [out.txt]\n");
        Directory.CreateDirectory(place.PathOf("sub/deep"));
        Run("Invoke-Stage -Quiet -All");
        Assert.Equal($"sub/dvc.yaml:s {place.Root} {place.Root}/sub/deep\n", place.Read("sub/deep/out.txt"));
    }

    [Fact]
    public void A_hundred_megabytes_of_output_are_in_the_log_and_not_in_memory()
    {
        Given("stages:\n  s:\n    cmd: yes 0123456789012345678901234567890123456789 2>/dev/null | head -c 100000000; echo last\n    always_changed: true\n");

        var result = Assert.Single(place.Session.Run<StageResult>("Invoke-Stage -Quiet"));

        Assert.EndsWith("last", result.Log[^1], StringComparison.Ordinal);
        Assert.True(result.Log.Count <= 100);
        Assert.True(new FileInfo(result.LogPath!).Length > 100_000_000);
    }

    [Fact]
    public void Lines_of_a_command_are_processes_of_their_own_and_the_first_failure_ends_the_stage()
    {
        Given("stages:\n  s:\n    cmd: |\n      cd /\n      pwd > where.txt\n      false\n      touch never\n    always_changed: true\n");
        place.Session.Invoke("Invoke-Stage -Quiet");
        Assert.Equal(place.Root + "\n", place.Read("where.txt"));
        Assert.False(File.Exists(place.PathOf("never")));
    }

    [Fact]
    public void Changed_data_of_a_dvc_file_is_recorded_and_what_reads_it_runs()
    {
        place.Write("in.txt", "abc");
        place.Session.Run("$null = Add-DataFile in.txt");
        place.Write("dvc.yaml", Chain);
        Run();
        place.Write("in.txt", "def");

        Assert.Equal([("in.txt.dvc", StageOutcome.Recorded), ("upper", StageOutcome.Ran), ("count", StageOutcome.Ran)], Run());
        Assert.Empty(place.Session.Run<StageReason>("Get-StageReason"));
        Assert.Equal("def", File.ReadAllText(place.ObjectOf("def")));
    }

    private void Given(string yaml, params (string Name, string Text)[] files)
    {
        place.Write("dvc.yaml", yaml);
        foreach (var (name, text) in files)
            place.Write(name, text);
    }

    private IReadOnlyList<(string Stage, StageOutcome Outcome)> Run(string command = "Invoke-Stage -Quiet") => Outcomes(place.Session.Run(command));

    private static IReadOnlyList<(string Stage, StageOutcome Outcome)> Outcomes(Cmdlets.SessionResult result) =>
        [.. result.Output.Select(output => (StageResult)output.BaseObject).Select(stage => (stage.Target, stage.Outcome))];
}
