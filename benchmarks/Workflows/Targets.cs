namespace DataVersion.Benchmarks.Workflows;

/// <summary>What is to be reached; null is no target.</summary>
/// <param name="TimesFasterThanDvc">Our time is at most DVC's divided by this.</param>
/// <param name="TimesFloor">Our time is at most the floor's times this.</param>
/// <param name="Seconds">Our time at most.</param>
/// <param name="Bytes">Our memory at most.</param>
internal sealed record Targets(double? TimesFasterThanDvc = null, double? TimesFloor = null, double? Seconds = null, long? Bytes = null)
{
    /// <summary>The targets of an operation.</summary>
    public static Targets Of(Operation operation, Dataset dataset, string link)
    {
        if (dataset.Name == "small")
            return operation.NothingToDo ? new(Seconds: 0.020) : new();
        if (dataset.Name == "million" && operation.Name is "add" or "status")
            return new(Seconds: operation.Name == "status" ? 10 : null, Bytes: 1_000_000_000);
        return operation.Name switch
        {
            "add" when !dataset.IsLarge => new(10, 1.5),
            "add" when link != "copy" => new(1, 1.1),
            "add-unchanged" or "status" => new(20, 3),
            "switch" when dataset.IsLarge && link != "copy" => new(5, Seconds: 0.100),
            "checkout" or "switch" => new(5, 1.5),
            "push" or "fetch" when !dataset.IsLarge => new(10, 1.5),
            "push-nothing" or "fetch-nothing" => new(20),
            _ => new(),
        };
    }
}
