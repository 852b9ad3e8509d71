# Shared by the scripts of the test servers (Debian, bash); each of them sources it, defines `install_server` and `start_server`, and ends with: main "$@"
#
#   NAME.sh install                  puts the server on this machine, once; says why when that is impossible
#   NAME.sh start FOLDER PARENT_PID  starts it below FOLDER (made, must be empty) on free ports of 127.0.0.1, prints one line
#                                    READY key=value ... (values without spaces), and leaves it running until `stop`
#                                    or until the process PARENT_PID ends, when FOLDER is deleted too
#   NAME.sh kill FOLDER              kills the process that clients talk to (SIGKILL), nothing else
#   NAME.sh revive FOLDER            starts that process again, on the same ports, with the data that it left
#   NAME.sh stop FOLDER              stops everything that was started; FOLDER stays
#
# Folders of packages are below $DATAVERSION_SERVERS (default ~/.cache/dataversion-servers).
set -euo pipefail
shopt -s nullglob
CACHE=${DATAVERSION_SERVERS:-$HOME/.cache/dataversion-servers}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
NAME=$(basename "$0" .sh)
PATH=$PATH:/usr/sbin:/sbin
USERNAME=dvtest            # of the account of this machine that sshd, vsftpd and proftpd serve
PASSWORD=dvpass

impossible() { echo "$NAME: $*" >&2; exit 3; }
have() { type -P "$1" >/dev/null; }

# ---- installing

# apt_packages PROGRAM PACKAGE...: installs the packages unless the program is there. No service is started.
apt_packages() {
    have "$1" && return
    [ "$(id -u)" = 0 ] || impossible "installing ${*:2} needs root."
    have apt-get || impossible "installing ${*:2} needs apt-get."
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' > $policy; chmod +x $policy; made=1; fi
    apt_get install -y --no-install-recommends "${@:2}" || { [ -z "$made" ] || rm -f $policy; impossible "apt-get could not install ${*:2}; see $CACHE/apt.log."; }
    [ -z "$made" ] || rm -f $policy
    have "$1" || impossible "${*:2} is installed, but there is no $1."
}

# apt_get ARGUMENT...: apt-get without questions; with fresh package lists if it fails with the ones at hand.
apt_get() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 "$@" >> "$CACHE/apt.log" 2>&1 ||
        { apt-get -o DPkg::Lock::Timeout=300 update >> "$CACHE/apt.log" 2>&1 && apt-get -o DPkg::Lock::Timeout=300 "$@" >> "$CACHE/apt.log" 2>&1; }
}

