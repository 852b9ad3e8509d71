#!/usr/bin/env bash
# Azure Blob Storage: azurite, http and https, with the container `dataversion` and two accounts;
# in front of one more, azure-versions.js keeps versions.
. "$(dirname "$0")/common.sh"
ACCOUNT=dvaccount ACCOUNT_KEY=ZGF0YXZlcnNpb25rZXlkYXRhdmVyc2lvbmtleWRhdGF2ZXJzaW9ua2V5
WELL_KNOWN=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==   # azurite's documented one, no secret

install_server() { npm_packages azure azurite@3.35.0; }      # the newest for Node 20

start_server() {
    local http https versions behind_versions
    read -r -d '' http https versions behind_versions < <(ports 4) || true
    certificate
    mkdir data secure versioned
    export AZURITE_ACCOUNTS="devstoreaccount1:$WELL_KNOWN;$ACCOUNT:$ACCOUNT_KEY"
    local program=("$CACHE/azure/node_modules/azurite/dist/src/blob/main.js" --blobHost 127.0.0.1 --silent --skipApiVersionCheck --disableTelemetry)
    behind node "${program[@]}" --blobPort "$https" --location "$FOLDER/secure" --cert ca.pem --key key.pem --oauth basic
    behind node "${program[@]}" --blobPort "$behind_versions" --location "$FOLDER/versioned"
    behind node "$HERE/azure-versions.js" "$versions" "$behind_versions" $ACCOUNT $ACCOUNT_KEY
    wait_for_port "$behind_versions" "$(tail -2 behind.pids | head -1)"
    wait_for_port "$versions" "$(tail -1 behind.pids)"
    front "$http" node "${program[@]}" --blobPort "$http" --location "$FOLDER/data"
    wait_for_port "$https" "$(head -1 behind.pids)"
    container "http://127.0.0.1:$http"
    container "https://127.0.0.1:$https"
    container "http://127.0.0.1:$versions"
    READY="endpoint=http://127.0.0.1:$http/$ACCOUNT versionedEndpoint=http://127.0.0.1:$versions/$ACCOUNT secureEndpoint=https://127.0.0.1:$https/$ACCOUNT account=$ACCOUNT key=$ACCOUNT_KEY container=dataversion ca=$FOLDER/ca.pem"
}

# container ENDPOINT: makes the container, with a request that the account key signs.
container() {
    local date key signature
    date=$(LC_ALL=C TZ=GMT date '+%a, %d %b %Y %H:%M:%S GMT')
    key=$(printf %s "$ACCOUNT_KEY" | base64 -d | od -An -v -tx1 | tr -d ' \n')
    signature=$(printf 'PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:%s\nx-ms-version:2021-12-02\n/%s/%s/dataversion\nrestype:container' "$date" $ACCOUNT $ACCOUNT |
        openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
    curl -fsS --cacert ca.pem -X PUT -H 'Content-Length: 0' -H "x-ms-date: $date" -H 'x-ms-version: 2021-12-02' -H "Authorization: SharedKey $ACCOUNT:$signature" \
        "$1/$ACCOUNT/dataversion?restype=container" >> output.log 2>&1
}
main "$@"
