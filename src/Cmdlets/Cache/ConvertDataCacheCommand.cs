using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Caching;

namespace DataVersion.Cmdlets;

/// <summary>Brings the objects of DVC 2 into the layout of DVC 3, and the metadata with -IncludeMetadata.</summary>
[Cmdlet(VerbsData.Convert, "DataCache", SupportsShouldProcess = true)]
[OutputType(typeof(CacheMigration))]
public sealed class ConvertDataCacheCommand : RepositoryCmdlet
{
    /// <summary>Record the new hashes in the workspace's .dvc and dvc.lock files too.</summary>
    [Parameter]
    public SwitchParameter IncludeMetadata { get; set; }

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var repository = OpenRepository(FindRepository());
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        var objects = RunPumped(context => CacheConversion.Plan(repository, context));
        var metadata = IncludeMetadata ? RunPumped(_ => MetadataConversion.Plan(repository)) : [];
        var converted = objects.Count == 0 || ShouldProcess($"{objects.Count} objects ({ByteSize.Format(objects.Sum(o => o.Size))}) of '{repository.Stores.CacheFolder}'",
            "Link into the layout of DVC 3");
        var confirmed = metadata.Where(path => ShouldProcess(path, "Record the hashes of DVC 3")).ToList();
        if (!converted)
            return;
        RunPumped((CmdletPump pump) =>
        {
            var result = CacheConversion.Run(repository, objects, pump.WriteObject, pump.Context);
            foreach (var failure in result.Failures.Concat(MetadataConversion.Run(repository, confirmed, result.Names, pump.Context)))
                pump.WriteError(failure.Error, failure.Path);
        });
    }
}
