# Sets up LXD on both hosts and lets each trust the other, for ssh and for LXD; sourced.
# shellcheck shell=bash disable=SC2016

peer_of() { if [ "$1" = a ]; then echo b; else echo a; fi; }

initialise_lxd() {
  local host=$1
  on "$host" lxd init --preseed <<PRESEED
config:
  core.https_address: ${ADDRESS[$host]}:8443
  core.trust_password: lab
storage_pools:
- name: default
  driver: dir
networks:
- name: lxdbr0
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
  on "$host" lxc image import "/.share/mini.tar.gz" --alias mini --quiet
}

exchange_keys() {
  local host peer mine theirs
  for host in "${HOSTS[@]}"; do
    peer=$(peer_of "$host")
    mine=/proc/$(pid_of "$host")/root theirs=/proc/$(pid_of "$peer")/root
    cp "$theirs/root/.ssh/id_ed25519.pub" "$mine/root/.ssh/authorized_keys"
    printf '%s,%s %s\n' "$peer" "${ADDRESS[$peer]}" "$(cut -d ' ' -f 1,2 "$theirs/etc/ssh/host_key.pub")" \
      >"$mine/root/.ssh/known_hosts"
  done
}

add_remotes() {
  local host peer
  for host in "${HOSTS[@]}"; do
    peer=$(peer_of "$host")
    on "$host" lxc remote add "$peer" "https://${ADDRESS[$peer]}:8443" --accept-certificate --password lab
  done
}

pair_hosts() {
  local host jobs=() job
  cp "$STATE/mini.tar.gz" "$STATE/share/mini.tar.gz"
  exchange_keys
  for host in "${HOSTS[@]}"; do
    initialise_lxd "$host" &
    jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "$job"; done
  add_remotes
} >"$STATE/pair.log" 2>&1

host_works() {
  on "$1" timeout 30 sh -ec "test -e $READY; ls /var/lib/lxcfs/proc; lxd waitready --timeout=20; lxc query /1.0"
}

reaches_peer() {
  local peer
  peer=$(peer_of "$1")
  on "$1" timeout 15 sh -ec "lxc query $peer:/1.0; ssh -o BatchMode=yes -o ConnectTimeout=5 $peer true"
}

# A start from saved state leaks a mount reference in the daemon's memory (LXD 5.0.2): every later restore of an
# instance of that name fails with "In use", even of a new one. A new daemon has forgotten it.
refresh_lxd() {
  on "$1" sh -ec '
    [ -n "$(find /var/log/lxd -name "*_restore_*.log" -newer /run/lxd.pid)" ] || exit 0
    old=$(cat /run/lxd.pid)
    kill -TERM "$old"
    while [ "$(cat /run/lxd.pid)" = "$old" ]; do sleep 0.1; done
    exec lxd waitready --timeout=30' </dev/null
}
