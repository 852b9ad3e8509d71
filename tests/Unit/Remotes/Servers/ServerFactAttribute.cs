using Xunit.Abstractions;
using Xunit.Sdk;

namespace DataVersion.Tests.Remotes.Servers;

/// <summary>The tests of a class need these servers (names of scripts in tests/servers), when they are marked with
/// <see cref="ServerFactAttribute"/> or <see cref="ServerTheoryAttribute"/>; they may be inherited ones.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ServerAttribute(params string[] names) : Attribute
{
    public string[] Names => names;
}

/// <summary>
/// A test against real servers: those named here, and that of its class. Skipped with the reason where one cannot be had; that
/// is found out when the test is to run, so that listing tests installs nothing.
/// </summary>
[XunitTestCaseDiscoverer("DataVersion.Tests.Remotes.Servers.ServerFactDiscoverer", "DataVersion.Tests.Unit")]
internal sealed class ServerFactAttribute(params string[] servers) : FactAttribute
{
    public string[] Servers => servers;
}

/// <summary>A theory against real servers; as <see cref="ServerFactAttribute"/>.</summary>
[XunitTestCaseDiscoverer("DataVersion.Tests.Remotes.Servers.ServerTheoryDiscoverer", "DataVersion.Tests.Unit")]
internal sealed class ServerTheoryAttribute(params string[] servers) : TheoryAttribute
{
    public string[] Servers => servers;
}

/// <summary>Makes the test cases of <see cref="ServerFactAttribute"/>.</summary>
public sealed class ServerFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo attribute) =>
        [new ServerTestCase(messages, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method)];
}

/// <summary>Makes the test cases of <see cref="ServerTheoryAttribute"/>: one each, whose rows are read when it runs.</summary>
public sealed class ServerTheoryDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo attribute) =>
        [new ServerTheoryTestCase(messages, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method)];
}

/// <summary>A test that is skipped, when it is to run, where a server cannot be had.</summary>
public sealed class ServerTestCase : XunitTestCase
{
    [Obsolete("For the deserializer")]
    public ServerTestCase()
    {
    }

    public ServerTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method)
    {
    }

    public override Task<RunSummary> RunAsync(IMessageSink diagnosticMessageSink, IMessageBus messageBus, object[] constructorArguments,
        ExceptionAggregator aggregator, CancellationTokenSource cancellationTokenSource) =>
        new XunitTestCaseRunner(this, DisplayName, SkipReason ?? WhyNot(TestMethod), constructorArguments, TestMethodArguments, messageBus, aggregator,
            cancellationTokenSource).RunAsync();

    /// <summary>Why a test cannot run; null when it can.</summary>
    internal static string? WhyNot(ITestMethod method) => method.Method.GetCustomAttributes(typeof(FactAttribute))
        .Select(attribute => attribute.GetNamedArgument<string[]>("Servers"))
        .Concat(method.TestClass.Class.GetCustomAttributes(typeof(ServerAttribute)).Select(attribute => attribute.GetNamedArgument<string[]>("Names")))
        .SelectMany(names => names).Select(TestServer.WhyNot).FirstOrDefault(reason => reason is not null);
}

/// <summary>A theory that is skipped, when it is to run, where a server cannot be had.</summary>
public sealed class ServerTheoryTestCase : XunitTheoryTestCase
{
    [Obsolete("For the deserializer")]
    public ServerTheoryTestCase()
    {
    }

    public ServerTheoryTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method)
    {
    }

    public override Task<RunSummary> RunAsync(IMessageSink diagnosticMessageSink, IMessageBus messageBus, object[] constructorArguments,
        ExceptionAggregator aggregator, CancellationTokenSource cancellationTokenSource) =>
        new XunitTheoryTestCaseRunner(this, DisplayName, SkipReason ?? ServerTestCase.WhyNot(TestMethod), constructorArguments, diagnosticMessageSink, messageBus,
            aggregator, cancellationTokenSource).RunAsync();
}
