using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>Makes stages that can be run of <c>dvc.yaml</c> files: templates, <c>foreach</c>, <c>matrix</c>, <c>vars</c> (DVC spec 7.4 to 7.7).</summary>
/// <param name="tree">The working tree or a revision.</param>
/// <param name="files">Its parameter files; read only when a <c>dvc.yaml</c> holds templates or <c>vars</c>.</param>
/// <param name="options">How maps in commands become options.</param>
public sealed class PipelineResolver(IMetadataTree tree, ParameterFiles files, ParsingOptions options)
{
    /// <summary>A resolver with parameter files of its own.</summary>
    public PipelineResolver(IMetadataTree tree, ParsingOptions? options = null)
        : this(tree, new ParameterFiles(tree), options ?? ParsingOptions.Default)
    {
    }

    /// <summary>Reads and resolves a <c>dvc.yaml</c>.</summary>
    /// <exception cref="DataVersionException">The file itself cannot be read; what cannot be resolved in it is a value of the result.</exception>
    public ResolvedPipeline Read(string metadataPath) => Resolve(metadataPath, PipelineFile.Parse(tree.ReadText(metadataPath), metadataPath));

    /// <summary>Resolves a file that was read. What cannot be resolved is a value of the result.</summary>
    /// <param name="metadataPath">Its path relative to the repository: what <c>vars</c> and working directories are relative to.</param>
    /// <param name="file">The file.</param>
    public ResolvedPipeline Resolve(string metadataPath, PipelineFile file) => new Resolution(metadataPath, file, files, options).Run();

    /// <summary>The work on one file.</summary>
    private sealed class Resolution(string path, PipelineFile file, ParameterFiles files, ParsingOptions options)
    {
        private readonly MetadataSchema schema = new(path);
        private readonly string folder = MetadataPath.FolderOf(path);
        private readonly List<ResolvedStage> stages = new(file.Stages.Count);
        private readonly List<PipelineProblem> problems = [];
        private readonly List<string> warnings = [];
        private TemplateContext? context;
        private DataVersionException? contextError;

        public ResolvedPipeline Run()
        {
            // An error in them is one also when nothing uses them.
            if (file.Vars.Count > 0)
                Attempt(null, null, () => Context());
            foreach (var stage in file.Stages)
                if (stage.IsGroup)
                    AddGroup(stage);
                else
                    AddStage(stage);
            return new ResolvedPipeline(path, file, stages, problems)
            {
                Params = ResolveTop(file.Params, "params"),
                Metrics = ResolveTop(file.Metrics, "metrics"),
                Plots = ResolveTop(file.Plots, "plots"),
                Datasets = ResolveTop(file.Datasets, "datasets"),
                Artifacts = file.Artifacts is { } artifacts && Interpolation.Concerns(artifacts) ? ResolveArtifacts(artifacts) : file.Artifacts,
                Warnings = warnings,
            };
        }

        private void AddStage(PipelineStage stage)
        {
            if (stage.Definition["vars"] is null && !Interpolation.Concerns(stage.Definition))
                stages.Add(new ResolvedStage(stage, null, false, []));
            else
                Attempt(stage.Name, stage.Definition, () => stages.Add(ResolveStage(stage, stage.Name, null, Context())));
        }

        private void AddGroup(PipelineStage group)
        {
            IReadOnlyList<GroupMember> members = [];
            var isGood = Attempt(group.Name, group.Definition, () =>
            {
                foreach (var (key, value) in group.Definition.Entries)
                    if (key.AsText != "matrix")
                        Within($"'stages.{group.Name}.{key}'", value, () => Interpolation.CheckSyntax(value));
                var over = group.Foreach ?? group.Matrix!;
                Within($"'stages.{group.Name}.{(group.Foreach is null ? "matrix" : "foreach")}'", over,
                    () => members = StageGroup.Expand(group, new Interpolation(Context(), options, null)));
                if (StageGroup.Hidden(members, group, Context()).ToArray() is { Length: > 0 } hidden)
                    warnings.Add($"{string.Join(" and ", hidden)} {(hidden.Length > 1 ? "are" : "is")} already specified, "
                        + $"will be overwritten for stages generated from '{group.Name}' of '{path}'");
            });
            if (isGood)
                foreach (var member in members)
                    Attempt($"{group.Name}@{member.Key}", group.Definition, () => stages.Add(ResolveMember(group, member)));
        }

        private ResolvedStage ResolveMember(PipelineStage group, GroupMember member)
        {
            var own = new TemplateContext(files, Context());
            if (group.Matrix is not null)
                own.Reserve("key", KeyOf(member));
            own.Reserve("item", member.Item);
            if (group.Matrix is null && member.KeyIsNamed)
                own.Reserve("key", KeyOf(member));
            return ResolveStage(group, $"{group.Name}@{member.Key}", group.Name, own);

            static ContextValue KeyOf(GroupMember member) => new(new YamlScalar(member.Key), null, null, "");
        }

