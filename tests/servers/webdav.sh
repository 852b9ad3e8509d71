#!/usr/bin/env bash
# WebDAV: Apache mod_dav, http and https. Below the endpoint: dav/ (basic), digest/ (digest), free/ (no password), bearer/ (needs a token).
. "$(dirname "$0")/common.sh"

install_server() { apt_packages apache2 apache2; }

start_server() {
    local http https module modules=/usr/lib/apache2/modules
    read -r -d '' http https < <(ports 2) || true
    certificate
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=client -keyout client.key -out client.pem 2>/dev/null
    mkdir -p root/dav root/digest root/free root/bearer var
    [ "$(id -u)" != 0 ] || chown -R www-data: root var
    echo "dv:$(openssl passwd -apr1 $PASSWORD)" > users
    echo "dv:dv:$(printf 'dv:dv:%s' $PASSWORD | md5sum | cut -d' ' -f1)" > users.digest
    cat > httpd.conf <<END
ServerRoot $FOLDER
ServerName localhost
PidFile $FOLDER/server.pid
DefaultRuntimeDir $FOLDER/var
Mutex file:$FOLDER/var default
ErrorLog $FOLDER/error.log
Listen 127.0.0.1:$http
Listen 127.0.0.1:$https https
$(for module in mpm_event authn_core authn_file authz_core authz_user auth_basic auth_digest dav dav_fs dav_lock alias setenvif dir mime socache_shmcb ssl autoindex; do
    [ ! -f $modules/mod_$module.so ] || echo "LoadModule ${module}_module $modules/mod_$module.so"; done)
TypesConfig /etc/mime.types
$([ "$(id -u)" != 0 ] || printf 'User www-data\nGroup www-data\n')
DocumentRoot $FOLDER/root
DavLockDB $FOLDER/var/locks
LimitXMLRequestBody 0
LimitRequestBody 0
KeepAlive On
MaxKeepAliveRequests 0
DirectorySlash Off
<Location />
 Dav On
 Require all granted
</Location>
<Location /dav>
 AuthType Basic
 AuthName dv
 AuthUserFile $FOLDER/users
 Require valid-user
</Location>
<Location /digest>
 AuthType Digest
 AuthName dv
 AuthDigestProvider file
 AuthUserFile $FOLDER/users.digest
 Require valid-user
</Location>
<Location /bearer>
 Require expr %{HTTP:Authorization} == 'Bearer dvtoken'
</Location>
<VirtualHost 127.0.0.1:$https>
 SSLEngine on
 SSLCertificateFile $FOLDER/ca.pem
 SSLCertificateKeyFile $FOLDER/key.pem
 SSLCACertificateFile $FOLDER/client.pem
 SSLVerifyClient optional
</VirtualHost>
END
    front "$http" "$(command -v apache2)" -f "$FOLDER/httpd.conf" -D FOREGROUND
    READY="endpoint=http://127.0.0.1:$http secureEndpoint=https://127.0.0.1:$https user=dv password=$PASSWORD token=dvtoken files=$FOLDER/root ca=$FOLDER/ca.pem clientCertificate=$FOLDER/client.pem clientKey=$FOLDER/client.key"
}
main "$@"
