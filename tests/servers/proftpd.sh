# The two servers of ProFTPD, for the scripts that source this: serve_proftpd PORT CONFIGURATION
. "$(dirname "$0")/common.sh"

# Unpacked rather than installed: in Debian the FTP servers exclude each other.
install_server() {
    unpacked proftpd proftpd-core proftpd-mod-crypto libhiredis0.14 libmemcached11 libmemcachedutil2 libhashkit2 libpcre2-posix3
    account
}

serve_proftpd() {
    local unpacked=$CACHE/proftpd
    mkdir data
    chown $USERNAME: data
    echo "$USERNAME:$(openssl passwd -6 $PASSWORD):$(id -u $USERNAME):$(id -g $USERNAME)::$FOLDER/data:/bin/bash" > users
    chmod 600 users
    cat > proftpd.conf <<END
ModulePath $unpacked/usr/lib/proftpd
LoadModule mod_tls.c
LoadModule mod_sftp.c
LoadModule mod_ident.c
ServerType standalone
DefaultAddress 127.0.0.1
SocketBindTight on
UseIPv6 off
PidFile $FOLDER/server.pid
ScoreboardFile $FOLDER/scoreboard
DelayTable none
User $USERNAME
Group $USERNAME
MaxInstances 200
IdentLookups off
UseReverseDNS off
SystemLog $FOLDER/system.log
<Global>
 AuthOrder mod_auth_file.c
 AuthUserFile $FOLDER/users
 RequireValidShell off
 DefaultRoot ~
 AllowStoreRestart on
 AllowRetrieveRestart on
 AllowOverwrite on
 MaxLoginAttempts 20
</Global>
$2
END
    export LD_LIBRARY_PATH=$unpacked/usr/lib/x86_64-linux-gnu
    front "$1" "$unpacked/usr/sbin/proftpd" --nodaemon -c "$FOLDER/proftpd.conf"
}
