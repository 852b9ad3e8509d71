#!/usr/bin/env bash
# FTP and FTPS: Pure-FTPd (MLSD, slow logins).
. "$(dirname "$0")/common.sh"

# Unpacked rather than installed: in Debian the FTP servers exclude each other.
install_server() { unpacked pureftpd pure-ftpd pure-ftpd-common; account; }

start_server() {
    local port passive=$((RANDOM % 1500 * 10 + 12000)) programs=$CACHE/pureftpd/usr
    port=$(ports 1)
    certificate
    mkdir data
    chown $USERNAME: data
    printf '%s\n' $PASSWORD $PASSWORD | "$programs/bin/pure-pw" useradd $USERNAME -f "$FOLDER/users" -u $USERNAME -d "$FOLDER/data" -m -F "$FOLDER/users.pdb" >> output.log 2>&1
    front "$port" "$programs/sbin/pure-ftpd" -S "127.0.0.1,$port" -l "puredb:$FOLDER/users.pdb" -E -H -p "$passive:$((passive + 999))" -P 127.0.0.1 -j -Y 1 -2 "$FOLDER/both.pem" -g "$FOLDER/server.pid" -c 200 -C 200
    READY="host=127.0.0.1 port=$port user=$USERNAME password=$PASSWORD root=/ files=$FOLDER/data ca=$FOLDER/ca.pem"
}
main "$@"
