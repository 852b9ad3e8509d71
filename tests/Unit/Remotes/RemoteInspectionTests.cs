using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Tests.Remotes;

/// <summary>What a look at a remote as a whole says.</summary>
public sealed class RemoteInspectionTests
{
    private readonly MemoryStorage service = new();

    [Fact]
    public async Task A_remote_that_works_is_good_and_nothing_is_left_there()
    {
        var verdicts = await LookAsync();

        Assert.All(verdicts.Where(v => v.Check != RemoteCheck.Clock), v => Assert.Equal(RemoteVerdictKind.Good, v.Verdict));
        Assert.Empty(service.Values);
    }

    [Fact]
    public async Task Nothing_is_written_when_that_is_not_wanted()
    {
        var written = false;
        service.Received = _ => written = true;

        var verdicts = await LookAsync(write: false);

        Assert.False(written);
        Assert.Equal(RemoteVerdictKind.Unknown, verdicts.Single(v => v.Check == RemoteCheck.Writable).Verdict);
    }

    [Fact]
    public async Task A_remote_that_cannot_be_written_is_told_from_one_that_can()
    {
        service.BeforeTransfer = _ => throw new DataVersionException(DataErrorKind.TransferFailed, "Read only.");

        var verdicts = await LookAsync();

        Assert.Equal((RemoteVerdictKind.Failed, "Read only."), verdicts.Where(v => v.Check == RemoteCheck.Writable).Select(v => (v.Verdict, v.Detail)).Single());
        Assert.Equal(RemoteVerdictKind.Good, verdicts.Single(v => v.Check == RemoteCheck.Readable).Verdict);
    }

    [Theory]
    [InlineData(-20, RemoteVerdictKind.Failed)]
    [InlineData(20, RemoteVerdictKind.Failed)]
    [InlineData(1, RemoteVerdictKind.Good)]
    public async Task A_clock_that_is_far_off_is_told(int minutes, RemoteVerdictKind expected)
    {
        service.Facts = () => new StorageFacts { Credentials = "somebody", Clock = DateTimeOffset.UtcNow.AddMinutes(minutes) };

        Assert.Equal(expected, (await LookAsync()).Single(v => v.Check == RemoteCheck.Clock).Verdict);
    }

    [Fact]
    public async Task Who_is_not_let_in_learns_why_and_no_more_is_claimed()
    {
        service.Facts = () => throw new DataVersionException(DataErrorKind.RemoteFailed, "The password is wrong.");

        var verdicts = await LookAsync();

        Assert.Equal((RemoteVerdictKind.Failed, "The password is wrong."), verdicts.Where(v => v.Check == RemoteCheck.Credentials).Select(v => (v.Verdict, v.Detail)).Single());
        Assert.All(verdicts.Where(v => v.Check != RemoteCheck.Credentials), v => Assert.Equal(RemoteVerdictKind.Unknown, v.Verdict));
    }

    [Fact]
    public async Task What_does_not_answer_is_not_reachable()
    {
        service.Facts = () => throw new TransientRemoteException("No connection.") { IsUnreachable = true };

        Assert.Equal(RemoteVerdictKind.Failed, (await LookAsync()).Single(v => v.Check == RemoteCheck.Reachable).Verdict);
    }

    private Task<IReadOnlyList<RemoteVerdict>> LookAsync(bool write = true) => RemoteInspection.RunAsync(
        new RemoteConfiguration("far", "s3://bucket", new Dictionary<string, string>(), [ConfigScope.Repository], true), service, write, OperationContext.Silent);
}