        private ResolvedStage ResolveStage(PipelineStage stage, string name, string? group, TemplateContext values)
        {
            var definition = stage.Definition;
            if (schema.List(definition, "vars") is { Count: > 0 } vars)
                values = WithVars(stage, name, vars, values);
            var used = new UsedVariables();
            var interpolation = new Interpolation(values, options, used);
            var resolved = new YamlMap { Line = definition.Line, Column = definition.Column };
            foreach (var (key, value) in definition.Entries)
                if (key.SourceText is not ("vars" or "matrix"))
                    Within($"'stages.{name}.{key}'", value, () => resolved.Set(key, interpolation.Resolve(value, key.SourceText)));
            var parsed = PipelineStage.Parse(schema, new YamlScalar(name) { Line = stage.Line }, resolved);
            return new ResolvedStage(parsed, group, group is not null || !YamlNode.SameValue(definition, resolved), used.Selections);
        }

        private TemplateContext WithVars(PipelineStage stage, string name, IReadOnlyList<YamlNode> vars, TemplateContext values)
        {
            var place = stage.Definition["vars"]!;
            CheckPlain(vars, $"'stages.{name}.vars'");
            var wdir = folder;
            if (stage.Definition["wdir"] is { } written)
                Within($"'stages.{name}.wdir'", written, () => wdir = new Interpolation(values, options, null).Resolve(written, "wdir") is YamlScalar text
                    ? MetadataPath.Join(folder, PythonText.InTemplate(text)) : throw new TemplateFault(written, "'wdir' must be text"));
            var own = new TemplateContext(files, values);
            try
            {
                own.AddVars(vars, wdir, name);
            }
            catch (TemplateFault fault)
            {
                throw fault.ToError(fault.IsRepeatedLoad ? $"'stages.{name}.vars'" : $"stage '{name}'", path, place);
            }
            return own;
        }

        private IReadOnlyList<YamlNode> ResolveTop(IReadOnlyList<YamlNode> nodes, string section)
        {
            if (!nodes.Any(Interpolation.Concerns))
                return nodes;
            var resolved = new List<YamlNode>();
            for (var i = 0; i < nodes.Count; i++)
            {
                var (node, index) = (nodes[i], i);
                Attempt(null, node, () => Within($"'{section}.{index}'", node, () => resolved.Add(new Interpolation(Context(), options, null).Resolve(node, null))));
            }
            return resolved;
        }

        private YamlMap ResolveArtifacts(YamlMap artifacts)
        {
            var resolved = new YamlMap { Line = artifacts.Line, Column = artifacts.Column };
            foreach (var (name, value) in artifacts.Entries)
                Attempt(null, name, () => Within($"'artifacts.{name}'", name, () =>
                {
                    var values = new Interpolation(Context(), options, null);
                    var key = values.Resolve(name, null);
                    if (key is not YamlScalar { AsText: not null } text)
                        throw new TemplateFault(name, $"expected str, got {PythonText.TypeName(key)}") { Verb = "resolve" };
                    resolved.Set(text, values.Resolve(value, null));
                }));
            return resolved;
        }

        // The values of the file, made when the first template asks for them.
        private TemplateContext Context()
        {
            if (contextError is not null)
                throw contextError;
            if (context is not null)
                return context;
            try
            {
                CheckPlain(file.Vars, "'vars'");
                var made = new TemplateContext(files);
                Within("'vars'", file.Root["vars"] ?? file.Root, () =>
                {
                    made.AddDefault(folder);
                    made.AddVars(file.Vars, folder, null);
                });
                return context = made;
            }
            catch (DataVersionException error)
            {
                contextError = error;
                throw;
            }
        }

        private void CheckPlain(IReadOnlyList<YamlNode> vars, string what)
        {
            foreach (var node in vars)
                if (Interpolation.FindTemplate(node) is { } place)
                    throw new TemplateFault(place, "interpolating is not allowed").ToError(what, path, place);
        }

        private void Within(string what, YamlNode? place, Action work)
        {
            try
            {
                work();
            }
            catch (TemplateFault fault)
            {
                throw fault.ToError(what, path, place);
            }
        }

        private bool Attempt(string? stage, YamlNode? place, Action work)
        {
            try
            {
                // After the first failure of the values of the file there is no need to fail again.
                if (contextError is { } known && stage is not null)
                {
                    problems.Add(new PipelineProblem(stage, known));
                    return false;
                }
                work();
                return true;
            }
            catch (TemplateFault fault)
            {
                problems.Add(new PipelineProblem(stage, fault.ToError(stage is null ? "the file" : $"stage '{stage}'", path, place)));
            }
            catch (DataVersionException error)
            {
                problems.Add(new PipelineProblem(stage, error));
            }
            return false;
        }
    }
}
