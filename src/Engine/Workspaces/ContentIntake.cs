using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Workspaces;

/// <summary>Brings the files of many items into the cache in one batch, or only hashes them (<c>-NoCommit</c>).</summary>
internal sealed class ContentIntake(Repository repository, AddOptions options, OperationContext context)
{
    private readonly WantedLinks links = new(repository, repository.Settings.LinkOrder);
    private readonly List<(AddedContent Content, int File)> places = [];

    /// <summary>Fills in the hashes; an item with a file that failed gets its error.</summary>
    public void TakeIn(IReadOnlyList<AddedContent> added)
    {
        if (!options.UpgradeLegacy)
            SettleLegacy(added);
        foreach (var content in added)
            if (!content.IsUnchangedLegacy)
                for (var i = 0; i < content.Scan.Files.Count; i++)
                    places.Add((content, i));
        if (options.NoCommit || options.Upload is not null)
            Hash();
        else
            Store();
    }

    private static string PathOf((AddedContent Content, int File) place) =>
        WorkspaceReader.PathOf(place.Content.Item.Source, place.Content.Scan.Files[place.File].Path);

    /// <summary>
    /// An output of DVC 2 keeps its old entry as long as its content is the recorded one and the cache has it: new objects get
    /// their plain MD5 as name.
    /// </summary>
    private void SettleLegacy(IReadOnlyList<AddedContent> added)
    {
        var legacy = added.Where(c => c.Item is { Action: AddAction.Update, Output.Hash.Algorithm: ContentHashAlgorithm.Md5Dos2Unix }
            && c.Item.Source == repository.Layout.ToAbsolute(c.Item.Path)).ToList();
        if (legacy.Count == 0)
            return;
        var states = WorkspaceReader.Read(repository,
            [.. legacy.Select(c => new ReadRequest(c.Item.Source, ContentHashAlgorithm.Md5Dos2Unix))], context);
        for (var i = 0; i < legacy.Count; i++)
            if (states[i].Hash is { } hash && hash == legacy[i].Item.Output!.Hash && (options.NoCommit || IsPresent(hash, states[i])))
                legacy[i].KeepLegacy(states[i]);
    }

    private bool IsPresent(ContentHash hash, WorkspaceState state) =>
        repository.IsPresent(hash) && (state.Manifest is null || state.Manifest.List.All(entry => repository.IsPresent(entry.Hash)));

    private void Hash()
    {
        var unknown = new List<HashRequest>();
        var numbers = new List<int>();
        for (var i = 0; i < places.Count; i++)
        {
            var stat = places[i].Content.StatOf(places[i].File);
            if (repository.Stats.TryGet(PathOf(places[i]), stat, ContentHashAlgorithm.Md5, out var hash))
            {
                places[i].Content.Set(places[i].File, hash, stat);
                continue;
            }
            unknown.Add(new HashRequest(PathOf(places[i]), ContentHashAlgorithm.Md5, stat.Size));
            numbers.Add(i);
        }
        HashPipeline.Hash(unknown, repository.Settings.ChecksumJobs, (index, outcome) =>
            Settle(places[numbers[index]], outcome.Status == HashStatus.Hashed, outcome.Hash, outcome.After, outcome.Error), context);
    }

    private void Store()
    {
        if (places.Count > 0)
        {
            MakeStore();
            links.TellFallback(Path.GetDirectoryName(PathOf(places[0]))!, context);
        }
        StoreRequest Describe(int index)
        {
            var place = places[index];
            var path = PathOf(place);
            var stat = place.Content.StatOf(place.File);
            var known = repository.Stats.TryGet(path, stat, ContentHashAlgorithm.Md5, out var hash) ? hash : (ContentHash?)null;
            if (known is not null)
                place.Content.Set(place.File, hash, stat);
            // What is only copied from elsewhere (-OutFile), or is to stay as it is, keeps its own inode.
            var kind = !options.NoRelink && repository.Layout.ToAbsolute(place.Content.Item.Target) == place.Content.Item.Source
                ? links.First(Path.GetDirectoryName(path)!) : LinkKind.Copy;
            return new StoreRequest(path, stat, known, kind);
        }

        long SizeOf((AddedContent Content, int File) place) => place.Content.StatOf(place.File).Size;

        new ObjectStoreWriter(repository.Stores, repository.Stats).Store(places.Count, i => SizeOf(places[i]), Describe,
            repository.Settings.ChecksumJobs, (index, outcome) =>
        {
            // Where the stat cache says so already, it need not be written anew.
            var (content, file) = places[index];
            var isKnown = outcome.Status == StoreStatus.AlreadyThere && outcome.Hash == content.HashOf(file)
                && outcome.Source.SameContentAs(content.StatOf(file));
            Settle(places[index], outcome.IsStored, outcome.Hash, outcome.Source, outcome.Error, record: !isKnown);
            content.SetObject(file, outcome.Object);
            FaultPoint.Reach("add.object");
        }, context);
    }

    // Else the first add of a repository would find no cache to try links from, and say nothing of those that do not work.
    private void MakeStore()
    {
        try
        {
            repository.Stores.Current.EnsureRoot();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Each file fails for itself.
        }
    }

    private void Settle((AddedContent Content, int File) place, bool succeeded, ContentHash hash, FileStat stat, DataVersionException? error,
        bool record = true)
    {
        if (succeeded)
        {
            place.Content.Set(place.File, hash, stat);
            if (record)
                repository.Stats.Record(PathOf(place), stat, hash);
        }
        else
            lock (place.Content)
                place.Content.Failure ??= error;
    }
}
