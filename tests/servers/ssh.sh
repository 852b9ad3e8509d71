#!/usr/bin/env bash
# SSH and SFTP: OpenSSH. Password and keys of every kind, one of them with a passphrase; known_hosts with what the server has.
. "$(dirname "$0")/common.sh"

install_server() { apt_packages sshd openssh-server openssh-client; account; }

start_server() {
    local port kind root; port=$(ports 1)
    mkdir -p /run/sshd data
    chown $USERNAME: data
    for kind in ed25519 rsa ecdsa; do ssh-keygen -q -t $kind -N '' -f host_$kind; done
    for kind in ed25519 ecdsa; do ssh-keygen -q -t $kind -N '' -C '' -f id_$kind; done
    ssh-keygen -q -t rsa -m PEM -N '' -C '' -f id_rsa
    ssh-keygen -q -t ed25519 -N dvpassphrase -C '' -f id_locked
    ssh-keygen -q -t ed25519 -N '' -C '' -f stranger
    cat id_*.pub > authorized_keys
    sed "s/^/[127.0.0.1]:$port /" host_*.pub > known_hosts
    sed "s/^/[127.0.0.1]:$port /" stranger.pub > known_hosts_wrong
    cat > sshd_config <<END
Port $port
ListenAddress 127.0.0.1
$(printf "HostKey $FOLDER/%s\n" host_ed25519 host_rsa host_ecdsa)
PidFile none
AuthorizedKeysFile $FOLDER/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication yes
KbdInteractiveAuthentication no
AllowUsers $USERNAME
MaxSessions 50
MaxStartups 200
Subsystem sftp internal-sftp
UseDNS no
END
    front "$port" "$(command -v sshd)" -D -e -f "$FOLDER/sshd_config"
    READY="host=127.0.0.1 port=$port user=$USERNAME password=$PASSWORD root=$FOLDER/data key=$FOLDER/id_ed25519 rsaKey=$FOLDER/id_rsa ecdsaKey=$FOLDER/id_ecdsa lockedKey=$FOLDER/id_locked passphrase=dvpassphrase unknownKey=$FOLDER/stranger knownHosts=$FOLDER/known_hosts wrongKnownHosts=$FOLDER/known_hosts_wrong"
}
main "$@"
