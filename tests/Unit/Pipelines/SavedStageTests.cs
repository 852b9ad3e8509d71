using DataVersion.Tests.Faults;

namespace DataVersion.Tests.Pipelines;

/// <summary>Recording a stage without running it; running with data that is missing.</summary>
public sealed class SavedStageTests : IDisposable
{
    private const string Chain = """
        stages:
          a:
            cmd: cat in.txt > a.txt
            deps: [in.txt]
            params: [lr]
            outs: [a.txt]
          b:
            cmd: cat a.txt > b.txt
            deps: [a.txt]
            outs: [b.txt]

        """;

    private readonly FaultRepository place = new();

    public SavedStageTests()
    {
        place.Write("in.txt", "one");
        place.Write("params.yaml", "lr: 1\n");
        place.Write("dvc.yaml", Chain);
        Run("Invoke-Stage");
    }

    public void Dispose() => place.Dispose();

    [Fact]
    public void Saving_takes_inputs_and_outputs_as_a_run_so_that_nothing_is_left_to_run()
    {
        place.Write("in.txt", "two");
        place.Write("params.yaml", "lr: 2\n");
        place.Write("dvc.yaml", Chain.Replace("cat in.txt", "cat  in.txt"));
        place.Write("a.txt", "made by hand");

        // Nobody is there to answer, so nothing is recorded without -Force.
        var asked = place.Session.Invoke("Save-DataFile -Path a.txt");
        Assert.Equal("DataChanged", Assert.Single(asked.Errors).FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(["a.txt"], place.Session.Run<DataFile>("Save-DataFile -Path a.txt -Force").Select(file => file.Path));

        Assert.Equal([(StageReasonKind.DependencyModified, "a.txt")], place.Session.Run<StageReason>("Get-StageReason").Where(reason => reason.Kind != StageReasonKind.UpstreamChanged)
            .Select(reason => (reason.Kind, reason.Path!)));
        // The run is known: it is brought back when its inputs are there again.
        place.Write("in.txt", "one");
        Run("Invoke-Stage");
        place.Write("in.txt", "two");
        Assert.Equal(StageOutcome.Restored, Run("Invoke-Stage a")[0].Outcome);
        Assert.Equal("made by hand", place.Read("a.txt"));
    }

    [Fact]
    public void A_saved_stage_whose_output_is_missing_is_an_error_and_the_others_are_saved()
    {
        place.Write("in.txt", "two");
        File.Delete(place.PathOf("b.txt"));
        place.Write("a.txt", "by hand");

        place.Fails(DataErrorKind.OutputMissing, "b.txt", "Save-DataFile -Force");

        Assert.Contains(FaultRepository.Md5("by hand"u8.ToArray()), place.Read("dvc.lock"), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_data_is_no_reason_with_AllowMissing_unless_something_else_was_made()
    {
        Directory.Delete(place.PathOf(".dvc/cache"), recursive: true);
        File.Delete(place.PathOf("a.txt"));
        File.Delete(place.PathOf("b.txt"));

        Assert.Equal([("a", StageOutcome.Unchanged), ("b", StageOutcome.Unchanged)], Run("Invoke-Stage -AllowMissing"));
        Assert.False(File.Exists(place.PathOf("a.txt")));

        place.Write("in.txt", "two");
        Assert.Equal([("a", StageOutcome.Ran), ("b", StageOutcome.Ran)], Run("Invoke-Stage -AllowMissing"));
    }

    [Fact]
    public void What_is_missing_is_pulled_and_what_no_remote_has_is_made()
    {
        place.Session.Run("$null = Add-DataRemote store $where -Default ; $null = Sync-DataRemote -Direction Push", ("where", place.Root + "-store"));
        var md5 = FaultRepository.Md5("one"u8.ToArray());
        place.Write("dvc.yaml", Chain + "  c:\n    cmd: tr a-z A-Z < b.txt > c.txt\n    deps: [b.txt]\n    outs: [c.txt]\n");
        Run("Invoke-Stage");
        Directory.Delete(place.PathOf(".dvc/cache"), recursive: true);
        foreach (var name in (string[])["a.txt", "b.txt", "c.txt"])
            File.Delete(place.PathOf(name));

        Assert.Equal([("a", StageOutcome.Pulled), ("b", StageOutcome.Pulled), ("c", StageOutcome.Ran)], Run("Invoke-Stage -Pull"));

        Assert.Equal("ONE", place.Read("c.txt"));
        Assert.True(File.Exists(place.ObjectPath(md5)));
    }

    [Fact]
    public void What_an_earlier_run_made_is_pulled_instead_of_being_made_again()
    {
        place.Session.Run("$null = Add-DataRemote store $where -Default ; $null = Sync-DataRemote -Direction Push -RunCache", ("where", place.Root + "-store"));
        place.Write("in.txt", "two");
        Run("Invoke-Stage");
        Directory.Delete(place.PathOf(".dvc/cache"), recursive: true);
        foreach (var name in (string[])["a.txt", "b.txt"])
            File.Delete(place.PathOf(name));
        place.Write("in.txt", "one");

        Assert.Equal([("a", StageOutcome.Restored), ("b", StageOutcome.Restored)], Run("Invoke-Stage -Pull"));

        Assert.Equal("one", place.Read("b.txt"));
    }

    private (string Address, StageOutcome Outcome)[] Run(string script) =>
        [.. place.Session.Run<StageResult>(script + " -Quiet").Select(result => (result.Target, result.Outcome))];
}
