#!/bin/bash
# Records the evidence of a really different machine: Debian 13 with its own kernel and LXD on an emulated CPU without
# AVX. Slow (an emulated machine boots in minutes) and not part of a CI run: record-guest.sh [OUTPUT].
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source-path=SCRIPTDIR
source .lab/settings.sh
# shellcheck source-path=SCRIPTDIR
source .lab/root.sh

OUT=$(realpath -m "${1:-fixtures/hosts/debian13-guest.json}")
SUITE=trixie
CPU=Nehalem
# The guest is asked as the target of this container, which shows a directory of its host.
COMING=fixtures/hosts/bad-engine-fails-after-restore.json
# lxd brings no lxcfs by itself; the cloud kernel is the small one, with the drivers of virtual machines.
PACKAGES=linux-image-cloud-amd64,nodejs,lxd,lxd-client,lxcfs,criu,iptables,nftables,iproute2,procps,kmod,apparmor
IMAGE=$CACHE/guest-$SUITE
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

install_emulator() {
  command -v qemu-system-x86_64 >/dev/null && return
  say "installing qemu"
  apt-get install -y --no-install-recommends qemu-system-x86 >"$WORK/apt.log" 2>&1 </dev/null ||
    { apt-get update && apt-get install -y --no-install-recommends qemu-system-x86; } >"$WORK/apt.log" 2>&1 </dev/null ||
    die "cannot install qemu-system-x86: $(tail -n 1 "$WORK/apt.log")"
}

# Kernel, initrd and a root file system, kept for the next recording.
build_guest() {
  local from root=$WORK/root
  [ -e "$IMAGE/complete" ] && return
  say "building the guest (once; kept in $IMAGE)"
  install_build_tools
  use_proxy_of_apt
  from=$(mirror)
  rm -rf "$IMAGE"
  mkdir -p "$IMAGE" "$root"
  debootstrap --variant=minbase --include="$PACKAGES" "$SUITE" "$root" "$from" >"$IMAGE/build.log" 2>&1 ||
    die "cannot build the guest (see $IMAGE/build.log)"
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale,info}
  cp "$root"/boot/vmlinuz-* "$IMAGE/vmlinuz"
  cp "$root"/boot/initrd.img-* "$IMAGE/initrd"
  truncate -s 4G "$IMAGE/root.img"
  mke2fs -q -t ext4 -d "$root" "$IMAGE/root.img"
  : >"$IMAGE/complete"
}

# Process 1 of the guest: what its evidence needs, the recording, and off. The second disk is the parcel to take
# the recorder in, the third one takes the result out.
guest_init() {
  cat <<'INIT'
#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -o remount,rw /
for each in proc:proc:/proc sysfs:sysfs:/sys devtmpfs:devtmpfs:/dev tmpfs:tmpfs:/run; do
  IFS=: read -r type name path <<<"$each"
  mountpoint -q "$path" || mount -t "$type" "$name" "$path"
done
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t securityfs securityfs /sys/kernel/security
mkdir -p /dev/pts /dev/shm /checkout /var/lib/lxcfs
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
hostname debian13
ip link set lo up
printf 'root:100000:65536\nlxd:100000:65536\n' | tee /etc/subuid >/etc/subgid
tar -C /checkout -xf /dev/vdb
lxcfs /var/lib/lxcfs &
lxd --group root --logfile=/var/log/lxd/lxd.log &
lxd waitready --timeout=300
lxd init --preseed <<'PRESEED'
storage_pools:
- name: tank
  driver: dir
profiles:
- name: default
  devices:
    root: {path: /, pool: tank, type: disk}
PRESEED
cd /checkout
node record-evidence.mjs /result.json '' coming.json && tar -C / -cf /dev/vdc result.json
sync
echo o >/proc/sysrq-trigger
sleep 60
INIT
}

# Nothing that the guest writes to its root file system stays. QEMU 7.2 now and then fails in an instruction of the
# kernel's allocator (cmpxchg16b), which it does not take with slab_debug.
boot_guest() {
  rm -rf "$WORK/result.img" "$WORK/result.json"
  truncate -s 64M "$WORK/result.img"
  timeout 240 qemu-system-x86_64 -accel tcg,thread=multi -cpu "$CPU" -smp 2 -m 2048 -nic none -display none \
    -serial "file:$WORK/console.log" -monitor none -no-reboot -kernel "$IMAGE/vmlinuz" -initrd "$IMAGE/initrd" \
    -append 'root=/dev/vda rw console=ttyS0 panic=-1 slab_debug=F init=/bin/bash -- -c "tar -xOf /dev/vdb init >/run/init; exec bash /run/init"' \
    -drive "file=$IMAGE/root.img,if=virtio,format=raw,snapshot=on" \
    -drive "file=$WORK/parcel.img,if=virtio,format=raw" -drive "file=$WORK/result.img,if=virtio,format=raw" || true
  # A disk of zeros is an archive of nothing.
  tar -C "$WORK" -xf "$WORK/result.img" && [ -s "$WORK/result.json" ]
}

run_guest() {
  local try
  guest_init >"$WORK/init"
  tar -C "$WORK" -cf "$WORK/parcel.img" record-evidence.mjs coming.json init
  for try in 1 2 3; do
    say "starting the guest ($try)"
    if boot_guest; then return; fi
    cp "$WORK/console.log" "$IMAGE/console.log"
  done
  die "the guest recorded nothing (see $IMAGE/console.log)"
}

main() {
  install_emulator
  build_guest
  bash .lab/bundle-recorder.sh "$WORK/record-evidence.mjs"
  cp "$COMING" "$WORK/coming.json"
  run_guest
  cp "$WORK/result.json" "$OUT"
  say "recorded $OUT"
}

main
