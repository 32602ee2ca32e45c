#!/bin/bash
# The lab on one machine: LXD hosts `a` and `b`, Incus hosts `c` and `d`, with containers that can and cannot be
# checkpointed.
#   lab.sh up [HOST...] | down | status | exec HOST COMMAND [ARGUMENT...]
# shellcheck disable=SC1091,SC2015,SC2153
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
lab_version() { # engine
  local tarball recipes=()
  for tarball in ${TARBALLS[$1]}; do recipes+=("$CACHE/$tarball.recipe"); done
  cat "$LAB_DIR"/{host,host-init,pair,settings}.sh "${recipes[@]}" <(image_files) | sha256sum | cut -c1-16
}

pair_of() { printf '%s %s\n' "${FIRST_OF[$1]}" "${PEER[${FIRST_OF[$1]}]}"; }

# Both daemons first: a host whose daemon is just starting again cannot be reached by the other yet.
hosts_work() { # engine
  local check host job jobs
  [ "$(cat "$STATE/version-$1" 2>/dev/null)" = "$(lab_version "$1" 2>/dev/null)" ] || return 1
  for check in host_works reaches_peer; do
    jobs=()
    for host in $(pair_of "$1"); do
      "$check" "$host" </dev/null >"$STATE/$check-$host.log" 2>&1 &
      jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job" || return 1; done
  done
}

# Without the process that keeps the mounts nothing can be shown to the hosts any more.
make_keeper() {
  if pid_of keeper >/dev/null; then return; fi
  stop_hosts "${HOSTS[@]}"
  rm -rf --one-file-system "$STATE/share"
  start_keeper
}

make_hosts() { # engine...
  local engine host unpacking jobs=()
  for engine in "$@"; do
    for host in $(pair_of "$engine"); do
      stop_hosts "$host"
      rm -rf --one-file-system "${STATE:?}/$host" "$STATE/version-$engine"
    done
  done
  build_tarballs "$@"
  say "unpacking"
  for engine in "$@"; do
    unpack_root "$engine" &
    jobs+=($!)
  done
  pack_image
  for unpacking in "${jobs[@]}"; do wait "$unpacking" || die "cannot unpack the root file system"; done
  make_keeper
  jobs=()
  for engine in "$@"; do
    start_pair "$engine" &
    jobs+=($!)
  done
  for host in "${jobs[@]}"; do wait "$host" || exit 1; done
}

start_pair() { # engine
  local hosts engine=$1
  read -ra hosts < <(pair_of "$engine")
  say "starting hosts ${hosts[*]}"
  start_hosts "${hosts[@]}"
  say "introducing ${hosts[*]} to each other"
  pair_hosts "${hosts[@]}" >"$STATE/pair-$engine.log" 2>&1 ||
    die "cannot set up $engine: $(tail -n 1 "$STATE/pair-$engine.log") (see $STATE/pair-$engine.log)"
  lab_version "$engine" >"$STATE/version-$engine"
}

tear_down() {
  stop_hosts "${HOSTS[@]}"
  kill_remembered keeper
  rm -rf --one-file-system "$STATE"
}

# The engines that are meant: those of the hosts named, or all.
chosen_engines() {
  local engine host
  for engine in lxd incus; do
    [ $# -gt 0 ] || echo "$engine"
    for host in "$@"; do
      if [ "${ENGINE[$host]:-}" = "$engine" ]; then
        echo "$engine"
        break
      fi
    done
  done
}

show_checkout() { # engine
  local hosts
  read -ra hosts < <(pair_of "$1")
  share_path "$CHECKOUT" "${hosts[@]}" && share_node "${hosts[@]}"
}

lab_up() { # [host...]
  local engine host engines broken=()
  for host in "$@"; do [ -n "${ENGINE[$host]:-}" ] || die "unknown host \"$host\": the lab has ${HOSTS[*]}"; done
  mapfile -t engines < <(chosen_engines "$@")
  check_possible
  take_lock
  mkdir -p "$STATE"
  # The caller's directory does not exist in every mount namespace that is entered here.
  cd /
  for engine in "${engines[@]}"; do
    if ! pid_of keeper >/dev/null || ! hosts_work "$engine"; then broken+=("$engine"); fi
  done
  if [ ${#broken[@]} -gt 0 ]; then make_hosts "${broken[@]}"; fi
  for engine in "${engines[@]}"; do
    if ! show_checkout "$engine" 2>"$STATE/share.log"; then
      say "cannot show $CHECKOUT to the hosts of $engine, making them anew ($(tail -n 1 "$STATE/share.log"))"
      make_hosts "$engine"
      show_checkout "$engine"
    fi
  done
  for engine in "${engines[@]}"; do
    if [ "$engine" = lxd ]; then
      for host in $(pair_of lxd); do refresh_lxd "$host" || die "LXD of host $host does not start again"; done
    fi
    repair_containers "${FIRST_OF[$engine]}"
  done
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
    up) lab_up "$@" ;;
    down) lab_down ;;
    status) . "$LAB_DIR/status.sh" && lab_status ;;
    exec) . "$LAB_DIR/exec.sh" && lab_exec "$@" ;;
    *) die "usage: lab.sh up [HOST...] | down | status | exec HOST COMMAND [ARGUMENT...]" ;;
  esac
}

main "$@"
