#!/usr/bin/env bash
# HTTP and HTTPS: nginx. Below the endpoint: free/ (no password, PUT and DELETE), basic/ (password), post/ (password; POST stores, as DVC
# does by default), header/ (needs X-Auth-Token: dvtoken), bearer/ (needs a token), redirect/ (leads to free/), slow/ (free/ at 1 MB/s),
# certificate/ (needs the client certificate), busy/ (always 503). All but basic/ and post/ show the same files.
. "$(dirname "$0")/nginx.sh"

start_server() {
    local http https
    read -r -d '' http https < <(ports 2) || true
    mkdir -p root/free root/basic
    serve_nginx "$http" "$https" "
  location /free/ { dav_methods PUT DELETE; }
  location /basic/ { auth_basic dv; dav_methods PUT DELETE; }
  location /post/ { auth_basic dv; proxy_request_buffering off; proxy_http_version 1.1; proxy_method \$post_as_put; proxy_pass http://127.0.0.1:$http/basic/; }
  location /header/ { if (\$http_x_auth_token != dvtoken) { return 401; } alias $FOLDER/root/free/; dav_methods PUT DELETE; }
  location /bearer/ { if (\$http_authorization != 'Bearer dvtoken') { return 401; } alias $FOLDER/root/free/; dav_methods PUT DELETE; }
  location /redirect/ { rewrite ^/redirect/(.*) /free/\$1 redirect; }
  location /slow/ { alias $FOLDER/root/free/; limit_rate 1m; }
  location /certificate/ { if (\$ssl_client_verify != SUCCESS) { return 403; } alias $FOLDER/root/free/; dav_methods PUT DELETE; }
  location /busy/ { return 503; }"
    READY="endpoint=http://127.0.0.1:$http secureEndpoint=https://127.0.0.1:$https user=dv password=$PASSWORD token=dvtoken header=X-Auth-Token files=$FOLDER/root ca=$FOLDER/ca.pem clientCertificate=$FOLDER/client.pem clientKey=$FOLDER/client.key"
}
main "$@"
