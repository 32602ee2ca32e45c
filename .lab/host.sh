# Starts, stops and enters the hosts: namespaces, cgroups and the network between them, seen from the machine; sourced.
# shellcheck shell=bash disable=SC2013,SC2016

# Some machines (sandboxes, nested containers) have no CAP_SYS_RESOURCE; without it everywhere, the lab is the same everywhere.
WITHOUT_SYS_RESOURCE=(--bounding-set -sys_resource --inh-caps -sys_resource)

# A pid alone may belong to somebody else by now, so its start time is remembered with it.
# A zombie that nobody fetches yet counts as dead.
start_time() { sed -n 's/.*) \([^Z] .*\)/\1/p' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

remember_pid() { printf '%s %s\n' "$2" "$(start_time "$2")" >"$STATE/$1.pid"; }

pid_of() { # prints the pid when that very process is alive
  local pid time
  read -r pid time 2>/dev/null <"$STATE/$1.pid" || return 1
  [ -n "$time" ] && [ "$(start_time "$pid")" = "$time" ] && printf '%s\n' "$pid"
}

kill_remembered() {
  local pid
  if pid=$(pid_of "$1"); then kill -9 "$pid" 2>/dev/null || true; fi
  rm -f "$STATE/$1.pid"
}

# Every hierarchy of the machine, v1 or v2; /sys/fs/cgroup itself where that is the one v2 tree.
cgroup_trees() {
  local tree
  if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
    printf '%s\n' /sys/fs/cgroup
  else
    for tree in /sys/fs/cgroup/*/; do
      tree=${tree%/}
      if [ ! -L "$tree" ] && [ -e "$tree/cgroup.procs" ]; then printf '%s\n' "$tree"; fi
    done
  fi
}

make_cgroups() {
  local tree dir controller
  for tree in $(cgroup_trees); do
    dir=$tree/$CGROUP_PREFIX-$1
    # Without a controller in its v2 tree liblxc hands criu a wrong --cgroup-root. Only the host's own group gets
    # them: handed further down, its processes could no longer be in it, where liblxc puts itself for a dump.
    for controller in $(cat "$tree/cgroup.controllers" 2>/dev/null); do
      echo "+$controller" 2>/dev/null >"$tree/cgroup.subtree_control" || true
    done
    mkdir -p "$dir"
    if [ -e "$dir/cpuset.cpus" ] && [ -z "$(cat "$dir/cpuset.cpus")" ] && [ -e "$tree/cpuset.cpus" ]; then
      cat "$tree/cpuset.cpus" >"$dir/cpuset.cpus"
      cat "$tree/cpuset.mems" >"$dir/cpuset.mems"
    fi
  done
}

# Moves the calling (sub)shell into the host's cgroups.
join_cgroups() {
  local tree
  for tree in $(cgroup_trees); do echo "$BASHPID" >"$tree/$CGROUP_PREFIX-$1/cgroup.procs"; done
}

# What is in these groups was started by the lab. Covers processes whose host or keeper died without them.
remove_cgroups() { # host...
  local tree host dir pid tries
  for tree in $(cgroup_trees); do
    for host in "$@"; do
      dir=$tree/$CGROUP_PREFIX-$host
      [ -d "$dir" ] || continue
      tries=50
      while [ -d "$dir" ] && ((tries-- > 0)); do
        find "$dir" -name cgroup.procs -exec cat {} + 2>/dev/null | while read -r pid; do
          kill -9 "$pid" 2>/dev/null || true
        done
        find "$dir" -depth -type d -exec rmdir {} + 2>/dev/null || true
        sleep 0.1
      done
      if [ -d "$dir" ]; then say "warning: cannot remove $dir"; fi
    done
  done
}

# The keeper holds a mount namespace for everything the lab mounts, so that nothing shows on the
# machine and all of it vanishes with its processes. share/ propagates into the hosts.
start_keeper() {
  mkdir -p "$STATE/share"
  rm -f "$STATE/keeper.ready"
  setsid unshare --mount --propagation slave bash -c '
    set -e
    mount --bind "$1/share" "$1/share"
    mount --make-private "$1/share"
    mount --make-shared "$1/share"
    : >"$1/keeper.ready"
    exec sleep infinity' keeper "$STATE" </dev/null >"$STATE/keeper.log" 2>&1 9>&- &
  wait_until 10 test -e "$STATE/keeper.ready" || die "cannot make mounts (see $STATE/keeper.log)"
  remember_pid keeper $!
  disown
}

start_host() {
  local host=$1 dir=$STATE/$1 engine=${ENGINE[$1]} peer=${PEER[$1]} outer
  mkdir -p "$dir"/{root,upper,work,log,tmp} "$dir/$engine"
  chmod 1777 "$dir/tmp"
  chmod 711 "$dir/$engine"
  make_cgroups "$host"
  (
    join_cgroups "$host"
    exec setsid setpriv "${WITHOUT_SYS_RESOURCE[@]}" nsenter --target "$(pid_of keeper)" --mount \
      unshare --mount --uts --ipc --net --pid --cgroup --fork --kill-child --propagation slave \
      bash "$LAB_DIR/host-init.sh" "$host" "$STATE" "${ADDRESS[$host]}" "$READY" "$engine" "${BASE[$engine]}" \
      "$(printf '%s %s\n' "${ADDRESS[$host]}" "$host" "${ADDRESS[$peer]}" "$peer")"
  ) </dev/null >"$dir/boot.log" 2>&1 9>&- &
  outer=$!
  disown
  wait_until 10 test -e "$dir/upper/.entered" || die "host $host does not start: $(tail -n 1 "$dir/boot.log")"
  remember_pid "$host" "$(tr -d " " <"/proc/$outer/task/$outer/children")"
}

connect_hosts() { # the two of a pair
  local host pid
  ip link add name eth0 netns "$(pid_of "$1")" type veth peer name eth0 netns "$(pid_of "$2")"
  for host in "$@"; do
    pid=$(pid_of "$host")
    nsenter --target "$pid" --net ip addr add "${ADDRESS[$host]}/24" dev eth0
    nsenter --target "$pid" --net ip link set eth0 up
    nsenter --target "$pid" --net ip link set lo up
  done
}

start_hosts() { # the two of a pair
  local host
  for host in "$@"; do start_host "$host"; done
  connect_hosts "$@"
  for host in "$@"; do
    wait_until 90 test -e "/proc/$(pid_of "$host")/root$READY" ||
      die "the daemon of host $host is not ready: $(tail -n 1 "$STATE/$host/boot.log") (see $STATE/$host/boot.log)"
  done
}

stop_hosts() { # host...
  local name
  for name in "$@"; do kill_remembered "$name"; done
  remove_cgroups "$@"
}

# Becomes a command on a host, in its cgroups. nsenter lives as long as the command and hands back its status, so
# signals are for the command only; when the caller is killed nsenter goes as well, and the command gets a TERM.
enter_host() { # host, directory, command...
  local host=$1 dir=$2 pid
  shift 2
  pid=$(pid_of "$host") || return 1
  join_cgroups "$host"
  trap '' INT TERM HUP QUIT
  exec ${ENTER_WITH:-} setpriv --pdeathsig KILL "${WITHOUT_SYS_RESOURCE[@]}" \
    nsenter --target "$pid" --mount --uts --ipc --net --pid --cgroup --root --wd="/proc/$pid/root$dir" -- \
    setpriv --pdeathsig TERM \
    env --default-signal=INT,TERM,HUP,QUIT,PIPE -u LXD_DIR -u LXD_CONF -u LXD_SOCKET \
    -u INCUS_DIR -u INCUS_CONF -u INCUS_SOCKET -u INCUS_PROJECT -u TMPDIR -u SSH_AUTH_SOCK \
    HOME=/root USER=root LOGNAME=root SHELL=/bin/bash PATH="$HOST_PATH" "$@"
}

on() { # host, command...: for the lab's own use
  local host=$1
  shift
  (enter_host "$host" /root "$@") 9>&-
}

same_file() { [ "$(stat -Lc %d:%i "$1" 2>/dev/null)" = "$(stat -Lc %d:%i "$2")" ]; }

# A mount point for a path. Never touches a file that is there, it may be somebody's program. The source of an older
# mount may be deleted by now, which umount(8) does not take: syscall 166 is umount2, 2 is MNT_DETACH.
MAKE_MOUNT_POINT='
  make_mount_point() {
    while mountpoint -q "$2"; do perl -e "exit(syscall(166, shift, 2) != 0)" "$2"; done
    [ -e "$2" ] && return
    if [ -d "$1" ]; then mkdir -p "$2"; else mkdir -p "${2%/*}" && : >"$2"; fi
  }'

# Makes a path of the machine visible in the hosts, at the same place. The keeper mounts it where hosts see new
# mounts appear; from there each host binds it to its place.
share_path() { # path, host...
  local path=$1 id host pid shared=''
  shift
  id=$(sha256sum <<<"$path" | cut -c1-12)
  for host in "$@"; do
    pid=$(pid_of "$host")
    if same_file "/proc/$pid/root$path" "$path"; then continue; fi
    if [ -z "$shared" ]; then
      # Fails to be the same where the machine has mounted something there since the keeper started.
      nsenter --target "$(pid_of keeper)" --mount bash -ec "$MAKE_MOUNT_POINT"'
        make_mount_point "$1" "$2"
        mount --bind "$1" "$2"' share "$path" "$STATE/share/$id"
      shared=yes
    fi
    nsenter --target "$pid" --mount --root --wd="/proc/$pid/root" bash -ec "$MAKE_MOUNT_POINT"'
      make_mount_point "$1" "$2"
      mount --bind "$1" "$2"' share "/.share/$id" "$path"
    same_file "/proc/$pid/root$path" "$path" || return 1
  done
}

# node comes from the machine: one binary in a system directory, or a whole prefix elsewhere.
share_node() { # host...
  local node prefix host root
  node=$(readlink -f "$(command -v node)")
  prefix=${node%/bin/node}
  case $prefix in
    /usr | '') share_path "$node" "$@" ;;
    *) share_path "$prefix" "$@" ;;
  esac
  for host in "$@"; do
    root=/proc/$(pid_of "$host")/root
    if [ "$node" != /usr/bin/node ]; then ln -sfn "$node" "$root/usr/local/bin/node"; fi
    ln -sfn "$CHECKOUT/dist/cli.js" "$root/usr/local/bin/crdoctor"
  done
}
