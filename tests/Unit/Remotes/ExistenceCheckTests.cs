using DataVersion.Engine;
using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>However a service is asked, the answer is the same; the way that costs least is taken.</summary>
public sealed class ExistenceCheckTests
{
    private readonly MemoryStorage service = new();

    // One in three is there.
    private static readonly string[] Keys = [.. Enumerable.Range(0, 3000).Select(i => $"files/md5/{i * 7 % 256:x2}/{i:x30}")];

    public ExistenceCheckTests()
    {
        for (var i = 0; i < Keys.Length; i += 3)
            service.Values[Keys[i]] = [1, 2];
    }

    [Theory]
    [InlineData(20, 0, 0, "asked")]
    [InlineData(150, 0, 1000, "asked")]
    [InlineData(0, 20, 0, "listed")]
    [InlineData(1, 1, 1000, "paged")]
    public async Task The_way_that_costs_least_is_taken(int listingCosts, int askingCosts, int pageSize, string way)
    {
        service.Traits = new StorageTraits { Connections = 8, PageSize = pageSize };
        service.BeforeList = _ => Thread.Sleep(listingCosts * 10);
        service.BeforeFind = _ => Thread.Sleep(askingCosts);
        var listed = 0;
        service.Listed = _ => Interlocked.Increment(ref listed);

        var found = await new ExistenceCheck(service, OperationContext.Silent).FindAsync(Keys);

        Assert.Equal(Keys.Select((_, i) => i % 3 == 0), found.Select(f => f is not null));
        Assert.Equal(way, service.Asked == Keys.Length - 12 || service.Asked > 2000 ? "asked" : listed <= 2 ? "paged" : "listed");
    }

    [Fact]
    public async Task A_service_that_cannot_list_is_asked_for_each()
    {
        service.Traits = new StorageTraits { Connections = 8, CanList = false };
        service.BeforeList = _ => throw new InvalidOperationException();

        var found = await new ExistenceCheck(service, OperationContext.Silent).FindAsync(Keys);

        Assert.Equal(1000, found.Count(f => f is not null));
        Assert.Equal(Keys.Length, service.Asked);
    }

    [Fact]
    public async Task Few_keys_are_asked_for_whatever_the_remote_holds()
    {
        service.BeforeList = _ => throw new InvalidOperationException();

        var found = await new ExistenceCheck(service, OperationContext.Silent).FindAsync(Keys[..4]);

        Assert.Equal([true, false, false, true], found.Select(f => f is not null));
    }
}
