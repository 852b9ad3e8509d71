using System.Collections.Concurrent;
using System.Security.Cryptography;
using DataVersion.Engine.Files;
using DataVersion.Engine.Git;
using DataVersion.Engine.Linking;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Pipelines;
using DataVersion.Engine.Pipelines.Templating;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine;

/// <summary>
/// An opened repository: everything an operation needs, made when first asked for. One per command; not for use by
/// several operations at once.
/// </summary>
public sealed class Repository : IDisposable
{
    private readonly ConcurrentDictionary<ContentHash, Manifest> manifests = new();
    private readonly ConcurrentDictionary<ContentHash, IReadOnlyList<TrackedFile>> listed = new();
    private readonly Lazy<GitRepository?> git;
    private readonly Lazy<PlacedOutputs> placed;
    private DataIndex? index;
    private IgnoreTree? ignore;

    private Repository(RepositoryLayout layout)
    {
        Layout = layout;
        Configuration = Configuration.Load(layout);
        Settings = RepositorySettings.From(Configuration);
        Stores = new ObjectStores(Settings.CacheFolder, Settings.CacheSharedGroup, Path.Combine(layout.StateFolder, "quarantine"));
        Stats = new StatCache(Path.Combine(layout.StateFolder, "stat-cache"));
        Verifier = new ObjectVerifier(Stores, Stats);
        Linker = new Linker(Settings.CacheSharedGroup);
        git = new Lazy<GitRepository?>(() => Settings.NoScm ? null : GitRepository.TryOpen(layout.Root));
        placed = new Lazy<PlacedOutputs>(() => PlacedOutputs.Load(layout));
    }

    /// <summary>Where the files of the repository are.</summary>
    public RepositoryLayout Layout { get; }

    /// <summary>What works here, as other users are told who must wait for it: the name of the cmdlet.</summary>
    public string Command { get; set; } = "DataVersion";

    /// <summary>The merged configuration.</summary>
    public Configuration Configuration { get; }

    /// <summary>The configuration's values that the engine uses.</summary>
    public RepositorySettings Settings { get; }

    /// <summary>The Git work tree around it; null without Git.</summary>
    public GitRepository? Git => git.Value;

    /// <summary>The cache.</summary>
    public ObjectStores Stores { get; }

    /// <summary>What is known of files by their stat.</summary>
    public StatCache Stats { get; }

    /// <summary>Says whether objects may be used.</summary>
    public ObjectVerifier Verifier { get; }

    /// <summary>Places objects in the workspace.</summary>
    public Linker Linker { get; }

    /// <summary>Knows which link kinds work between cache and workspace.</summary>
    public LinkProbe Links { get; } = new();

    /// <summary>The <c>.dvcignore</c> rules of the workspace.</summary>
    public IgnoreTree Ignore => ignore ??= new IgnoreTree(Layout);

    /// <summary>What earlier checkouts put into the workspace.</summary>
    internal PlacedOutputs Placed => placed.Value;

    /// <summary>All outputs that the metadata in the workspace names.</summary>
    /// <exception cref="MetadataFormatException">A metadata file cannot be read.</exception>
    public DataIndex Index => index ??= Know(DataIndexLoader.Load(WorkingTree()));

    /// <summary>Opens the repository that a folder lies in.</summary>
    /// <exception cref="DataVersionException">RepositoryNotFound; ConfigurationInvalid.</exception>
    public static Repository Open(string folder) => new(RepositoryDiscovery.Find(folder));

    /// <summary>Opens a repository whose place is known.</summary>
    /// <exception cref="DataVersionException">ConfigurationInvalid.</exception>
    public static Repository Open(RepositoryLayout layout) => new(layout);

