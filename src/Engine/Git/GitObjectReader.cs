using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace DataVersion.Engine.Git;

/// <summary>
/// Reads objects of Git through one long-lived <c>git cat-file --batch</c> process, whatever their number. Many objects
/// are asked for ahead of the answers. May be used from several threads; they take turns.
/// </summary>
public sealed class GitObjectReader : IDisposable
{
    /// <summary>
    /// Bytes of questions that may be under way: less than the smallest pipe, so that git can always take all of them
    /// while its answers wait, and neither side stops the other for ever.
    /// </summary>
    private const int Ahead = 2048;

    private readonly GitRepository repository;
    private readonly Lock gate = new();
    private readonly StringBuilder errors = new();
    private Process? process;
    private Thread? listener;
    private BufferedStream? answers;
    private bool disposed;

    internal GitObjectReader(GitRepository repository)
    {
        this.repository = repository;
        Folders = new MetadataFolderReader(this);
    }

    /// <summary>The folders with metadata, kept across revisions by the name of their tree.</summary>
    internal MetadataFolderReader Folders { get; }

    /// <summary>Reads one object.</summary>
    /// <param name="spec">A name in hexadecimal, a revision, or <c>revision:path</c> with a Git path.</param>
    /// <returns>The object, or null when there is none of that name.</returns>
    public GitObject? TryRead(string spec)
    {
        if (!spec.Contains('\n'))
            return Read([spec])[0];
        // The protocol is one line per question: a path with a line feed is walked to by the names of its folders.
        var colon = spec.IndexOf(':');
        return colon > 0 && spec.IndexOf('\n') > colon && TryRead(spec[..colon] + "^{tree}") is { } tree
            ? TryReadPath(tree.Id, spec[(colon + 1)..])
            : null;
    }

    /// <summary>Reads the object at a path below a tree.</summary>
    /// <param name="tree">The name of a tree (or of a commit).</param>
    /// <param name="path">A path with <c>/</c>, relative to that tree.</param>
    public GitObject? TryReadPath(string tree, string path)
    {
        if (path.Length == 0)
            return TryRead(tree + "^{tree}");
        if (!path.Contains('\n'))
            return TryRead(tree + ":" + path);
        var at = TryRead(tree + "^{tree}");
        foreach (var name in path.Split('/'))
        {
            if (at is not { Type: GitObjectType.Tree })
                return null;
            var entry = GitTreeEntry.Parse(at).Find(e => e.Name == name);
            at = entry is null ? null : TryRead(entry.Id);
        }
        return at;
    }

    /// <summary>Reads a commit.</summary>
    /// <param name="revision">A name in hexadecimal or any other revision.</param>
    /// <returns>The commit, or null when the revision names none.</returns>
    public GitCommit? TryReadCommit(string revision) =>
        // Behind ":/text" everything is text to search for.
        !revision.Contains('\n') && TryRead(revision.StartsWith(":/", StringComparison.Ordinal) ? revision : revision + "^{commit}") is { Type: GitObjectType.Commit } found ? GitCommit.Parse(found) : null;

