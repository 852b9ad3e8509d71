using System.Buffers.Binary;
using System.Text;

namespace DataVersion.Remotes.Ssh;

/// <summary>How a file is opened (source: draft-ietf-secsh-filexfer-02, section 6.3).</summary>
[Flags]
internal enum SftpOpening : uint
{
    /// <summary>To be read.</summary>
    Read = 1,
    /// <summary>To be written.</summary>
    Write = 2,
    /// <summary>Made, where there is none.</summary>
    Create = 8,
    /// <summary>There must be none.</summary>
    New = 0x20,
}

/// <summary>A text or a handle in a message.</summary>
internal readonly struct SftpText
{
    private readonly string? text;
    private readonly byte[]? bytes;

    public SftpText(string text) => this.text = text;

    public SftpText(byte[] bytes) => this.bytes = bytes;

    /// <summary>Most bytes that it takes.</summary>
    public int Length => text is not null ? 4 * text.Length : bytes!.Length;

    /// <summary>Writes it.</summary>
    public void AddTo(SftpWriter writer) => _ = text is not null ? writer.Text(text) : writer.Text(bytes);
}

/// <summary>Writes a message of SFTP.</summary>
internal sealed class SftpWriter(byte[] bytes)
{
    private int length;

    /// <summary>Begins it.</summary>
    public void Begin(byte type, uint number)
    {
        bytes[4] = type;
        length = 5;
        Number(number);
    }

    /// <summary>Adds a number.</summary>
    public SftpWriter Number(uint number)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(length), number);
        length += 4;
        return this;
    }

    /// <summary>Adds a long number.</summary>
    public SftpWriter Long(long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(length), number);
        length += 8;
        return this;
    }

    /// <summary>Adds bytes, with their number before them.</summary>
    public SftpWriter Text(ReadOnlySpan<byte> text)
    {
        Number((uint)text.Length);
        text.CopyTo(bytes.AsSpan(length));
        length += text.Length;
        return this;
    }

    /// <summary>Adds a text.</summary>
    public SftpWriter Text(string text)
    {
        var count = Encoding.UTF8.GetBytes(text, bytes.AsSpan(length + 4));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(length), (uint)count);
        length += 4 + count;
        return this;
    }

    /// <summary>Ends it.</summary>
    /// <returns>Its length.</returns>
    public int Finish()
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(length - 4));
        return length;
    }
}
