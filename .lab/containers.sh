# Makes the containers of host a, and makes those anew that are missing, stopped or broken; sourced.
# shellcheck shell=bash disable=SC2153

POOLS=/var/lib/lxd/storage-pools
SMALL_POOL=/srv/small-pool
SMALL_POOL_SIZE=128m

# What a container needs to be restored here: no console of 1024 ptys, no AppArmor profile.
NO_CONSOLE='lxc.pty.max = 1'
NO_PROFILE='lxc.apparmor.profile ='

CONTAINERS=(
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

on_a() { on a "$@" </dev/null; }

# Privileged and restorable, apart from the one thing that each name says.
init_container() {
  local name=$1 raw=$NO_CONSOLE$'\n'$NO_PROFILE$'\n' options=(-c security.privileged=true)
  case $name in
    default) raw='' options=() ;;
    bad-console-not-restorable) raw='' ;;
    bad-console-device-missing) raw+=$'lxc.console.path = none\n' ;;
    bad-lsm-profile-restore) raw=$NO_CONSOLE$'\n' ;;
    bad-nested-namespace-unsupported) options+=(-c security.nesting=true) ;;
    bad-disk-full) options+=(-s small) ;;
  esac
  if [ -n "$raw" ]; then options+=(-c "raw.lxc=$raw"); fi
  on_a lxc init -q mini "$name" "${options[@]}"
  case $name in
    bad-device-file-unsupported)
      on_a lxc config device add -q "$name" fuse unix-char source=/dev/fuse path=/dev/fuse mode=0666
      ;;
    bad-engine-fails-after-restore)
      on_a mkdir -p /srv/data
      on_a lxc config device add -q "$name" data disk source=/srv/data path=/srv/data
      ;;
  esac
}

make_container() {
  local name=$1
  on_a lxc delete -q -f "$name" 2>/dev/null || true
  init_container "$name"
  on_a lxc start -q "$name"
  wait_until 10 works "$name"
}

rootfs_of() {
  local pool=default
  if [ "$1" = bad-disk-full ]; then pool=small; fi
  printf '/proc/%s/root%s/%s/containers/%s/rootfs\n' "$(pid_of a)" "$POOLS" "$pool" "$1"
}

counter_of() { cat "$(rootfs_of "$1")/root/counter" 2>/dev/null || true; }

works() { [ -e "$(rootfs_of "$1")/run/workload-ready" ] && [ -n "$(counter_of "$1")" ]; }

make_small_pool() {
  on_a sh -ec "
    mkdir -p $SMALL_POOL
    mountpoint -q $SMALL_POOL || mount -t tmpfs -o size=$SMALL_POOL_SIZE tmpfs $SMALL_POOL
    lxc storage show small >/dev/null 2>&1 || lxc storage create -q small dir source=$SMALL_POOL"
}

# Names of the containers that do not run as they should: not RUNNING, workload missing, or counter standing still.
broken_containers() {
  local name state
  declare -A states=() before=()
  while IFS=, read -r name state; do states[$name]=$state; done < <(on_a lxc list -f csv -c ns)
  for name in "${CONTAINERS[@]}"; do before[$name]=$(counter_of "$name"); done
  sleep 0.5
  for name in "${CONTAINERS[@]}"; do
    if [ "${states[$name]:-}" != RUNNING ] || ! works "$name" || [ "$(counter_of "$name")" = "${before[$name]}" ]; then
      printf '%s\n' "$name"
    fi
  done
}

repair_containers() {
  local broken name job failed=() jobs=()
  mapfile -t broken < <(broken_containers)
  [ ${#broken[@]} -gt 0 ] || return 0
  say "making ${#broken[@]} containers: ${broken[*]}"
  make_small_pool >"$STATE/pool.log" 2>&1 || die "cannot make the small storage pool (see $STATE/pool.log)"
  for name in "${broken[@]}"; do
    # Two at a time: the work is mostly unpacking.
    while [ "$(jobs -pr | wc -l)" -ge 2 ]; do wait -n || true; done
    (make_container "$name") >"$STATE/$name.log" 2>&1 &
    jobs+=("$!:$name")
  done
  for job in "${jobs[@]}"; do
    wait "${job%%:*}" || failed+=("${job#*:}")
  done
  [ ${#failed[@]} -eq 0 ] || die "cannot make ${failed[*]}: $(tail -n 1 "$STATE/${failed[0]}.log") (see $STATE/${failed[0]}.log)"
}
