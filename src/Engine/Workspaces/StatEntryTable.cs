namespace DataVersion.Engine.Workspaces;

/// <summary>
/// What a command learns of files, by key: entries in blocks that never move, so that a million of them take little more
/// memory than their own. Thread-safe: it is made of parts, each with a lock.
/// </summary>
internal sealed class StatEntryTable
{
    private const int PartBits = 4;
    private readonly Part[] parts = [.. Enumerable.Range(0, 1 << PartBits).Select(_ => new Part())];

    /// <summary>Number of keys.</summary>
    public int Count => parts.Sum(p => p.Count);

    /// <summary>Finds what was set last.</summary>
    public bool TryGet(UInt128 key, out StatEntry entry) => PartOf(key).TryGet(key, out entry);

    /// <summary>Sets the entry of its key.</summary>
    public void Set(in StatEntry entry) => PartOf(entry.Key).Set(entry, replace: true);

    /// <summary>Sets the entry of its key when there is none.</summary>
    public void TryAdd(in StatEntry entry) => PartOf(entry.Key).Set(entry, replace: false);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        foreach (var part in parts)
            part.Clear();
    }

    /// <summary>All entries, in the order of their keys. Nobody may set any meanwhile.</summary>
    public IEnumerable<StatEntry> InOrder()
    {
        // The highest bits of the key choose the part, so the parts follow one another.
        foreach (var part in parts)
            foreach (var index in part.Order())
                yield return part[index];
    }

    private Part PartOf(UInt128 key) => parts[(int)(key >> (128 - PartBits))];

    private sealed class Part
    {
        private const int BlockBits = 9, BlockSize = 1 << BlockBits;
        private readonly Lock guard = new();
        private readonly List<StatEntry[]> blocks = [];
        private int[] slots = new int[64]; // number of the entry + 1, 0 for none; probed one after the other

        public int Count { get; private set; }

        public ref StatEntry this[int index] => ref blocks[index >> BlockBits][index & (BlockSize - 1)];

        public bool TryGet(UInt128 key, out StatEntry entry)
        {
            lock (guard)
            {
                var slot = slots[SlotOf(key)];
                entry = slot > 0 ? this[slot - 1] : default;
                return slot > 0;
            }
        }

        public void Set(in StatEntry entry, bool replace)
        {
            lock (guard)
            {
                var slot = SlotOf(entry.Key);
                if (slots[slot] > 0)
                {
                    if (replace)
                        this[slots[slot] - 1] = entry;
                    return;
                }
                if (Count >> BlockBits == blocks.Count)
                    blocks.Add(new StatEntry[BlockSize]);
                this[Count++] = entry;
                slots[slot] = Count;
                if (Count * 2 > slots.Length)
                    Grow();
            }
        }

        public void Clear()
        {
            lock (guard)
            {
                blocks.Clear();
                slots = new int[64];
                Count = 0;
            }
        }

        public int[] Order()
        {
            var (keys, order) = (new ulong[Count], new int[Count]);
            for (var i = 0; i < keys.Length; i++)
                (keys[i], order[i]) = (this[i].KeyHigh, i);
            Array.Sort(keys, order);
            // Equal halves of keys are as good as impossible, but the order must be right.
            for (var i = 1; i < order.Length; i++)
                for (var j = i; j > 0 && keys[j - 1] == keys[j] && this[order[j - 1]].CompareTo(this[order[j]]) > 0; j--)
                    (order[j - 1], order[j]) = (order[j], order[j - 1]);
            return order;
        }

        private int SlotOf(UInt128 key)
        {
            var mask = slots.Length - 1;
            var slot = (int)(ulong)key & mask;
            while (slots[slot] > 0 && this[slots[slot] - 1].Key != key)
                slot = (slot + 1) & mask;
            return slot;
        }

        private void Grow()
        {
            slots = new int[slots.Length * 2];
            for (var i = 0; i < Count; i++)
                slots[SlotOf(this[i].Key)] = i + 1;
        }
    }
}
