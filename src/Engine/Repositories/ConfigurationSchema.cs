namespace DataVersion.Engine.Repositories;

/// <summary>All options that DVC 3.67 knows, with their types and defaults. Source: dvc-compat §1.7.</summary>
public static class ConfigurationSchema
{
    private const string General = """
        core.remote              | lower                              | -                   | The remote that is used when none is named.
        core.autostage           | bool                               | false               | Put metadata files into the Git index when data is added or moved.
        core.no_scm              | bool                               | false               | The repository lives without Git.
        core.interactive         | bool                               | false               | Ask before every stage is run.
        core.analytics           | bool                               | true                | Whether DVC sends usage statistics; this module never does.
        core.check_update        | bool                               | true                | Whether DVC looks for new versions of itself; this module never does.
        core.checksum_jobs       | int>=1                             | -                   | Number of threads that hash files.
        core.hardlink_lock       | bool                               | false               | Lock with hard links, for file systems where other locks do not work.
        core.site_cache_dir      | text                               | -                   | Where DVC keeps its private state; this module does not use it.
        core.experiments         | bool                               | -                   | Obsolete, no effect.
        core.machine             | lower                              | -                   | Obsolete, no effect.
        cache.dir                | path                               | -                   | The folder of the cache; .dvc/cache when not set.
        cache.type               | reflink/hardlink/symlink/copy*     | reflink,copy        | How files are placed in the workspace: the first kind that works.
        cache.shared             | group                              | -                   | Make new cache objects writable for the group.
        cache.slow_link_warning  | bool                               | true                | Warn when files must be copied and a faster kind of link is possible.
        cache.verify             | bool                               | false               | Hash objects again before they are trusted.
        cache.protected          | bool                               | false               | Obsolete, no effect.
        cache.local cache.s3 cache.gs cache.hdfs cache.webhdfs cache.ssh cache.azure | text | -             | Obsolete: caches of external outputs.
        state.dir index.dir      | text                               | -                   | Obsolete, no effect.
        state.row_limit          | int>=1                             | -                   | Obsolete, no effect.
        state.row_cleanup_quota  | int>=0                             | -                   | Obsolete, no effect.
        parsing.bool             | store_true/boolean_optional        | store_true          | How true and false are written into commands from maps.
        parsing.list             | nargs/append                       | nargs               | How lists are written into commands from maps.
        hydra.enabled            | bool                               | false               | Compose params.yaml with Hydra before experiments.
        hydra.config_dir         | text                               | conf                | The folder of the Hydra configuration.
        hydra.config_module      | text                               | -                   | The module of the Hydra configuration, instead of a folder.
        hydra.config_name        | text                               | config              | The name of the Hydra configuration.
        hydra.plugins_path       | text                               | -                   | The folder of Hydra plug-ins.
        plots.html_template      | text                               | -                   | The page into which plots are put.
        plots.auto_open          | bool                               | false               | Open plots in the browser.
        plots.out_dir            | text                               | dvc_plots           | The folder into which plots are written.
        exp.auto_push            | bool                               | -                   | Send experiments to the Git remote after they ran.
        exp.git_remote           | text                               | -                   | The Git remote of experiments.
        exp.code exp.data exp.models exp.metrics exp.params exp.plots exp.live | text | -                   | Obsolete, no effect.
        feature.machine          | bool                               | -                   | Obsolete, no effect.
        studio.token             | text                               | -                   | Not used by this module.
        studio.url               | text                               | -                   | Not used by this module.
        studio.repo_url          | text                               | -                   | Not used by this module.
        studio.offline           | bool                               | false               | Not used by this module.
        """;

    private const string Database = """
        url                      | text                               | -                   | The address of the database.
        username                 | text                               | -                   | The user of the database.
        password                 | text                               | -                   | The password of the database.
        """;

    private const string Machine = """
        cloud                    | aws/azure                          | -                   | Obsolete, no effect.
        region                   | us-west/us-east/eu-west/eu-north   | -                   | Obsolete, no effect.
        spot                     | bool                               | -                   | Obsolete, no effect.
        spot_price               | number                             | -                   | Obsolete, no effect.
        instance_hdd_size        | int                                | -                   | Obsolete, no effect.
        instance_type instance_gpu | lower                            | -                   | Obsolete, no effect.
        image ssh_private startup_script setup_script | text          | -                   | Obsolete, no effect.
        """;

    private static readonly Dictionary<string, ConfigurationOption> Plain =
        OptionText.Read("", General).ToDictionary(o => o.Name, StringComparer.Ordinal);

    private static readonly Dictionary<string, ConfigurationOption> Databases =
        OptionText.Read("db.NAME.", Database).ToDictionary(o => o.Option, StringComparer.Ordinal);

    private static readonly Dictionary<string, ConfigurationOption> Machines =
        OptionText.Read("machine.NAME.", Machine).ToDictionary(o => o.Option, StringComparer.Ordinal);

    /// <summary>The sections without a name of their own, in the order of DVC.</summary>
    public static IReadOnlyList<string> Sections { get; } = [.. Plain.Values.Select(o => o.Name[..o.Name.IndexOf('.')]).Distinct()];

    /// <summary>The kinds of sections that have a name: <c>remote</c>, <c>machine</c>, <c>db</c>.</summary>
    public static IReadOnlyList<string> NamedSections { get; } = ["remote", "machine", "db"];

    /// <summary>
    /// Every option, for completion and help: <c>section.option</c>, and once <c>remote.NAME.option</c> for each option that
    /// any kind of remote takes.
    /// </summary>
    public static IEnumerable<ConfigurationOption> Options =>
        Plain.Values.Concat(RemoteSchema.AllOptions).Concat(Databases.Values);

    /// <summary>The option; null when it is unknown.</summary>
    /// <param name="section">The section it is in.</param>
    /// <param name="option">The last part of its name.</param>
    /// <param name="url">The URL of the remote; null for an option of any remote, and for other sections.</param>
    internal static ConfigurationOption? Find(SectionKey section, string option, string? url = null) => section.Kind switch
    {
        "remote" => RemoteSchema.OptionsOf(url).GetValueOrDefault(option),
        "db" => Databases.GetValueOrDefault(option),
        "machine" => Machines.GetValueOrDefault(option),
        _ => Plain.GetValueOrDefault(section.Of(option)),
    };

    /// <summary>The last parts of the names of a section's options.</summary>
    internal static IEnumerable<string> NamesIn(SectionKey section, string? url = null) => section.Kind switch
    {
        "remote" => RemoteSchema.OptionsOf(url).Keys,
        "db" => Databases.Keys,
        "machine" => Machines.Keys,
        _ => Plain.Values.Where(o => o.Name.StartsWith(section.Kind + ".", StringComparison.Ordinal)).Select(o => o.Option),
    };
}
