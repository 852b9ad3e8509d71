using BenchmarkDotNet.Running;

namespace DataVersion.Benchmarks;

/// <summary>Runs what the first argument names; what follows is for that.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["micro", .. var rest]:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest.Length > 0 ? rest : ["--filter", "*"]);
                return 0;
            case ["workflows", .. var rest]:
                return Workflows.Workflows.Run(rest);
            case ["pipelines", .. var rest]:
                return Pipelines.PipelineBenchmark.Run(rest);
            case ["remotes", .. var rest]:
                return Remotes.RemoteBenchmark.Run(rest);
            default:
                Console.Error.WriteLine($"""
                    Measures DataVersion. Say what:

                    micro [options of BenchmarkDotNet]    single parts of the engine, for example: micro --filter *Hashing*

                    {Workflows.WorkflowOptions.Usage}

                    {Pipelines.PipelineBenchmark.Usage}

                    {Remotes.RemoteBenchmark.Usage}
                    """);
                return 2;
        }
    }
}
