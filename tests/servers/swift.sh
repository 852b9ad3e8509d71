#!/usr/bin/env bash
# Amazon S3 by another hand, old and strict (no aws-chunked bodies, no conditional PUT): OpenStack Swift with s3api. Nine Python processes.
. "$(dirname "$0")/common.sh"
KEY=dv:dv SECRET=dataversionsecret      # account:user of tempauth

install_server() { apt_packages swift-proxy-server swift swift-proxy swift-account swift-container swift-object memcached; have curl || apt_packages curl curl; }

start_server() {
    local proxy account container object memcached name port
    read -r -d '' proxy account container object memcached < <(ports 5) || true
    mkdir -p srv/disk cache etc
    cd etc
    cat > swift.conf <<END
[swift-hash]
swift_hash_path_suffix = dataversion
swift_hash_path_prefix = dataversion
[storage-policy:0]
name = only
default = yes
[swift-constraints]
max_file_size = 5368709122
END
    for name in account:$account container:$container object:$object; do
        port=${name##*:} name=${name%%:*}
        swift-ring-builder $name.builder create 4 1 0
        swift-ring-builder $name.builder add r1z1-127.0.0.1:$port/disk 1
        swift-ring-builder $name.builder rebalance
        settings "$port" > $name.conf
        cat >> $name.conf <<END
devices = $FOLDER/srv
mount_check = false
recon_cache_path = $FOLDER/cache
fallocate_reserve = 0
[pipeline:main]
pipeline = $name-server
[app:$name-server]
use = egg:swift#$name
END
    done >> "$FOLDER/output.log" 2>&1
    # symlink stands before versioned_writes, which needs it.
    { settings "$proxy"; cat; } > proxy.conf <<END
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
$(for name in catch_errors gatekeeper healthcheck listing_formats bulk copy slo dlo symlink; do printf '[filter:%s]\nuse = egg:swift#%s\n' $name $name; done)
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$memcached
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
check_bucket_owner = false
[filter:tempauth]
use = egg:swift#tempauth
user_dv_dv = $SECRET .admin
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
END
    cd "$FOLDER"
    behind memcached -l 127.0.0.1 -p "$memcached" -U 0 -m 64 -u "$(id -un)"
    for name in account container object; do behind swift-$name-server "$FOLDER/etc/$name.conf"; done
    for port in "$account" "$container" "$object"; do wait_for_port "$port" $$; done
    front "$proxy" "$(type -P swift-proxy-server)" "$FOLDER/etc/proxy.conf"
    s3_put "$proxy" /dataversion
    READY="endpoint=http://127.0.0.1:$proxy accessKey=$KEY secretKey=$SECRET region=us-east-1 bucket=dataversion"
}

settings() {
    printf '%s\n' '[DEFAULT]' "swift_dir = $FOLDER/etc" 'bind_ip = 127.0.0.1' "bind_port = $1" "user = $(id -un)" 'workers = 1' 'log_level = WARNING'
}
main "$@"
