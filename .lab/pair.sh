# Sets up the daemons of a pair of hosts and lets each host trust the other, for ssh and for its engine; sourced.
# shellcheck shell=bash disable=SC2016

# The server of this release of LXD takes a password from whom it is to trust, that of Incus gives out tokens.
initialise_daemon() {
  local host=$1 engine=${ENGINE[$1]} init=(lxd init) password=''
  if [ "$engine" = lxd ]; then password='core.trust_password: lab'; else init=(incus admin init); fi
  on "$host" "${init[@]}" --preseed <<PRESEED || return 1
config:
  core.https_address: ${ADDRESS[$host]}:8443
  $password
storage_pools:
- name: default
  driver: dir
networks:
- name: ${engine}br0
  type: bridge
  config:
    ipv4.address: 10.77.0.1/24
    ipv4.nat: "false"
    ipv6.address: none
profiles:
- name: default
  devices:
    root: {path: /, pool: default, type: disk}
PRESEED
  client_on "$host" image import "/.share/mini.tar.gz" --alias mini --quiet
}

exchange_keys() { # the two of a pair
  local host peer mine theirs
  for host in "$@"; do
    peer=${PEER[$host]}
    mine=/proc/$(pid_of "$host")/root theirs=/proc/$(pid_of "$peer")/root
    cp "$theirs/root/.ssh/id_ed25519.pub" "$mine/root/.ssh/authorized_keys"
    printf '%s,%s %s\n' "$peer" "${ADDRESS[$peer]}" "$(cut -d ' ' -f 1,2 "$theirs/etc/ssh/host_key.pub")" \
      >"$mine/root/.ssh/known_hosts"
  done
}

add_remotes() { # the two of a pair
  local host peer token
  for host in "$@"; do
    peer=${PEER[$host]}
    if [ "${ENGINE[$host]}" = lxd ]; then
      on "$host" lxc remote add "$peer" "https://${ADDRESS[$peer]}:8443" --accept-certificate --password lab || return 1
    else
      token=$(on "$peer" incus config trust add "host-$host" --quiet) || return 1
      on "$host" incus remote add "$peer" "$token" --accept-certificate || return 1
    fi
  done
}

pair_hosts() { # the two of a pair
  local host jobs=() job
  cp "$STATE/mini.tar.gz" "$STATE/share/mini.tar.gz"
  exchange_keys "$@" || return 1
  for host in "$@"; do
    initialise_daemon "$host" &
    jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "$job" || return 1; done
  add_remotes "$@"
}

host_works() {
  case ${ENGINE[$1]} in
    lxd) on "$1" timeout 30 sh -ec "test -e $READY; ls /var/lib/lxcfs/proc; lxd waitready --timeout=20; lxc query /1.0" ;;
    incus)
      on "$1" timeout 30 sh -ec \
        "test -e $READY; ls /var/lib/incus-lxcfs/proc; incus admin waitready --timeout=20; incus query /1.0"
      ;;
  esac
}

reaches_peer() {
  local peer=${PEER[$1]}
  on "$1" timeout 15 sh -ec \
    "${CLIENT[${ENGINE[$1]}]} query $peer:/1.0; ssh -o BatchMode=yes -o ConnectTimeout=5 $peer true"
}

# A start from saved state leaks a mount reference in the daemon's memory (LXD 5.0.2): every later restore of an
# instance of that name fails with "In use", even of a new one. A new daemon has forgotten it.
refresh_lxd() {
  on "$1" sh -ec '
    [ -n "$(find /var/log/lxd -name "*_restore_*.log" -newer /run/lxd.pid)" ] || exit 0
    old=$(cat /run/lxd.pid)
    kill -TERM "$old"
    # It waits minutes for operations that never end, as a move that failed leaves them.
    for try in $(seq 100); do [ "$(cat /run/lxd.pid)" = "$old" ] || break; sleep 0.1; done
    if [ "$(cat /run/lxd.pid)" = "$old" ]; then kill -KILL "$old"; fi
    while [ "$(cat /run/lxd.pid)" = "$old" ]; do sleep 0.1; done
    exec lxd waitready --timeout=30' </dev/null
}
