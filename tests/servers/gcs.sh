#!/usr/bin/env bash
# Google Cloud Storage: the storage emulator of firebase-tools behind gcs.js, with the buckets `dataversion` and
# `versioned`, which keeps versions. Calls need the token;
# the service account of the key file and the refresh token of the user file get it from the server itself.
. "$(dirname "$0")/common.sh"
TOKEN=dvtoken

install_server() { npm_packages gcs firebase-tools@15.34.2; }

start_server() {
    local port; port=$(ports 1)
    mkdir data
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out account.key 2> /dev/null
    openssl pkey -in account.key -pubout -out account.pub
    account_file account.json account.key
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out other.key 2> /dev/null
    account_file refused.json other.key
    cat > user.json <<END
{ "type": "authorized_user", "client_id": "dv.apps.googleusercontent.com", "client_secret": "dvsecret", "refresh_token": "dvrefresh",
  "token_uri": "http://127.0.0.1:$port/token" }
END
    export NODE_PATH=$CACHE/gcs/node_modules FIREBASE_CLI_DISABLE_UPDATE_CHECK=1
    front "$port" node "$HERE/gcs.js" "$port" "$FOLDER/data" $TOKEN "$FOLDER/account.pub" dataversion
    READY="endpoint=http://127.0.0.1:$port token=$TOKEN accountFile=$FOLDER/account.json refusedAccountFile=$FOLDER/refused.json userFile=$FOLDER/user.json project=demo-dataversion bucket=dataversion versionedBucket=versioned"
}

# account_file FILE KEY: the key file of a service account.
account_file() {
    cat > "$1" <<END
{ "type": "service_account", "project_id": "demo-dataversion", "private_key_id": "1", "private_key": "$(awk '{ printf "%s\\n", $0 }' "$2")",
  "client_email": "dv@demo-dataversion.iam.gserviceaccount.com", "client_id": "1", "token_uri": "http://127.0.0.1:$port/token" }
END
}
main "$@"
