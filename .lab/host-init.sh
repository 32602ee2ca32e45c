#!/bin/bash
# Process 1 of a host: makes its file system, enters it with pivot_root, and runs lxcfs, sshd and the engine's daemon.
# Everything is in functions: bash must have read the whole file before its root changes.
set -euo pipefail

HOST=$1 STATE=$2 ADDRESS=$3 READY=$4 ENGINE=$5 BASE=$6 NAMES=$7
DIR=$STATE/$HOST
ROOT=$DIR/root

case $ENGINE in
  lxd)
    LXCFS=/var/lib/lxcfs
    DAEMON=(lxd) GROUP=lxd
    ;;
  incus)
    LXCFS=/var/lib/incus-lxcfs
    DAEMON=(/usr/libexec/incus/incusd) GROUP=incus-admin
    export INCUS_LXC_TEMPLATE_CONFIG=/usr/share/lxc/config INCUS_LXC_HOOK=/usr/share/lxc/hooks
    ;;
esac
LOG=/var/log/$ENGINE/${DAEMON[0]##*/}.log

mount_root() {
  mount -t overlay overlay -o "lowerdir=$STATE/$BASE,upperdir=$DIR/upper,workdir=$DIR/work" "$ROOT"
  mkdir -p "$ROOT"/{proc,sys,dev,run,tmp,.share,.old} "$ROOT/var/lib/$ENGINE" "$ROOT/var/log/$ENGINE"
  mount -t proc proc "$ROOT/proc"
  mount -t sysfs sysfs "$ROOT/sys"
  mount -t tmpfs -o mode=755 tmpfs "$ROOT/run"
  # Storage pool and logs on a plain directory of the disk: CRIU and overlay do not go well together.
  mount --bind "$DIR/tmp" "$ROOT/tmp"
  mount --bind "$DIR/$ENGINE" "$ROOT/var/lib/$ENGINE"
  mount --bind "$DIR/log" "$ROOT/var/log/$ENGINE"
  mount --bind "$STATE/share" "$ROOT/.share"
  mkdir -p "$ROOT"/run/{sshd,lock,lxc}
}

# Own device nodes, because a distribution has /dev/fuse open to all and the machine may not.
mount_dev() {
  local name
  mount -t tmpfs -o mode=755,nosuid tmpfs "$ROOT/dev"
  mkdir -p "$ROOT"/dev/{pts,shm,net}
  while read -r name major minor; do
    mknod -m 666 "$ROOT/dev/$name" c "$major" "$minor"
  done <<'NODES'
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
fuse 10 229
net/tun 10 200
NODES
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$ROOT/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$ROOT/dev/shm"
  ln -s pts/ptmx "$ROOT/dev/ptmx"
  ln -s /proc/self/fd "$ROOT/dev/fd"
  ln -s /proc/self/fd/0 "$ROOT/dev/stdin"
  ln -s /proc/self/fd/1 "$ROOT/dev/stdout"
  ln -s /proc/self/fd/2 "$ROOT/dev/stderr"
}

# The same hierarchies as the machine has, each beginning at the host's own group.
mount_cgroups() {
  local tree name kind options root=$ROOT/sys/fs/cgroup
  if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
    mount -t cgroup2 cgroup2 "$root"
    return
  fi
  mount -t tmpfs -o mode=755 tmpfs "$root"
  for tree in /sys/fs/cgroup/*/; do
    tree=${tree%/} name=${tree##*/}
    if [ -L "$tree" ] || [ ! -e "$tree/cgroup.procs" ]; then continue; fi
    case $name in
      unified) kind=cgroup2 options=rw ;;
      systemd) kind=cgroup options=none,name=systemd ;;
      *) kind=cgroup options=$name ;;
    esac
    mkdir "$root/$name"
    mount -t "$kind" -o "$options" "$kind" "$root/$name"
  done
}

configure() {
  hostname "$HOST"
  echo "$HOST" >"$ROOT/etc/hostname"
  printf '127.0.0.1 localhost\n%s\n' "$NAMES" >"$ROOT/etc/hosts"
  mkdir -p "$ROOT/root/.ssh" "$ROOT/etc/ssh"
  chmod 700 "$ROOT/root/.ssh"
  rm -f "$ROOT/etc/ssh/host_key" "$ROOT/root/.ssh/id_ed25519"
  ssh-keygen -q -t ed25519 -N '' -C "host-$HOST" -f "$ROOT/etc/ssh/host_key"
  ssh-keygen -q -t ed25519 -N '' -C "root@$HOST" -f "$ROOT/root/.ssh/id_ed25519"
  cat >"$ROOT/etc/ssh/sshd_config" <<CONFIG
ListenAddress $ADDRESS
HostKey /etc/ssh/host_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
SetEnv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
Subsystem sftp internal-sftp
CONFIG
}

has_address() { ip -o addr show dev eth0 2>/dev/null | grep -q "inet $ADDRESS/"; }

# The daemon comes back when it ends, as a service manager would see to; its containers run on meanwhile.
keep_daemon_running() {
  while :; do
    "${DAEMON[@]}" --group "$GROUP" --logfile="$LOG" &
    echo $! >"/run/$ENGINE.pid"
    wait $! || true
    sleep 0.5
  done
}

start_services() {
  export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  while ! has_address; do sleep 0.1; done
  mkdir -p "$LXCFS"
  lxcfs "$LXCFS" &
  echo $! >/run/lxcfs.pid
  /usr/sbin/sshd
  while ! mountpoint -q "$LXCFS"; do sleep 0.1; done
  keep_daemon_running &
  "${DAEMON[@]}" waitready --timeout=80
}

main() {
  mount_root
  mount_dev
  mount_cgroups
  configure
  cd "$ROOT"
  pivot_root . .old
  umount -l /.old
  cd /
  rmdir /.old
  : >/.entered
  start_services
  : >"$READY"
  # sshd and lxcfs are not started again when they die: `up` sees that and makes the hosts anew.
  set +e
  while :; do
    wait -n 2>/dev/null
    sleep 0.2
  done
}

main
