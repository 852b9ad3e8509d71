using DataVersion.Tests.Faults;

namespace DataVersion.Tests.Pipelines;

/// <summary>Stages as DVC 0.x and DVC 1 wrote them are run, and recorded so that nothing of their definition is lost.</summary>
public sealed class OldStageTests : IDisposable
{
    private readonly FaultRepository place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void A_stage_in_a_dvc_file_runs_when_its_input_command_or_parameter_changed_and_keeps_its_definition()
    {
        place.Write("sub/in.txt", "abc");
        place.Write("params.yaml", "lr: 1\nother: 2\n");
        place.Write("made.dvc", """
            # by hand
            md5: 00000000000000000000000000000000
            cmd: cat in.txt > out.txt; echo '{"a":1}' > m.json
            wdir: sub
            locked: false
            deps:
            - path: in.txt
            - path: ../params.yaml
              params:
                lr: 0   # the rate
            outs:
            - path: out.txt
              cache: true
              metric: false
            - path: m.json
              cache: false
              metric:
                type: json

            """);

        Assert.Equal([("made.dvc", StageOutcome.Ran)], Run());
        Assert.Equal("abc", place.Read("sub/out.txt"));
        Assert.Equal("""
            # by hand
            md5: HASH
            cmd: cat in.txt > out.txt; echo '{"a":1}' > m.json
            wdir: sub
            deps:
            - path: in.txt
              md5: 900150983cd24fb0d6963f7d28e17f72
              size: 3
              hash: md5
            - path: ../params.yaml
              params:
                lr: 1   # the rate
            outs:
            - path: out.txt
              md5: 900150983cd24fb0d6963f7d28e17f72
              size: 3
              hash: md5
            - path: m.json
              cache: false
              metric:
                type: json
              md5: 6605e4b7cdcb1e1d2a6ee7c2ff9d1c2e
              size: 8
              hash: md5

            """, System.Text.RegularExpressions.Regex.Replace(place.Read("made.dvc"), "(?m)^md5: .*", "md5: HASH").Replace(Hash("sub/m.json"), "6605e4b7cdcb1e1d2a6ee7c2ff9d1c2e"));
        Assert.Contains("/out.txt", place.Read("sub/.gitignore"), StringComparison.Ordinal);
        Assert.Equal([("made.dvc", StageOutcome.Unchanged)], Run());

        place.Write("params.yaml", "lr: 1\nother: 3\n");
        Assert.Equal([("made.dvc", StageOutcome.Unchanged)], Run());
        place.Write("params.yaml", "lr: 2\nother: 3\n");
        var reason = Assert.Single(place.Session.Run<StageReason>("Get-StageReason"));
        Assert.Equal((StageReasonKind.ParameterModified, "params.yaml", "lr"), (reason.Kind, reason.Path, reason.Name));
        Assert.Equal([("made.dvc", StageOutcome.Ran)], Run());

        place.Write("made.dvc", place.Read("made.dvc").Replace("cat in.txt", "cat  in.txt"));
        Assert.Equal(StageReasonKind.DefinitionChanged, Assert.Single(place.Session.Run<StageReason>("Get-StageReason")).Kind);
        Assert.Equal([("made.dvc", StageOutcome.Ran)], Run());
    }

    [Fact]
    public void A_checksum_of_an_old_stage_counts_what_was_written_then()
    {
        place.Write("in.txt", "abc");
        place.Write("out.txt", "abc");
        // Made as DVC 0.x did: with "cache: true", without "metric", "persist" and "locked".
        var checksum = FaultRepository.Md5(System.Text.Encoding.UTF8.GetBytes(
            """{"cmd": "cp in.txt out.txt", "deps": [{"md5": "900150983cd24fb0d6963f7d28e17f72", "path": "in.txt"}], "outs": [{"cache": true, "md5": "900150983cd24fb0d6963f7d28e17f72", "path": "out.txt"}]}"""));
        place.Write("out.txt.dvc", $"""
            md5: {checksum}
            cmd: cp in.txt out.txt
            wdir: .
            deps:
            - md5: 900150983cd24fb0d6963f7d28e17f72
              path: in.txt
            outs:
            - md5: 900150983cd24fb0d6963f7d28e17f72
              path: out.txt
              cache: true
              metric: false
              persist: false
            locked: false

            """);

        var reason = Assert.Single(place.Session.Run<StageReason>("Get-StageReason"));

        // Nothing but that the cache is not here.
        Assert.Equal((StageReasonKind.OutputNotInCache, "out.txt"), (reason.Kind, reason.Path));
    }

    [Fact]
    public void A_lock_file_of_DVC_1_is_read_and_gets_the_schema_of_today_when_something_is_recorded()
    {
        place.Write("in.txt", "abc");
        place.Write("dvc.yaml", "stages:\n  a:\n    cmd: cp in.txt a.txt\n    deps: [in.txt]\n    outs: [a.txt]\n  b:\n    cmd: cp a.txt b.txt\n    deps: [a.txt]\n    outs: [b.txt]\n");
        Run();
        var current = place.Read("dvc.lock");
        place.Write("dvc.lock", string.Concat(current.Split('\n').Skip(2).Where(line => line.Length > 0).Select(line => line[2..] + "\n")));

        Assert.Equal([("a", StageOutcome.Unchanged), ("b", StageOutcome.Unchanged)], Run());
        Assert.StartsWith("a:", place.Read("dvc.lock"), StringComparison.Ordinal);

        place.Write("in.txt", "abd");
        Assert.Equal([("a", StageOutcome.Ran), ("b", StageOutcome.Ran)], Run());
        Assert.Equal(current.Replace("900150983cd24fb0d6963f7d28e17f72", Hash("in.txt")), place.Read("dvc.lock"));
    }

    [Fact]
    public void A_lock_file_that_Git_ignores_is_an_error_before_anything_runs()
    {
        place.Write("dvc.yaml", "stages:\n  a:\n    cmd: echo a > a.txt\n    outs: [a.txt]\n");
        place.Write(".gitignore", "*.lock\n");

        place.Fails(DataErrorKind.PathIgnored, "dvc.lock", "Invoke-Stage");

        Assert.False(File.Exists(place.PathOf("a.txt")));
    }

    private string Hash(string path) => FaultRepository.Md5(File.ReadAllBytes(place.PathOf(path)));

    private (string, StageOutcome)[] Run() => [.. place.Session.Run<StageResult>("Invoke-Stage -All -Quiet").Select(result => (result.Target, result.Outcome))];
}
