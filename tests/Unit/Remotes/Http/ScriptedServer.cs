using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DataVersion.Tests.Remotes.Http;

/// <summary>A server on loopback that answers as a test says, for what real servers do rarely.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly HttpListener listener;
    private readonly Func<HttpListenerContext, Task> answer;

    public ScriptedServer(Func<HttpListenerContext, Task> answer)
    {
        this.answer = answer;
        for (var attempt = 0; ; attempt++)
            try
            {
                Url = $"http://127.0.0.1:{FreePort()}/";
                listener = new HttpListener { Prefixes = { Url } };
                listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                // Somebody else took the port meanwhile.
            }
        _ = ServeAsync();
    }

    /// <summary>Ends with a slash.</summary>
    public string Url { get; }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    /// <summary>Every request: method, path and the headers that matter here.</summary>
    public ConcurrentQueue<(string Method, string Path, string? Login, string? Secret)> Requests { get; } = new();

    /// <summary>Answers with a status and a text.</summary>
    public static async Task SayAsync(HttpListenerContext context, int status, string text = "", params (string Name, string Value)[] headers)
    {
        await context.Request.InputStream.CopyToAsync(Stream.Null);
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        (context.Response.StatusCode, context.Response.ContentLength64) = (status, bytes.Length);
        foreach (var (name, value) in headers)
            context.Response.AddHeader(name, value);
        if (context.Request.HttpMethod != "HEAD" && bytes.Length > 0)
            await context.Response.OutputStream.WriteAsync(bytes);
        context.Response.Close();
    }

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                Requests.Enqueue((context.Request.HttpMethod, context.Request.Url!.AbsolutePath, context.Request.Headers["Authorization"], context.Request.Headers["X-Secret"]));
                _ = Task.Run(() => answer(context));
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
        }
    }
}
