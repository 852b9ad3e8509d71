using DataVersion.Engine.Files;

namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>A file that is hashed in a lane, under the same rules as by a <see cref="FileHasher"/>.</summary>
internal sealed class FileJob(
    SourceFile file, string path, FileStat before, ContentHashAlgorithm algorithm, FileHasher alone, Action<HashOutcome> done)
    : LaneJob(before.Size, algorithm)
{
    public override int Read(Span<byte> buffer, long offset) => file.Fill(buffer, offset);

    public override void Hashed(ContentHash? hash, ReadOnlySpan<byte> content)
    {
        HashOutcome outcome;
        try
        {
            var after = file.Stat();
            outcome = hash is { } found && before.SameContentAs(after)
                ? new HashOutcome(HashStatus.Hashed, found, before, after, null)
                : alone.Hash(file, path, after, Algorithm, attempts: 1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            outcome = FileHasher.Unreadable(error, path);
        }
        done(outcome);
    }

    public override void Failed(Exception error) => done(FileHasher.Unreadable(error, path));

    public override void Dispose() => file.Dispose();
}
