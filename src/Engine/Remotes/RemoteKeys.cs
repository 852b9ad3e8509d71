namespace DataVersion.Engine.Remotes;

/// <summary>The names of objects on a remote: the layout of a cache (format: DVC, dvc-compat 10.1).</summary>
public static class RemoteKeys
{
    /// <summary>What the keys of the run cache begin with.</summary>
    public const string Runs = "runs/";

    /// <summary>What the keys of objects under their plain MD5 begin with.</summary>
    public const string Objects = "files/md5/";

    /// <summary>The key of an object: <c>files/md5/ab/cdef...</c>; of DVC 2 and older <c>ab/cdef...</c>.</summary>
    public static string Of(ContentHash hash)
    {
        var name = hash.ToString();
        return string.Concat(hash.Algorithm == ContentHashAlgorithm.Md5 ? Objects : "", name.AsSpan(0, 2), "/", name.AsSpan(2));
    }

    /// <summary>The object that a key names; false for every other key.</summary>
    public static bool TryParse(string key, out ContentHash hash)
    {
        var isCurrent = key.StartsWith(Objects, StringComparison.Ordinal);
        var name = isCurrent ? key[Objects.Length..] : key;
        hash = default;
        return name.Length is 33 or 37 && name[2] == '/' && name.AsSpan().IndexOfAnyInRange('A', 'F') < 0 && ContentHash.TryParse(
            string.Concat(name.AsSpan(0, 2), name.AsSpan(3)), isCurrent ? ContentHashAlgorithm.Md5 : ContentHashAlgorithm.Md5Dos2Unix, out hash);
    }
}
