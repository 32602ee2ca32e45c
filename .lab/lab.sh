#!/bin/bash
# The lab: two LXD hosts `a` and `b` on one machine, with containers that can and cannot be checkpointed.
#   lab.sh up | down | status | exec HOST COMMAND [ARGUMENT...]
# shellcheck disable=SC1091,SC2015
set -euo pipefail

# shellcheck source=settings.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/settings.sh"
# shellcheck source=root.sh
. "$LAB_DIR/root.sh"
# shellcheck source=host.sh
. "$LAB_DIR/host.sh"
# shellcheck source=pair.sh
. "$LAB_DIR/pair.sh"
# shellcheck source=containers.sh
. "$LAB_DIR/containers.sh"

check_possible() {
  [ "$(id -u)" = 0 ] || not_possible "root is needed"
  command -v apt-get >/dev/null && [ "$(. /etc/os-release && echo "$ID")" = debian ] || not_possible "not a Debian system"
  [ "$(dpkg --print-architecture)" = amd64 ] || die "only built for amd64"
  [ -n "$(cgroup_trees)" ] || die "no control groups in /sys/fs/cgroup"
  command -v node >/dev/null || die "no node"
  unshare --mount --pid --net --cgroup --fork true 2>/dev/null || die "no new namespaces allowed"
  grep -q overlay /proc/filesystems || modprobe overlay 2>/dev/null || die "the kernel has no overlay file system"
}

take_lock() {
  mkdir -p "${LOCK%/*}"
  exec 9>"$LOCK"
  if ! flock -n 9; then
    say "waiting for another lab command"
    flock 9
  fi
}

# Changes in the lab itself ask for new hosts.
lab_version() {
  cat "$LAB_DIR"/{host,host-init,pair,settings}.sh "$CACHE"/*.recipe <(image_files) |
    sha256sum | cut -c1-16
}

# Both daemons first: a host whose LXD is just starting again cannot be reached by the other yet.
hosts_work() {
  local check host job jobs
  [ "$(cat "$STATE/version" 2>/dev/null)" = "$(lab_version)" ] || return 1
  pid_of keeper >/dev/null || return 1
  for check in host_works reaches_peer; do
    jobs=()
    for host in "${HOSTS[@]}"; do
      "$check" "$host" </dev/null >"$STATE/$check-$host.log" 2>&1 &
      jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job" || return 1; done
  done
}

make_hosts() {
  local unpacking
  stop_hosts
  mkdir -p "$STATE"
  # The unpacked root and the packed image are only read, so new hosts can have them.
  find "$STATE" -mindepth 1 -maxdepth 1 -not -name 'base*' -not -name 'mini*' -exec rm -rf --one-file-system {} +
  build_tarballs
  say "unpacking"
  unpack_root &
  unpacking=$!
  pack_image
  wait "$unpacking" || die "cannot unpack the root file system"
  say "starting hosts ${HOSTS[*]}"
  start_hosts
  say "introducing them to each other"
  pair_hosts || die "cannot set up LXD: $(tail -n 1 "$STATE/pair.log") (see $STATE/pair.log)"
  lab_version >"$STATE/version"
}

tear_down() {
  stop_hosts
  rm -rf --one-file-system "$STATE"
}

lab_up() {
  local host
  check_possible
  take_lock
  # The caller's directory does not exist in every mount namespace that is entered here.
  cd /
  if ! hosts_work; then make_hosts; fi
  if ! { share_path "$CHECKOUT" && share_node; } 2>"$STATE/share.log"; then
    say "cannot show $CHECKOUT to the running hosts, making them anew ($(tail -n 1 "$STATE/share.log"))"
    make_hosts
    share_path "$CHECKOUT"
    share_node
  fi
  for host in "${HOSTS[@]}"; do
    refresh_lxd "$host" || die "LXD of host $host does not start again"
  done
  repair_containers
  say "up"
}

lab_down() {
  [ "$(id -u)" = 0 ] || not_possible "root is needed"
  take_lock
  tear_down
  say "down"
}

main() {
  local command=${1:-}
  [ $# -eq 0 ] || shift
  case $command in
    up) lab_up ;;
    down) lab_down ;;
    status) . "$LAB_DIR/status.sh" && lab_status ;;
    exec) . "$LAB_DIR/exec.sh" && lab_exec "$@" ;;
    *) die "usage: lab.sh up | down | status | exec HOST COMMAND [ARGUMENT...]" ;;
  esac
}

main "$@"
