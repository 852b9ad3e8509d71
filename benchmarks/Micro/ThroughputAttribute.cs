using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace DataVersion.Benchmarks.Micro;

/// <summary>Adds a column: gigabytes (10^9 bytes) in a second.</summary>
/// <param name="bytes">Name of the constant of the class that tells the bytes of one operation.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ThroughputAttribute(string bytes) : Attribute, IConfigSource
{
    /// <inheritdoc/>
    public IConfig Config { get; } = ManualConfig.CreateEmpty().AddColumn(new Column(bytes));

    private sealed class Column(string bytes) : IColumn
    {
        public string Id => "Throughput";

        public string ColumnName => "GB/s";

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string Legend => "10^9 bytes in a second";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
        {
            var total = Convert.ToDouble(benchmarkCase.Descriptor.Type
                .GetField(bytes, BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue(), CultureInfo.InvariantCulture);
            return summary[benchmarkCase]?.ResultStatistics is { } result
                ? (total / result.Mean).ToString("0.00", CultureInfo.InvariantCulture) : "-";
        }

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
    }
}
