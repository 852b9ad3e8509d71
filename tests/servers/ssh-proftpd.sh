#!/usr/bin/env bash
# SFTP without a shell, by another hand: ProFTPD with mod_sftp. Password, and keys that it knows in the form of RFC 4716.
. "$(dirname "$0")/proftpd.sh"

start_server() {
    local port; port=$(ports 1)
    ssh-keygen -q -t ed25519 -N '' -f host_ed25519
    ssh-keygen -q -m PEM -t rsa -N '' -f host_rsa
    ssh-keygen -q -t ed25519 -N '' -C '' -f id_ed25519
    ssh-keygen -e -f id_ed25519.pub > authorized_keys
    chmod 644 authorized_keys
    sed "s/^/[127.0.0.1]:$port /" host_*.pub > known_hosts
    serve_proftpd "$port" "Port $port
SFTPEngine on
SFTPLog $FOLDER/sftp.log
SFTPHostKey $FOLDER/host_ed25519
SFTPHostKey $FOLDER/host_rsa
SFTPAuthMethods publickey password
SFTPAuthorizedUserKeys file:$FOLDER/authorized_keys"
    READY="host=127.0.0.1 port=$port user=$USERNAME password=$PASSWORD root=/ files=$FOLDER/data key=$FOLDER/id_ed25519 knownHosts=$FOLDER/known_hosts"
}
main "$@"
