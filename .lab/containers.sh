# Makes the containers of hosts a and c, and makes those anew that are missing, stopped or broken; sourced.
# shellcheck shell=bash disable=SC2153

SMALL_POOL=/srv/small-pool
SMALL_POOL_SIZE=128m

# What a container needs to be restored here: no console of 1024 ptys, no AppArmor profile.
NO_CONSOLE='lxc.pty.max = 1'
NO_PROFILE='lxc.apparmor.profile ='

CONTAINERS_OF_LXD=(
  good
  default
  bad-console-not-restorable
  bad-console-device-missing
  bad-lsm-profile-restore
  bad-mount-unsupported-fs
  bad-device-file-unsupported
  bad-engine-fails-after-restore
  bad-nested-namespace-unsupported
  bad-disk-full
  bad-netdev-unsupported
  bad-insufficient-privileges
)
# Few, because what the workloads do is the same on both.
CONTAINERS_OF_INCUS=(
  good
  default
  bad-console-not-restorable
  bad-lsm-profile-restore
  bad-migration-stateful-off
  bad-idmapped-rootfs-restore
  bad-mount-unsupported-fs
)

containers_of() { # host
  local -n names=CONTAINERS_OF_${ENGINE[$1]^^}
  printf '%s\n' "${names[@]}"
}

# The engine's client on a host.
client_on() {
  local host=$1
  shift
  on "$host" "${CLIENT[${ENGINE[$host]}]}" "$@" </dev/null
}

# Privileged and restorable, apart from the one thing that each name says.
init_container() {
  local host=$1 name=$2 raw=$NO_CONSOLE$'\n'$NO_PROFILE$'\n' options=(-c security.privileged=true)
  if [ "${ENGINE[$host]}" = incus ]; then options+=(-c migration.stateful=true); fi
  case $name in
    default) raw='' options=() ;;
    bad-console-not-restorable) raw='' ;;
    bad-console-device-missing) raw+=$'lxc.console.path = none\n' ;;
    bad-lsm-profile-restore) raw=$NO_CONSOLE$'\n' ;;
    bad-nested-namespace-unsupported) options+=(-c security.nesting=true) ;;
    bad-disk-full) options+=(-s small) ;;
    bad-migration-stateful-off) options=(-c security.privileged=true) ;;
    bad-idmapped-rootfs-restore) options=(-c migration.stateful=true) ;;
  esac
  if [ -n "$raw" ]; then options+=(-c "raw.lxc=$raw"); fi
  client_on "$host" init -q mini "$name" "${options[@]}"
  case $name in
    bad-device-file-unsupported)
      client_on "$host" config device add -q "$name" fuse unix-char source=/dev/fuse path=/dev/fuse mode=0666
      ;;
    bad-engine-fails-after-restore)
      on "$host" mkdir -p /srv/data
      client_on "$host" config device add -q "$name" data disk source=/srv/data path=/srv/data
      ;;
  esac
}

make_container() {
  local host=$1 name=$2
  client_on "$host" delete -q -f "$name" 2>/dev/null || true
  init_container "$host" "$name"
  client_on "$host" start -q "$name"
  wait_until 10 works "$host" "$name"
}

rootfs_of() {
  local pool=default
  if [ "$2" = bad-disk-full ]; then pool=small; fi
  printf '/proc/%s/root/var/lib/%s/storage-pools/%s/containers/%s/rootfs\n' "$(pid_of "$1")" "${ENGINE[$1]}" "$pool" "$2"
}

counter_of() { cat "$(rootfs_of "$1" "$2")/root/counter" 2>/dev/null || true; }

works() { [ -e "$(rootfs_of "$1" "$2")/run/workload-ready" ] && [ -n "$(counter_of "$1" "$2")" ]; }

make_small_pool() {
  on "$1" sh -ec "
    mkdir -p $SMALL_POOL
    mountpoint -q $SMALL_POOL || mount -t tmpfs -o size=$SMALL_POOL_SIZE tmpfs $SMALL_POOL
    lxc storage show small >/dev/null 2>&1 || lxc storage create -q small dir source=$SMALL_POOL" </dev/null
}

# Names of the containers that do not run as they should: not RUNNING, workload missing, or counter standing still.
broken_containers() {
  local host=$1 name state
  declare -A states=() before=()
  while IFS=, read -r name state; do states[$name]=$state; done < <(client_on "$host" list -f csv -c ns)
  for name in $(containers_of "$host"); do before[$name]=$(counter_of "$host" "$name"); done
  sleep 0.5
  for name in $(containers_of "$host"); do
    if [ "${states[$name]:-}" != RUNNING ] || ! works "$host" "$name" ||
      [ "$(counter_of "$host" "$name")" = "${before[$name]}" ]; then
      printf '%s\n' "$name"
    fi
  done
}

repair_containers() { # host
  local host=$1 broken name job failed=() jobs=()
  mapfile -t broken < <(broken_containers "$host")
  [ ${#broken[@]} -gt 0 ] || return 0
  say "making ${#broken[@]} containers on $host: ${broken[*]}"
  if [[ " ${broken[*]} " = *' bad-disk-full '* ]]; then
    make_small_pool "$host" >"$STATE/pool.log" 2>&1 || die "cannot make the small storage pool (see $STATE/pool.log)"
  fi
  for name in "${broken[@]}"; do
    # Two at a time: the work is mostly unpacking.
    while [ "$(jobs -pr | wc -l)" -ge 2 ]; do wait -n || true; done
    (make_container "$host" "$name") >"$STATE/$host-$name.log" 2>&1 &
    jobs+=("$!:$host-$name")
  done
  for job in "${jobs[@]}"; do
    wait "${job%%:*}" || failed+=("${job#*:}")
  done
  [ ${#failed[@]} -eq 0 ] || die "cannot make ${failed[*]}: $(tail -n 1 "$STATE/${failed[0]}.log") (see $STATE/${failed[0]}.log)"
}
