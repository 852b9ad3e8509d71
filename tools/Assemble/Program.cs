using System.Runtime.Loader;
using System.Text;
using DataVersion.Assemble;

if (args.Length != 5)
{
    Console.Error.WriteLine("usage: DataVersion.Assemble <cmdlet assembly> <manifest> <help folder> <version> <module folder>");
    return 2;
}

var (assemblyFile, manifest, helpFolder, version, moduleFolder) = (Path.GetFullPath(args[0]), args[1], args[2], args[3], args[4]);
AssemblyLoadContext.Default.Resolving += (context, name) =>
    new[] { "", "lib" }
        .Select(folder => Path.Combine(Path.GetDirectoryName(assemblyFile)!, folder, name.Name + ".dll"))
        .Where(File.Exists)
        .Select(context.LoadFromAssemblyPath)
        .FirstOrDefault();

try
{
    var commands = CommandSurface.Read(AssemblyLoadContext.Default.LoadFromAssemblyPath(assemblyFile));
    var topics = HelpTopics.Load(helpFolder);
    var completed = Manifest.Complete(File.ReadAllText(manifest), version, commands);
    var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(moduleFolder));
    Write(Path.Combine(folder, "DataVersion.psd1"), completed);
    Write(folder + ".nuspec", Package.Describe(completed, version, commands, Path.GetFileName(folder)));
    Write(Path.Combine(folder, "en-US", Path.GetFileName(assemblyFile) + "-Help.xml"), Maml.Write(commands, topics));
    return 0;
}
catch (Exception error) when (error is FormatException or IOException)
{
    Console.Error.WriteLine($"{helpFolder}: error DVHELP: {error.Message}");
    return 1;
}

static void Write(string file, string text)
{
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    File.WriteAllText(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}
