using DataVersion.Engine.Files;
using DataVersion.Engine.Linking;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// The outputs of a stage before and after its run: out of the way, into the cache, back from the cache. The caller holds the
/// repository's lock.
/// </summary>
internal sealed class StageOutputs(Repository repository, PathContents contents, OperationContext context)
{
    /// <summary>
    /// Removes what the stage is going to make. What lies in the place of a cached output without being in the cache was put there by
    /// somebody, so it is stored first.
    /// </summary>
    /// <param name="stage">The stage.</param>
    /// <param name="left">
    /// Which files an earlier run of the stage left when it failed: half of a result, which is not kept. Whatever was put there since is.
    /// </param>
    /// <exception cref="DataVersionException">Something cannot be removed or stored.</exception>
    public void Clear(StageDefinition stage, string? left)
    {
        var isLeftover = left is { Length: > 0 } && left == FilesOf(stage);
        foreach (var output in stage.Outputs.Where(output => PathContents.IsLocal(output)))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var absolute = contents.AbsoluteOf(output.Path);
            if (!FileStat.Read(absolute).Exists)
                continue;
            if (output.Flags.Persist)
            {
                if (output.Flags.UseCache && !output.IsExternal)
                    foreach (var failure in WorkspaceProtection.Unprotect(repository, ToTracked(stage, output, null), null, static _ => { }, context))
                        if (failure.Error.Kind != DataErrorKind.PathNotFound)
                            throw failure.Error;
                contents.Forget(output.Path);
                continue;
            }
            if (output.Flags.UseCache && !isLeftover)
                Keep(stage, output);
            Delete(absolute);
            contents.Forget(output.Path);
        }
        FaultPoint.Reach("stage.cleared");
    }

    /// <summary>The files in the place of the cached outputs: a digest of names, inodes, sizes and times; empty when they cannot be looked at.</summary>
    public string FilesOf(StageDefinition stage)
    {
        try
        {
            var text = new System.Text.StringBuilder();
            foreach (var output in stage.Outputs.Where(output => output is { IsExternal: false, Flags.UseCache: true }))
                foreach (var file in DirectoryScanner.Scan(repository.Layout.ToAbsolute(output.Path), repository.Layout, repository.Ignore, CancellationToken.None)
                    .Files.OrderBy(file => file.Path, StringComparer.Ordinal))
                    text.Append(output.Path).Append('\0').Append(file.Path).Append('\0')
                        .Append(System.Globalization.CultureInfo.InvariantCulture, $"{file.Stat.Device} {file.Stat.Inode} {file.Stat.Size} {file.Stat.ModifiedNs}\n");
            return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text.ToString())));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // The workspace is about to lose it, so a name in the cache is not enough: the bytes must be right.
    private bool IsSafe(WorkspaceState state, ContentHash hash) =>
        (!hash.IsDirectory || repository.TryLoadManifest(hash, out _) is null)
        && repository.Verify(state.Files.Select(file => file.Hash!.Value), context).Values.All(check => check.Verdict == Objects.ObjectVerdict.Good);

    /// <summary>Stores what is in the place of an output, unless the cache has it.</summary>
    public void Keep(StageDefinition stage, StageOutputPath output)
    {
        var state = contents.Of(output, ContentHashAlgorithm.Md5, context);
        if (state?.Hash is not { } hash || state.Files.Count == 0 || IsSafe(state, hash))
            return;
        var content = Store(stage, [output], noCommit: false)[0];
        context.Warn($"What was in the place of '{output.Path}' is in no cache. Before the stage '{stage.Address}' makes it anew, it was stored in the cache: {content.Hash}, "
            + $"in '{repository.Stores.PathOf(content.Hash)}'.");
    }

    /// <summary>Hashes what the stage made, stores and links it, and says what is to be recorded.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="noCommit">Hash only.</param>
    /// <param name="alsoUncached">Store metrics and plots that are not kept in the cache too, so that the run can be restored.</param>
    /// <param name="noRelink">Leave the files as they are instead of linking them to the cache.</param>
    /// <exception cref="DataVersionException">OutputMissing, or something cannot be read or stored.</exception>
    public List<TakenOutput> Take(StageDefinition stage, bool noCommit, bool alsoUncached, bool noRelink)
    {
        foreach (var output in stage.Outputs)
            contents.Forget(output.Path);
        foreach (var output in stage.Outputs.Where(output => PathContents.IsLocal(output)))
            Require(stage, output);
        var cached = stage.Outputs.Where(output => output.Flags.UseCache && !output.IsExternal).ToList();
        var stored = Store(stage, cached, noCommit);
        if (!noCommit)
            new WorkspaceRelinker(repository, context).Relink(stored, new AddOptions { NoRelink = noRelink });
        var uncached = stage.Outputs.Where(output => !output.Flags.UseCache || output.IsExternal).ToList();
        if (alsoUncached)
            Store(stage, uncached, noCommit, isPrivate: true);
        FaultPoint.Reach("stage.stored");
        var result = new List<TakenOutput>();
        foreach (var output in stage.Outputs)
        {
            var content = stored.Find(c => c.Item.Path == output.Path);
            var entry = content is not null ? EntryOf(output, content.Hash, content.Size, content.Manifest?.Count, content.IsExecutable)
                : contents.Of(output, ContentHashAlgorithm.Md5, context) is { Hash: { } hash } state
                    ? EntryOf(output, hash, state.Size, state.Manifest?.Count, state.Kind == FileKind.File && state.Files[0].Stat.IsExecutable)
                    : new LockEntry { Path = output.Text };
            if (content is not null && !noCommit)
                repository.Placed.Set(output.Path, content.Hash);
            result.Add(new TakenOutput(entry, content, StageView.Output(output, entry, repository.Layout) with
            {
                LinkKind = content is null || noCommit ? null : content.CommonKind(repository),
            }));
        }
        return result;
    }

    /// <summary>Puts the outputs of an earlier run into the workspace.</summary>
    /// <exception cref="DataVersionException">One of them cannot be placed.</exception>
    public void Restore(StageDefinition stage, LockedStage run)
    {
        foreach (var output in stage.Outputs.Where(output => output.Flags.UseCache))
            if (run.Outputs.Find(entry => entry.Path == output.Text) is { } wanted
                && contents.Of(output, ContentHashAlgorithm.Md5, context)?.Hash != wanted.Hash)
                Keep(stage, output);
        Place(useCache: true, null);
        // What is not kept in the cache belongs to the user or to Git, so it is never a link into the cache.
        Place(useCache: false, [LinkKind.Copy]);
        foreach (var output in stage.Outputs)
            contents.Forget(output.Path);
        FaultPoint.Reach("stage.restored");

        void Place(bool useCache, IReadOnlyList<LinkKind>? order)
        {
            var wanted = stage.Outputs.Where(output => output.Flags.UseCache == useCache)
                .Select(output => ToTracked(stage, output, run.Outputs.Find(entry => entry.Path == output.Text)) with { UseCache = true }).ToList();
            foreach (var failure in CheckOut(wanted, new CheckoutOptions { Force = true, LinkOrder = order }))
                throw failure.Error;
            if (!useCache)
                foreach (var output in wanted)
                    repository.Placed.Remove(output.Path);
        }
    }

    /// <summary>Puts recorded content into the workspace, as far as it is in the cache and nothing unsaved is in its way.</summary>
    public void Bring(IReadOnlyList<TrackedOutput> wanted)
    {
        foreach (var failure in CheckOut(wanted, new CheckoutOptions { AllowMissing = true }))
            context.Warn(failure.Error.Message);
        foreach (var output in wanted)
            contents.Forget(output.Path);
    }

    private IReadOnlyList<PathFailure> CheckOut(IReadOnlyList<TrackedOutput> wanted, CheckoutOptions options)
    {
        if (wanted.Count == 0)
            return [];
        options = options with { Paths = [.. wanted.Select(output => output.Path)] };
        var plan = CheckoutPlanner.Plan(repository, new DataIndex(wanted, [], []), options, context);
        return CheckoutRunner.Run(repository, plan, options, static _ => { }, context);
    }

    /// <summary>An output as the data commands know it.</summary>
    public static TrackedOutput ToTracked(StageDefinition stage, StageOutputPath output, DataEntry? entry) => new()
    {
        Path = output.Path, IsExternal = output.IsExternal, Hash = entry?.Hash, Size = entry?.Size, FileCount = entry?.FileCount,
        Files = entry?.TrackedFiles ?? [], ListsFiles = entry?.Files is not null, Version = entry?.Version,
        IsExecutable = entry?.IsExecutable ?? false, MetadataPath = stage.MetadataPath, StageName = stage.Document is null ? stage.Name : null,
        Kind = OutputSource.Pipeline, UseCache = output.Flags.UseCache, Persist = output.Flags.Persist, Remote = output.Flags.Remote,
        Push = output.Flags.Push, Line = output.Flags.Line,
    };

    private void Require(StageDefinition stage, StageOutputPath output)
    {
        var state = contents.Of(output, ContentHashAlgorithm.Md5, context)!;
        if (state.Kind == FileKind.None)
            throw new DataVersionException(DataErrorKind.OutputMissing,
                $"'{output.Path}', an output of the stage '{stage.Address}', does not exist.", output.Path,
                "Correct the command, its working directory, or the outputs of the stage.");
        if (output.Flags.Kind != OutputKind.Metric)
            return;
        if (state.Kind == FileKind.Directory)
            throw NoMetric(stage, output, "is a folder");
        if (!IsText(state.Path))
            throw NoMetric(stage, output, "is not a text file");
    }

    private static DataVersionException NoMetric(StageDefinition stage, StageOutputPath output, string what) => new(DataErrorKind.PathUnsupported,
        $"'{output.Path}' is to hold metrics of the stage '{stage.Address}', but it {what}.", output.Path,
        "Write JSON, YAML or TOML, or name it under 'outs' instead of 'metrics'.");

    // As DVC: no byte 0 among the first 512, and at most 30 % of them outside of printable ASCII.
    private static bool IsText(string path)
    {
        Span<byte> head = stackalloc byte[512];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        return Hashing.LegacyTextHash.IsText(head);
    }

    private List<AddedContent> Store(StageDefinition stage, IReadOnlyList<StageOutputPath> outputs, bool noCommit, bool isPrivate = false)
    {
        var added = outputs.Where(output => !output.IsExternal).Select(output =>
        {
            var absolute = repository.Layout.ToAbsolute(output.Path);
            var item = new AddItem(AddAction.Update, absolute, output.Path, "", stage.MetadataPath, ToTracked(stage, output, stage.RecordedOutput(output.Text)));
            var scan = KilledLeftovers.Drop(repository, item, DirectoryScanner.Scan(absolute, repository.Layout, repository.Ignore, context.Cancellation), context);
            return scan.Obstacles.Count > 0 ? throw scan.Obstacles[0].Problem : new AddedContent(item, scan, null);
        }).ToList();
        if (added.Count == 0)
            return added;
        new ContentIntake(repository, new AddOptions { NoCommit = noCommit, NoRelink = isPrivate }, context).TakeIn(added);
        foreach (var content in added)
        {
            if (content.Failure is { } failure)
                throw failure;
            content.MakeManifest();
            if (content.Manifest is not { } manifest)
                continue;
            repository.Know(manifest);
            if (!noCommit && !content.IsUnchangedLegacy)
                repository.Stores.Current.Add(manifest);
        }
        return added;
    }

    private static LockEntry EntryOf(StageOutputPath output, ContentHash hash, long? size, int? count, bool executable) =>
        new() { Path = output.Text, Hash = hash, Size = size, FileCount = count, IsExecutable = executable };

    private static void Delete(string absolute)
    {
        try
        {
            var kind = FileStat.Read(absolute).Kind;
            if (kind != FileKind.Directory)
            {
                FileRemoval.Delete(absolute);
                return;
            }
            if (OperatingSystem.IsWindows())
                foreach (var file in Directory.EnumerateFiles(absolute, "*", SearchOption.AllDirectories))
                    File.SetAttributes(file, FileAttributes.Normal);
            Directory.Delete(absolute, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, absolute, "remove");
        }
    }
}

/// <summary>An output that was taken in.</summary>
/// <param name="Entry">What is to be recorded.</param>
/// <param name="Content">Its content; null when it is not kept in the cache.</param>
/// <param name="Output">For the user.</param>
internal sealed record TakenOutput(LockEntry Entry, AddedContent? Content, StageOutput Output);
