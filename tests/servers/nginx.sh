# nginx, for the scripts that source this: serve_nginx HTTP HTTPS LOCATIONS. The user dv:dvpass, and a client certificate.
. "$(dirname "$0")/common.sh"

install_server() { apt_packages nginx nginx-extras; }

serve_nginx() {
    certificate
    mkdir -p root tmp
    [ "$(id -u)" != 0 ] || chown -R www-data: root tmp
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=client -keyout client.key -out client.pem 2>/dev/null
    echo "dv:$(openssl passwd -apr1 $PASSWORD)" > users
    cat > nginx.conf <<END
load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;
$([ "$(id -u)" != 0 ] || echo "user www-data;")
daemon off;
worker_processes 1;
pid $FOLDER/server.pid;
events { worker_connections 512; }
http {
 access_log off;
 default_type application/octet-stream;
 client_max_body_size 0;
 client_body_temp_path $FOLDER/tmp/body; proxy_temp_path $FOLDER/tmp/proxy;
 fastcgi_temp_path $FOLDER/tmp/f; uwsgi_temp_path $FOLDER/tmp/u; scgi_temp_path $FOLDER/tmp/s;
 dav_ext_lock_zone zone=locks:1m;
 map \$request_method \$post_as_put { POST PUT; default \$request_method; }
 auth_basic_user_file $FOLDER/users;
 create_full_put_path on;
 server {
  listen 127.0.0.1:$1;
  listen 127.0.0.1:$2 ssl;
  root $FOLDER/root;
  ssl_certificate $FOLDER/ca.pem;
  ssl_certificate_key $FOLDER/key.pem;
  ssl_client_certificate $FOLDER/client.pem;
  ssl_verify_client optional;
$3
 }
}
END
    front "$1" "$(type -P nginx)" -c "$FOLDER/nginx.conf" -p "$FOLDER" -e "$FOLDER/output.log"
    chmod 755 "$FOLDER"
}