    /// <summary>
    /// Keeps every other process, DVC too, from changing the repository until disposed. What was read of the metadata before
    /// is forgotten, what a killed run of stages had finished is recorded, and beside Git <c>.dvc/.gitignore</c> is completed, so that secrets and the cache never get into Git.
    /// </summary>
    /// <param name="patience">How long to wait for another process.</param>
    /// <param name="context">Cancellation, and what became of a killed run.</param>
    /// <exception cref="RepositoryBusyException">Another process did not finish within the patience.</exception>
    /// <exception cref="DataVersionException"><c>.dvc/.gitignore</c> or the lock file cannot be written.</exception>
    public IDisposable Lock(TimeSpan patience, OperationContext context)
    {
        var cancellation = context.Cancellation;
        var held = RepositoryLock.Acquire(Layout, Settings, Command, patience, cancellation);
        try
        {
            RunJournal.Replay(this, context);
            Reload();
            if (Git is { } repository)
                DvcGitIgnore.Complete(Layout, path => repository.Ignored([path], cancellation).Count > 0);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Tells others, DVC too, which paths are being read and written until disposed; stages of DVC run without the
    /// repository's lock and look here. The caller holds that lock. There is no waiting: whoever holds a path may need the
    /// repository's lock to finish.
    /// </summary>
    /// <param name="read">Paths relative to the root that are read.</param>
    /// <param name="write">Paths relative to the root that are written.</param>
    /// <param name="context">Receives a warning for each mark of a process that lives no more.</param>
    /// <param name="before">Marks that are taken back in the same step, which costs less than taking them back alone.</param>
    /// <returns>What takes the marks back; null when there is nothing to mark.</returns>
    /// <exception cref="RepositoryBusyException">Another process uses one of the paths, or a folder above or below.</exception>
    /// <exception cref="MetadataFormatException">The file of the marks is damaged.</exception>
    public IDisposable? LockPaths(IEnumerable<string> read, IEnumerable<string> write, OperationContext context, IDisposable? before = null)
    {
        string[] reading = [.. read.Distinct().Select(Layout.ToAbsolute)], writing = [.. write.Distinct().Select(Layout.ToAbsolute)];
        if (reading.Length + writing.Length == 0)
            return null;
        var locks = PathLocks.Acquire(Layout, Settings, reading, writing, Command, TimeSpan.Zero, context, before as PathLocks);
        KilledLeftovers.Sweep(this, locks.AbandonedPaths, context);
        return locks;
    }

    /// <summary>All stages that the metadata in the workspace defines; bad files and stages are reported instead of failing the whole.</summary>
    /// <param name="problems">Receives one error per bad file or stage; with null the first one throws.</param>
    public StageSet LoadStages(IList<DataVersionException>? problems = null) => StageSet.Load(WorkingTree(), problems, Settings.Parsing);

    /// <summary>The parameter files of the workspace, each read when first asked for.</summary>
    public ParameterFiles ReadParameters() => new(WorkingTree());

    /// <summary>Forgets the index and the ignore rules: metadata has been changed.</summary>
    public void Reload() => (index, ignore) = (null, null);

    /// <summary>All outputs of the workspace; bad metadata files are reported instead of failing the whole.</summary>
    public DataIndex LoadIndex(IList<DataVersionException> problems) => Know(DataIndexLoader.Load(WorkingTree(), problems));

    /// <summary>All outputs that a revision's metadata names.</summary>
    /// <exception cref="DataVersionException">RevisionNotFound; GitNotFound; MetadataInvalid.</exception>
    public DataIndex IndexAt(string revision, IList<DataVersionException>? problems = null) =>
        Know(DataIndexLoader.Load(TreeAt(revision), problems));

    /// <summary>All outputs that a commit's metadata names; read once in the life of the process while it is among the last ones.</summary>
    /// <param name="commit">The full name of a commit.</param>
    /// <exception cref="DataVersionException">RevisionNotFound; GitNotFound; MetadataInvalid.</exception>
    internal DataIndex IndexOfCommit(string commit) =>
        Know(CommittedIndexes.Get(RequireGit().CommonDirectory, Layout.Root, commit, () => IndexAt(commit)));

    /// <summary>The Git work tree, for what cannot be done without.</summary>
    /// <exception cref="DataVersionException">GitNotFound.</exception>
    public GitRepository RequireGit() => Git ?? throw new DataVersionException(DataErrorKind.GitNotFound,
        $"'{Layout.Root}' is not inside a Git work tree, so it has no revisions.", Layout.Root, "Make one with 'git init', or name no revision.");

    /// <summary>
    /// Reads a manifest from the cache; its bytes are checked against its name each time they are read. A corrupt one goes
    /// to quarantine.
    /// </summary>
    /// <param name="hash">Name of the manifest.</param>
    /// <param name="manifest">The manifest, when the result is null.</param>
    /// <param name="remember">Keep it for the next caller; not when thousands are read once.</param>
    /// <returns>Why it cannot be had: ObjectMissing, ObjectCorrupt or ManifestInvalid.</returns>
    public DataVersionException? TryLoadManifest(ContentHash hash, out Manifest? manifest, bool remember = true)
    {
        if (manifests.TryGetValue(hash, out manifest))
            return null;
        var path = Stores.PathOf(hash);
        try
        {
            var bytes = File.ReadAllBytes(path);
            Span<byte> actual = stackalloc byte[16];
            MD5.HashData(bytes, actual);
            if (new ContentHash(actual).Hex != hash.Hex)
                return Verifier.Verify(hash, always: true).Error ?? ObjectProblem(hash, ObjectVerdict.Corrupt, null);
            manifest = Manifest.Parse(bytes, hash.Algorithm, path);
            if (remember)
                manifests[hash] = manifest;
            return null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            if (!listed.TryGetValue(hash, out var files))
                return ObjectProblem(hash, ObjectVerdict.Missing, null);
            manifests[hash] = manifest = Manifest.Create(files.Select(file => new ManifestEntry(file.Path, file.Hash!.Value)));
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return FileErrors.Describe(error, path, "read");
        }
        catch (DataVersionException error)
        {
            return error;
        }
    }

    /// <summary>Reads a manifest from the cache.</summary>
    /// <exception cref="DataVersionException">ObjectMissing, ObjectCorrupt or ManifestInvalid.</exception>
    public Manifest LoadManifest(ContentHash hash) => TryLoadManifest(hash, out var manifest) is { } problem ? throw problem : manifest!;

    private DataIndex Know(DataIndex known)
    {
        foreach (var output in known.Outputs)
            Know(output);
        return known;
    }

    /// <summary>Metadata that lists the files of a folder (remotes that keep versions) says as much as its manifest, which may be nowhere.</summary>
    internal void Know(TrackedOutput output)
    {
        if (output is { ListsFiles: true, Hash: { } hash })
            listed[hash] = output.Files;
    }

    /// <summary>Keeps a manifest that was just made, so that it is not read back.</summary>
    internal void Know(Manifest manifest) => manifests[manifest.Hash] = manifest;

    /// <summary>Checks many objects; each is read only if its stat is not the one it had when it was last verified, or with <c>cache.verify</c>.</summary>
    public IReadOnlyDictionary<ContentHash, ObjectCheck> Verify(IEnumerable<ContentHash> hashes, OperationContext context)
    {
        ContentHash[] distinct = [.. hashes.Distinct()];
        var checks = VerifyEach(distinct, context);
        var result = new Dictionary<ContentHash, ObjectCheck>(distinct.Length);
        for (var i = 0; i < distinct.Length; i++)
            result[distinct[i]] = checks[i];
        return result;
    }

    /// <summary>As <see cref="Verify"/>, of hashes that are listed once each, in their order.</summary>
    internal ObjectCheck[] VerifyEach(IReadOnlyList<ContentHash> hashes, OperationContext context)
    {
        var checks = new ObjectCheck[hashes.Count];
        Verifier.Verify(hashes, Settings.ChecksumJobs, (i, check) => checks[i] = check, context, always: Settings.VerifyCache);
        return checks;
    }

    /// <summary>
    /// Whether an object is in the cache, for reports: one with the mode of an object, or verified before, is taken for
    /// right without reading it, as DVC does; before it is used it is verified all the same.
    /// </summary>
    public bool IsPresent(ContentHash hash)
    {
        var stat = Stores.For(hash.Algorithm).Stat(hash);
        return stat.Kind == FileKind.File && (stat.Mode == 0b100_100_100 || Verifier.Verify(hash).Verdict == ObjectVerdict.Good);
    }

    /// <summary>The error for an object that cannot be used.</summary>
    public DataVersionException ObjectProblem(ContentHash hash, ObjectVerdict verdict, string? neededBy)
    {
        var needed = neededBy is null ? "" : $", needed for '{neededBy}',";
        var fetch = Settings.DefaultRemote is null ? "Bring it back from another clone or a backup: the object's path is "
            + $"'{Stores.PathOf(hash)}'." : "Fetch it with Sync-DataRemote -Direction Fetch.";
        return verdict == ObjectVerdict.Corrupt
            ? new DataVersionException(DataErrorKind.ObjectCorrupt,
                $"The object {hash}{needed} is corrupt: its bytes do not match its name. It was moved to the quarantine and is not used.", neededBy, fetch)
            : new DataVersionException(DataErrorKind.ObjectMissing, $"The object {hash}{needed} is not in the cache.", neededBy, fetch);
    }

    /// <summary>Writes what was learnt about files and ends the git process.</summary>
    public void Dispose()
    {
        Stats.Save();
        if (git.IsValueCreated)
            git.Value?.Dispose();
    }

    /// <summary>The metadata files of the workspace; nothing is read yet.</summary>
    internal WorkingMetadataTree WorkingTree() => new(Layout, Ignore, Git is null ? null : folders => Git.Ignored([.. folders]));

    internal RevisionMetadataTree TreeAt(string revision)
    {
        var tree = new RevisionMetadataTree(RequireGit(), RequireGit().ResolveRevision(revision), Layout.Root);
        // What is ignored is said by the .dvcignore files of that revision, not by those of the workspace.
        tree.IsIgnored = new IgnoreTree(Layout, tree.TryReadText).IsIgnored;
        return tree;
    }
}