    /// <summary>Reads many objects; the answers stand in the order of the questions, null for what does not exist.</summary>
    /// <param name="specs">As for <see cref="TryRead"/>, without line feeds.</param>
    /// <param name="cancellation">Looked at between two objects.</param>
    public IReadOnlyList<GitObject?> Read(IReadOnlyList<string> specs, CancellationToken cancellation = default)
    {
        var found = new GitObject?[specs.Count];
        if (specs.Count == 0)
            return found;
        if (specs.Any(static spec => spec.Contains('\n')))
            throw new ArgumentException("A question cannot hold a line feed.", nameof(specs));
        var questions = new MemoryStream();
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            Start();
            try
            {
                for (int asked = 0, answered = 0, open = 0; answered < specs.Count;)
                {
                    questions.SetLength(0);
                    while (asked < specs.Count && (open == 0 || open + specs[asked].Length * 3 < Ahead) && !cancellation.IsCancellationRequested)
                    {
                        var line = Encoding.UTF8.GetBytes(specs[asked++] + "\n");
                        questions.Write(line);
                        open += line.Length;
                    }
                    process!.StandardInput.BaseStream.Write(questions.GetBuffer(), 0, (int)questions.Length);
                    process.StandardInput.BaseStream.Flush();
                    // Half of what is under way is read before more is asked: git always has work.
                    for (var goal = asked == specs.Count ? 0 : open / 2; answered < asked && (open > goal || cancellation.IsCancellationRequested); answered++)
                    {
                        found[answered] = Answer();
                        open -= Encoding.UTF8.GetByteCount(specs[answered]) + 1;
                    }
                    cancellation.ThrowIfCancellationRequested();
                }
            }
            catch (Exception broken) when (broken is IOException or FormatException or EndOfStreamException)
            {
                throw Broken(broken);
            }
        }
        return found;
    }

    /// <summary>Writes the bytes of an object to a stream, whatever its size. False when there is no object of that name.</summary>
    /// <param name="id">A name in hexadecimal.</param>
    /// <param name="target">Where the bytes go.</param>
    /// <param name="cancellation">Looked at between two pieces.</param>
    public bool TryCopy(string id, Stream target, CancellationToken cancellation = default)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            Start();
            try
            {
                process!.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(id + "\n"));
                process.StandardInput.BaseStream.Flush();
                var words = Line().Split(' ');
                if (words.Length != 3 || !long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var left))
                    return false;
                var buffer = new byte[1 << 16];
                while (left > 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var read = answers!.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
                    if (read == 0)
                        throw new EndOfStreamException("git cat-file ended.");
                    target.Write(buffer, 0, read);
                    left -= read;
                }
                answers!.ReadByte();
                return true;
            }
            catch (Exception broken) when (broken is FormatException or EndOfStreamException)
            {
                throw Broken(broken);
            }
            catch
            {
                // The rest of the answer would be taken for that to the next question.
                Stop();
                throw;
            }
        }
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            Stop();
        }
    }

    private void Start()
    {
        if (process is not null)
            return;
        repository.CountProcess();
        process = GitProgram.Start(GitProgram.Describe(repository.Root, ["cat-file", "--batch"], quiet: true));
        answers = new BufferedStream(process.StandardOutput.BaseStream, 1 << 16);
        errors.Clear();
        // Git writes warnings there (an ambiguous name); a full pipe would stop it.
        var said = process.StandardError;
        listener = new Thread(() => Listen(said)) { IsBackground = true, Name = "git cat-file" };
        listener.Start();
    }

    private void Listen(StreamReader said)
    {
        try
        {
            while (said.ReadLine() is { } line)
                lock (errors)
                    if (errors.Length < 4096)
                        errors.AppendLine(line);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // Git was ended.
        }
    }

    // "<id> <type> <size>\n<bytes>\n", or "<question> missing|ambiguous|...\n"
    private GitObject? Answer()
    {
        var words = Line().Split(' ');
        if (words.Length != 3 || !int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            return words.Length == 3 && words[2].All(char.IsAsciiDigit)
                ? throw new FormatException($"The object {words[0]} is too large to be metadata.")
                : null;
        var bytes = new byte[size];
        answers!.ReadExactly(bytes);
        answers.ReadByte();
        var type = words[1] switch
        {
            "blob" => GitObjectType.Blob,
            "tree" => GitObjectType.Tree,
            "commit" => GitObjectType.Commit,
            "tag" => GitObjectType.Tag,
            _ => throw new FormatException($"Unknown kind of object: {words[1]}."),
        };
        return new GitObject(type, words[0], bytes);
    }

    private string Line()
    {
        var line = new MemoryStream(128);
        for (int next; (next = answers!.ReadByte()) != '\n';)
        {
            if (next < 0)
                throw new EndOfStreamException("git cat-file ended.");
            line.WriteByte((byte)next);
        }
        return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
    }

    // What is left in the pipes would answer the wrong question: the next reading begins with a new process.
    private DataVersionException Broken(Exception cause)
    {
        Stop();
        string said;
        lock (errors)
            said = errors.ToString().Trim();
        return new DataVersionException(DataErrorKind.GitFailed,
            $"Reading objects of Git failed in '{repository.Root}': {(said.Length > 0 ? said : cause.Message)}", repository.Root,
            "Run 'git fsck' to see whether the Git repository is damaged.", cause);
    }

    private void Stop()
    {
        if (process is null)
            return;
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }
        if (!process.WaitForExit(1000))
            GitProgram.Kill(process);
        // What it said last.
        listener!.Join(1000);
        process.Dispose();
        process = null;
        answers = null;
    }
}