# unpacked FOLDER PACKAGE...: unpacks packages below the cache folder without installing them (they conflict with installed ones).
unpacked() {
    [ -e "$CACHE/$1/.complete" ] && return
    have apt-get || impossible "unpacking ${*:2} needs apt-get."
    rm -rf "$CACHE/$1"; mkdir -p "$CACHE/$1/.packages"
    (cd "$CACHE/$1/.packages" && apt_get download "${@:2}") || impossible "apt-get could not download ${*:2}; see $CACHE/apt.log."
    local package
    for package in "$CACHE/$1/.packages"/*.deb; do dpkg -x "$package" "$CACHE/$1"; done
    rm -rf "$CACHE/$1/.packages"; touch "$CACHE/$1/.complete"
}

# npm_packages FOLDER PACKAGE...: installs npm packages below the cache folder.
npm_packages() {
    [ -e "$CACHE/$1/.complete" ] && return
    have node && have npm || impossible "${*:2} needs node and npm."
    rm -rf "$CACHE/$1"; mkdir -p "$CACHE/$1"
    (cd "$CACHE/$1" && npm init -y && npm install --no-audit --no-fund --ignore-scripts "${@:2}") > "$CACHE/$1.log" 2>&1 ||
        impossible "npm could not install ${*:2}; see $CACHE/$1.log."
    touch "$CACHE/$1/.complete"
}

# account: the account that is served; made when it is not there.
account() {
    [ "$(id -u)" = 0 ] || impossible "the account $USERNAME needs root."
    id $USERNAME >/dev/null 2>&1 || useradd -m -s /bin/bash $USERNAME
    echo "$USERNAME:$PASSWORD" | chpasswd
}

# ---- starting

# ports COUNT: free ports below the range that the system gives to clients.
ports() {
    perl -MSocket -e 'my @held; while (@held < $ARGV[0]) { my $p = 10000 + int rand 20000; socket(my $s, PF_INET, SOCK_STREAM, 0);
        bind($s, sockaddr_in($p, INADDR_LOOPBACK)) or next; push @held, $s; print "$p\n" }' "$1"
}

# certificate: $FOLDER/ca.pem, $FOLDER/key.pem and both in $FOLDER/both.pem; self-signed, for localhost and 127.0.0.1.
certificate() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
        -keyout "$FOLDER/key.pem" -out "$FOLDER/ca.pem" 2>/dev/null
    cat "$FOLDER/key.pem" "$FOLDER/ca.pem" > "$FOLDER/both.pem"
    chmod 600 "$FOLDER/key.pem" "$FOLDER/both.pem"
}

# behind PROGRAM ARGUMENT...: starts a process in a session of its own that clients do not talk to. It must stay in the foreground.
behind() { setsid "$@" < /dev/null >> "$FOLDER/output.log" 2>&1 & echo $! >> "$FOLDER/behind.pids"; }

# front PORT PROGRAM ARGUMENT...: starts the process that clients talk to and waits until the port answers. It must stay in the foreground.
front() {
    { printf 'cd %q\n' "$PWD"; export -p; printf 'exec'; printf ' %q' "${@:2}"; echo; } > "$FOLDER/front.sh"
    echo "$1" > "$FOLDER/front.port"
    run_front
}

run_front() {
    rm -f "$FOLDER/server.pid"       # of one that was killed
    setsid bash "$FOLDER/front.sh" < /dev/null >> "$FOLDER/output.log" 2>&1 & local pid=$!
    echo $pid > "$FOLDER/front.pid"
    wait_for_port "$(cat "$FOLDER/front.port")" $pid
}

# wait_for_port PORT PID: until something listens there; fails when the process ends before, or after a minute.
wait_for_port() {
    local i
    for ((i = 0; i < 1200; i++)); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
        kill -0 "$2" 2>/dev/null || break
        sleep 0.05
    done
    echo "$NAME does not answer at port $1:" >&2; tail -20 "$FOLDER/output.log" >&2; return 4
}

# s3_put PORT RESOURCE [BODY]: a PUT that $KEY and $SECRET sign (version 2, which needs no hash of the body).
s3_put() {
    local date signature
    date=$(LC_ALL=C TZ=GMT date '+%a, %d %b %Y %H:%M:%S GMT')
    signature=$(printf 'PUT\n\napplication/xml\n%s\n%s' "$date" "$2" | openssl dgst -sha1 -hmac "$SECRET" -binary | base64)
    curl -fsS -X PUT -H "Date: $date" -H 'Content-Type: application/xml' -H "Authorization: AWS $KEY:$signature" \
        --data-binary "${3:-}" "http://127.0.0.1:$1$2" >> "$FOLDER/output.log" 2>&1
}

# ---- stopping

# tree PID...: the processes and all that they started.
tree() { local pid; for pid in "$@"; do echo "$pid"; tree $(cat /proc/"$pid"/task/*/children 2>/dev/null); done; }
alive() { local pid; for pid in "$@"; do kill -0 "$pid" 2>/dev/null && return 0; done; return 1; }

stop_server() {
    local files=("$FOLDER"/front.pid "$FOLDER"/behind.pids) all i
    all=$(tree $(cat "${files[@]}" 2>/dev/null))
    [ -n "$all" ] || return 0
    kill -TERM $all 2>/dev/null || true
    for ((i = 0; i < 20; i++)); do alive $all || break; sleep 0.05; done
    kill -KILL $all 2>/dev/null || true
    rm -f "${files[@]}"
}

# Waits for the end of the server or of the process that wanted it, told from a later process with its number by its start.
watch_parent() {
    local born; born=$(started "$PARENT")
    while [ -e "$FOLDER/front.port" ] && [ -n "$born" ] && [ "$(started "$PARENT")" = "$born" ]; do sleep 1; done
    [ -e "$FOLDER/front.port" ] || return 0
    stop_server
    rm -rf "$FOLDER"
}
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20 || true; }

main() {
    case "${1:-}" in
        install)
            [ "$(uname -s)" = Linux ] || impossible "needs Linux."
            mkdir -p "$CACHE"
            exec 9> "$CACHE/lock"; flock 9
            install_server 9>&- ;;
        start)
            mkdir -p "$2"; FOLDER=$(realpath "$2"); PARENT=$3
            chmod 755 "$FOLDER"
            cd "$FOLDER"
            set -E
            trap 'echo "$NAME: \"$BASH_COMMAND\" failed." >&2; tail -20 "$FOLDER/output.log" >&2; trap - ERR; stop_server' ERR
            start_server
            setsid bash "$HERE/$NAME.sh" watch "$FOLDER" "$PARENT" < /dev/null > /dev/null 2>&1 &
            trap - ERR
            echo "READY $READY" ;;
        watch) FOLDER=$2 PARENT=$3; watch_parent ;;
        kill) FOLDER=$(realpath "$2"); kill -KILL $(tree $(cat "$FOLDER/front.pid")) 2>/dev/null || true ;;
        revive) FOLDER=$(realpath "$2"); run_front ;;
        stop) FOLDER=$(realpath "$2"); stop_server; rm -f "$FOLDER/front.port" ;;
        *) sed -n '2,13s/^# \{0,1\}//p' "$HERE/common.sh" >&2; exit 2 ;;
    esac
}
