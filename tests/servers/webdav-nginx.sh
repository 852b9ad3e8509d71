#!/usr/bin/env bash
# WebDAV by another hand, less exact than Apache: nginx with dav-ext. Below the endpoint: dav/ (password).
. "$(dirname "$0")/nginx.sh"

start_server() {
    local http https
    read -r -d '' http https < <(ports 2) || true
    mkdir -p root/dav
    serve_nginx "$http" "$https" "
  location /dav/ {
   auth_basic dv; dav_methods PUT DELETE MKCOL COPY MOVE; dav_ext_methods PROPFIND OPTIONS LOCK UNLOCK; dav_ext_lock zone=locks;
   create_full_put_path off; min_delete_depth 0;
  }"
    READY="endpoint=http://127.0.0.1:$http/dav secureEndpoint=https://127.0.0.1:$https/dav user=dv password=$PASSWORD files=$FOLDER/root/dav ca=$FOLDER/ca.pem clientCertificate=$FOLDER/client.pem clientKey=$FOLDER/client.key"
}
main "$@"
