#!/usr/bin/env bash
# Amazon S3: Ceph RADOS gateway with monitor and one store in memory, http and https. The user has the bucket `dataversion`;
# the bucket `versioned` keeps versions.
. "$(dirname "$0")/common.sh"
KEY=AKIADATAVERSION SECRET=dataversionsecret

install_server() { apt_packages radosgw ceph-mon ceph-osd radosgw ceph-common; have curl || apt_packages curl curl; }

start_server() {
    local http https mon1 mon2
    read -r -d '' http https mon1 mon2 < <(ports 4) || true
    mkdir run log mon osd rgw
    certificate
    cat > ceph.conf <<END
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon initial members = a
mon host = [v2:127.0.0.1:$mon2,v1:127.0.0.1:$mon1]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
# "secure" is the gateway's own default, and impossible without authentication.
ms mon client mode = crc
run dir = $FOLDER/run
admin socket = $FOLDER/run/\$cluster-\$name.\$pid.asok
log file = $FOLDER/log/\$name.log
crash dir = $FOLDER/log
ms bind port min = $((RANDOM % 2000 * 4 + 11000))
ms bind port max = 29999
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 2000
mon data avail warn = 1
mon data avail crit = 0
[mon.a]
mon data = $FOLDER/mon
mon election timeout = 1
mon tick interval = 1
# Otherwise every bucket costs two seconds.
paxos min wait = 0.01
paxos propose interval = 0.05
[osd.0]
osd data = $FOLDER/osd
osd objectstore = memstore
memstore device bytes = 8G
osd max object name len = 2048
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$http ssl_endpoint=127.0.0.1:$https ssl_certificate=$FOLDER/both.pem
rgw data = $FOLDER/rgw
rgw dns name = localhost
rgw enable usage log = false
rgw crypt require ssl = false
# Otherwise what is deleted stays in memory for two hours.
rgw gc obj min wait = 5
rgw gc processor period = 5
rgw gc processor max time = 5
rgw thread pool size = 64
END
    export CEPH_CONF=$FOLDER/ceph.conf
    local fsid osd; fsid=$(sed -n 's/^fsid = //p' ceph.conf); osd=$(cat /proc/sys/kernel/random/uuid)
    monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon2,v1:127.0.0.1:$mon1]" monmap > /dev/null
    ceph-mon -c ceph.conf -i a --mkfs --monmap monmap >> output.log 2>&1
    behind ceph-mon -c ceph.conf -f -i a
    ceph -c ceph.conf --connect-timeout 20 osd new "$osd" 0 >> output.log 2>&1
    ceph-osd -c ceph.conf -i 0 --mkfs --osd-uuid "$osd" >> output.log 2>&1
    behind ceph-osd -c ceph.conf -f -i 0
    front "$http" radosgw -c "$FOLDER/ceph.conf" -f -n client.rgw
    radosgw-admin -c ceph.conf -n client.rgw user create --uid=dataversion --display-name=dataversion --access-key=$KEY --secret-key=$SECRET >> output.log 2>&1
    s3_put "$http" /dataversion
    s3_put "$http" /versioned
    s3_put "$http" '/versioned?versioning' '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>'
    READY="endpoint=http://127.0.0.1:$http secureEndpoint=https://127.0.0.1:$https accessKey=$KEY secretKey=$SECRET region=us-east-1 bucket=dataversion versionedBucket=versioned ca=$FOLDER/ca.pem"
}

main "$@"
