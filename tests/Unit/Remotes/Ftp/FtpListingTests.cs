using DataVersion.Remotes.Ftp;

namespace DataVersion.Tests.Remotes.Ftp;

/// <summary>Lines of listings as servers wrote them.</summary>
public sealed class FtpListingTests
{
    [Theory]
    [InlineData("-rw-r--r--    1 1000     1000       300000 Nov 23 19:00 a name", "a name", 300000)] // vsftpd
    [InlineData("-rw-r--r--    1 ftp      ftp             0 Jan  1  2019  leading space", " leading space", 0)]
    [InlineData("-rw-r--r--   1 dvctest  dvctest  5368709120 Nov 23 19:00 .hidden", ".hidden", 5368709120)] // ProFTPD
    [InlineData("-rw-r--r--    1 1001       users               12 Mar 01 2024 x -> y", "x -> y", 12)] // Pure-FTPd
    [InlineData("-rwxr-xr-x+ 1 user staff 17 2026-11-23 19:00 plus", "plus", 17)]
    [InlineData("-rw-r--r-- 1 owner 42 Nov 23 19:00 nogroup", "nogroup", 42)]
    [InlineData("-rw-r--r-- 1 anna dev 7 23 Nov 19:00 otherorder", "otherorder", 7)]
    [InlineData("lrwxrwxrwx 1 0 0 9 Nov 23 19:00 link -> target", "link", -1)]
    [InlineData("11-23-26  07:00PM               300000 a name.txt", "a name.txt", 300000)] // IIS
    [InlineData("2026-11-23  19:00                   12 iso", "iso", 12)]
    public void Files_of_LIST_are_read(string line, string name, long size) => Assert.Equal(new FtpEntry(name, false, size, null), FtpListing.ReadLine(line));

    [Theory]
    [InlineData("drwxr-xr-x    2 1000     1000         4096 Nov 23 19:00 ab", "ab")]
    [InlineData("11-23-2026  07:00PM       <DIR>          a folder", "a folder")]
    public void Folders_of_LIST_are_read(string line, string name) => Assert.Equal(new FtpEntry(name, true, -1, null), FtpListing.ReadLine(line));

    [Theory]
    [InlineData("total 12")]
    [InlineData("drwxr-xr-x    2 1000     1000         4096 Nov 23 19:00 .")]
    [InlineData("drwxr-xr-x    2 1000     1000         4096 Nov 23 19:00 ..")]
    [InlineData("prw-r--r--    1 1000     1000            0 Nov 23 19:00 pipe")]
    [InlineData("")]
    public void What_is_no_entry_is_passed_over(string line) => Assert.Null(FtpListing.ReadLine(line));

    [Fact]
    public void Facts_are_read()
    {
        Assert.Equal(new FtpEntry("a name; x", false, 12, new DateTimeOffset(2026, 11, 23, 19, 0, 5, TimeSpan.Zero)),
            FtpListing.ReadFacts("modify=20261123190005;perm=adfrw;size=12;type=file;unique=FD00U1;UNIX.mode=0644; a name; x"));
        Assert.Equal(new FtpEntry("ab", true, -1, null), FtpListing.ReadFacts("Type=dir;Size=4096; ab"));
        Assert.Equal(-1, FtpListing.ReadFacts("type=OS.unix=slink:/target;size=7; link")!.Size);
        Assert.Null(FtpListing.ReadFacts("type=cdir;modify=20261123190000; ."));
        Assert.Null(FtpListing.ReadFacts("type=pdir;modify=20261123190000; .."));
        Assert.Null(FtpListing.ReadFacts("nonsense"));
    }

    [Fact]
    public void Replies_with_ports_and_folders_are_read()
    {
        Assert.Equal(6446, FtpConnection.ExtendedPort("Entering Extended Passive Mode (|||6446|)"));
        Assert.Null(FtpConnection.ExtendedPort("Entering Extended Passive Mode"));
        Assert.Null(FtpConnection.ExtendedPort("(|||no|)"));
        Assert.Equal(156 * 256 + 64, FtpConnection.PassivePort("Entering Passive Mode (127,0,0,1,156,64)."));
        Assert.Null(FtpConnection.PassivePort("what?"));
        Assert.Equal("/a \"b\" c", FtpConnection.Quoted("\"/a \"\"b\"\" c\" is the current directory"));
        Assert.Equal("", FtpConnection.Quoted("no quotes"));
    }
}
