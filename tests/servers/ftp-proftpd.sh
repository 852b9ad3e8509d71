#!/usr/bin/env bash
# FTP and FTPS: ProFTPD (MLSD, TLS sessions must be reused), with explicit TLS on one port and implicit TLS on another.
. "$(dirname "$0")/proftpd.sh"

start_server() {
    local plain implicit passive=$((RANDOM % 1500 * 10 + 12000))
    read -r -d '' plain implicit < <(ports 2) || true
    certificate
    local tls="TLSEngine on
TLSLog $FOLDER/tls.log
TLSRSACertificateFile $FOLDER/ca.pem
TLSRSACertificateKeyFile $FOLDER/key.pem
PassivePorts $passive $((passive + 999))"
    serve_proftpd "$plain" "Port $plain
$tls
TLSRequired off
<VirtualHost 127.0.0.1>
Port $implicit
$tls
TLSOptions UseImplicitSSL
TLSRequired on
</VirtualHost>"
    READY="host=127.0.0.1 port=$plain implicitPort=$implicit user=$USERNAME password=$PASSWORD root=/ files=$FOLDER/data ca=$FOLDER/ca.pem"
}
main "$@"
