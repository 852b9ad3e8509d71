using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>Short texts as values of remotes.</summary>
internal static class RemoteTexts
{
    /// <summary>Stores a text as the engine stores small values: read and checked before.</summary>
    public static async Task PutTextAsync(this IRemoteStorage storage, string key, string text)
    {
        using var scratch = new ScratchFolder();
        var bytes = Encoding.UTF8.GetBytes(text);
        using var copies = new VerifiedCopies(OperationContext.Silent, static _ => { });
        var upload = new RemoteUpload(scratch.Write("value", text), bytes.Length, new ContentHash(MD5.HashData(bytes)), copies);
        upload.Load(default);
        await storage.PutAsync(key, upload, default);
    }

    /// <summary>Reads a text.</summary>
    public static async Task<string> GetTextAsync(this IRemoteStorage storage, string key)
    {
        var target = new MemoryStream();
        await storage.GetAsync(key, target, ByteRange.Whole, default);
        return Encoding.UTF8.GetString(target.ToArray());
    }
}
