namespace DataVersion.Engine.Metadata;

/// <summary>What the writer does only for nodes that came from a text: comments, brackets, block texts.</summary>
public sealed partial class YamlWriter
{
    /// <summary>Writes a comment behind what stands on the line, in its old column if that is free; true when there was one.</summary>
    private bool Behind(YamlComment? comment)
    {
        if (comment is null)
            return false;
        if (comment.Text is not null)
        {
            output.Put(new string(' ', Math.Max(comment.Column - output.Column, output.Column == 0 ? 0 : 1)));
            output.Put(comment.Text);
        }
        Lines(comment);
        return true;
    }

    /// <summary>Writes whole lines as they were.</summary>
    private void Lines(YamlComment? comment)
    {
        if (comment is null)
            return;
        if (output.Column > 0)
            output.Break();
        foreach (var line in comment.Lines)
        {
            output.Put(line);
            output.Break();
        }
    }

    private void FlowMap(YamlMap map, int indent)
    {
        output.Separate();
        output.Put("{");
        var isFirst = true;
        foreach (var entry in map.Entries)
        {
            NextInFlow(ref isFirst, indent);
            FlowEntry(entry, indent);
        }
        output.Put("}");
    }

    private void FlowEntry(YamlEntry entry, int indent)
    {
        Scalar(entry.Key, indent + 2, isKey: true, inFlow: true);
        output.Put(":");
        Value(entry.Value, indent + 2, Place.Flow);
    }

    private void FlowSequence(YamlSequence sequence, int indent)
    {
        output.Separate();
        output.Put("[");
        var isFirst = true;
        foreach (var item in sequence.Items)
        {
            NextInFlow(ref isFirst, indent);
            // A map of one key needs no braces in a list.
            if (item is YamlMap { Count: 1 } pair && !anchors.ContainsKey(pair))
                FlowEntry(pair.Entries[0], indent);
            else
                Value(item, indent + 2, Place.Flow);
        }
        output.Put("]");
    }

    private void NextInFlow(ref bool isFirst, int indent)
    {
        if (!isFirst)
            output.Put(",");
        if (output.IsWide)
            output.NewLine(indent);
        else if (!isFirst)
            output.Put(" ");
        isFirst = false;
    }

    private void Block(YamlScalar scalar, YamlLook look, int indent)
    {
        var text = scalar.AsText!;
        var header = look.Style == YamlStyle.Literal ? "|" : ">";
        if (text.StartsWith(' ') || text.StartsWith('\n'))
            header += "2";
        if (!text.EndsWith('\n'))
            header += "-";
        else if (text.Length == 1 || text[^2] == '\n')
            header += "+";
        output.Put(header);
        foreach (var line in look.BlockLines!)
        {
            output.Break();
            if (line.Length > 0)
                output.Put(new string(' ', indent) + line);
        }
        output.Break();
    }
}
