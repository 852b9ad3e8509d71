#!/usr/bin/env bash
# FTP and FTPS: vsftpd (no MLSD; TLS sessions must be reused on data connections), explicit TLS.
. "$(dirname "$0")/common.sh"

install_server() { apt_packages vsftpd vsftpd; account; }

start_server() {
    local port passive=$((RANDOM % 1500 * 10 + 12000)); port=$(ports 1)
    certificate
    mkdir data empty
    chown $USERNAME: data
    cat > vsftpd.conf <<END
listen=YES
listen_address=127.0.0.1
listen_port=$port
background=NO
anonymous_enable=NO
local_enable=YES
local_root=$FOLDER/data
chroot_local_user=YES
allow_writeable_chroot=YES
write_enable=YES
local_umask=022
connect_from_port_20=NO
secure_chroot_dir=$FOLDER/empty
pam_service_name=vsftpd
pasv_enable=YES
pasv_address=127.0.0.1
pasv_min_port=$passive
pasv_max_port=$((passive + 999))
ssl_enable=YES
rsa_cert_file=$FOLDER/ca.pem
rsa_private_key_file=$FOLDER/key.pem
force_local_logins_ssl=NO
force_local_data_ssl=NO
require_ssl_reuse=YES
ssl_ciphers=HIGH
utf8_filesystem=YES
seccomp_sandbox=NO
isolate_network=NO
max_per_ip=0
max_login_fails=20
END
    front "$port" "$(command -v vsftpd)" "$FOLDER/vsftpd.conf"
    READY="host=127.0.0.1 port=$port user=$USERNAME password=$PASSWORD root=/ files=$FOLDER/data ca=$FOLDER/ca.pem"
}
main "$@"
