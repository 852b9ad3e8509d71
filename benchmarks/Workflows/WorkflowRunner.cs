namespace DataVersion.Benchmarks.Workflows;

/// <summary>Runs the comparisons: in each round every participant once, so that what disturbs disturbs all.</summary>
internal sealed class WorkflowRunner(WorkflowOptions options, BuiltModule module)
{
    // A slow participant is not measured again; the others need the time.
    private const double EnoughSeconds = 20;
    private const double Disturbed = 0.3;
    private readonly List<Case> cases = [];

    /// <summary>Everything that was asked for.</summary>
    /// <param name="finished">Is told each case.</param>
    public IReadOnlyList<Case> Run(Action<Case> finished)
    {
        foreach (var name in options.FileSystems)
        {
            using var fileSystem = WorkFileSystem.Open(name, options.Work);
            foreach (var dataset in options.Datasets)
            {
                // The data set, three repositories (one without DVC) with cache and remote each, which many files have for each round.
                if (fileSystem.Free < dataset.Bytes * (!dataset.IsLarge ? 4 + 2 * options.Rounds : options.NoDvc ? 4 : 8))
                {
                    Console.Error.WriteLine($"{dataset.Name} is left out: {fileSystem.Folder} has room for {Quantity.Size(fileSystem.Free)} only.");
                    continue;
                }
                var links = options.Links.Count > 0 ? options.Links : LinkKinds.On(fileSystem.Type);
                foreach (var operation in options.Operations)
                    foreach (var link in operation.OfEachLink ? links : links.Take(1))
                        if (operation.IsStartUp == (dataset.Name == "small") || operation.NothingToDo)
                            cases.Add(Measure(fileSystem, operation, dataset, link, finished));
            }
        }
        return cases;
    }

    private Case Measure(WorkFileSystem fileSystem, Operation operation, Dataset dataset, string link, Action<Case> finished)
    {
        fileSystem.Renew();
        var setting = new Setting(dataset, DatasetFolder.Ensure(Path.Combine(fileSystem.Folder, "sets"), dataset), link);
        var floors = operation.IsStartUp ? StartUp.Of(module) : Floor.Of(operation, setting.Dataset, setting.Link);
        var comparison = new Case(fileSystem.Description, operation, setting.Dataset, setting.Link) { JudgedFloor = operation.IsStartUp ? null : floors[0].Name };
        var contenders = Contenders(Path.Combine(fileSystem.Folder, "runs"), operation, setting).ToList();
        try
        {
            foreach (var contender in contenders)
                foreach (var step in operation.Once)
                    contender.Do(step);
            var repeats = 1;
            for (var round = 0; round < (options.CountSystemCalls ? 1 : options.Rounds); round++)
            {
                var measured = Round(fileSystem, comparison, floors, contenders);
                // Somebody else was busy: the round is worth little, unless it is so all the time.
                if (measured.Values.Any(m => m.Disturbance > Disturbed) && options.Rounds > 1 && repeats-- > 0)
                {
                    round--;
                    continue;
                }
                foreach (var (name, measurement) in measured)
                    Series(comparison, name).Add(round, measurement);
            }
        }
        catch (BenchmarkException error)
        {
            comparison.Failure = error.Message;
        }
        finally
        {
            foreach (var contender in contenders)
                contender.Dispose();
            Shell.Run("chmod -R u+w runs 2> /dev/null; rm -rf runs", fileSystem.Folder);
        }
        finished(comparison);
        return comparison;
    }

    private Dictionary<string, Measurement> Round(WorkFileSystem fileSystem, Case comparison, IReadOnlyList<Floor> floors, List<Contender> contenders)
    {
        var measured = new Dictionary<string, Measurement>();
        foreach (var contender in contenders)
        {
            if (comparison.Times.GetValueOrDefault(contender.Name)?.Total > EnoughSeconds)
                continue;
            foreach (var step in comparison.Operation.EachRound)
                contender.Do(step);
            fileSystem.Settle(options.Cold);
            comparison.Commands[contender.Name] = contender.CommandOf(comparison.Operation.Timed) ?? "";
            var measurement = options.CountSystemCalls ? Count(comparison, contender) : contender.Do(comparison.Operation.Timed);
            ResultCheck.After(comparison.Operation, contender, measurement);
            measured[contender.Name] = measurement;
        }
        if (comparison.Operation.Timed == Step.Add && contenders.OfType<DvcContender>().FirstOrDefault() is { } dvc && measured.ContainsKey(dvc.Name))
            ResultCheck.SameMetadata(contenders[0], dvc);
        foreach (var floor in floors)
            if (!(comparison.Times.GetValueOrDefault(floor.Name)?.Total > EnoughSeconds))
                measured[floor.Name] = Measure(fileSystem, comparison, floor, contenders[0]);
        return measured;
    }

    private Measurement Measure(WorkFileSystem fileSystem, Case comparison, Floor floor, Contender ours)
    {
        var scratch = Path.Combine(fileSystem.Folder, "runs", "floor");
        var variables = new Dictionary<string, string>
        {
            ["S"] = ours.Setting.Source,
            ["C"] = Path.Combine(ours.Repository, ".dvc", "cache"),
            ["T"] = scratch,
        };
        fileSystem.Settle(options.Cold);
        comparison.Commands[floor.Name] = floor.Command;
        var counted = Path.Combine(options.Work, "calls");
        var measurement = Shell.Run(floor.Command, fileSystem.Folder, variables, options.CountSystemCalls ? SystemCalls.Prefix(counted) : null);
        if (options.CountSystemCalls)
            comparison.Calls[floor.Name] = SystemCalls.Read(counted);
        Shell.Run(ours.Removal(scratch), fileSystem.Folder);
        return measurement;
    }

    private Measurement Count(Case comparison, Contender contender)
    {
        var counted = Path.Combine(options.Work, "calls");
        Measurement measurement = default;
        if (contender is DataVersionContender ours)
            comparison.Calls[contender.Name] = SystemCalls.While(ours.ProcessId, counted, () => measurement = contender.Do(comparison.Operation.Timed));
        else
            measurement = contender.Do(comparison.Operation.Timed);
        return measurement;
    }

    private IEnumerable<Contender> Contenders(string folder, Operation operation, Setting setting)
    {
        yield return new DataVersionContender(Path.Combine(folder, "ours"), setting, module, options.Shell, cold: false);
        if (operation.AlsoCold && !options.CountSystemCalls)
            yield return new DataVersionContender(Path.Combine(folder, "cold"), setting, module, options.Shell, cold: true);
        if (options.CountSystemCalls)
            yield break;
        if (!options.NoDvc && Shell.Has("dvc"))
            yield return new DvcContender(Path.Combine(folder, "dvc"), setting);
        foreach (var peer in options.Peers ? new Contender[] { new GitLfsContender(Path.Combine(folder, "lfs"), setting), new GitAnnexContender(Path.Combine(folder, "annex"), setting) } : [])
            if (Shell.Has(peer.Name.Replace(' ', '-')) && operation.Once.Append(operation.Timed).Concat(operation.EachRound).All(peer.Has))
                yield return peer;
    }

    private static Series Series(Case comparison, string name)
    {
        if (!comparison.Times.TryGetValue(name, out var series))
            comparison.Times[name] = series = new();
        return series;
    }
}
