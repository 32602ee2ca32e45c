# Builds the file systems of the lab (root of the hosts, CRIU, container image) once and keeps them as tarballs; sourced.
# shellcheck shell=bash disable=SC2016

ROOT_PACKAGES=lxd,lxd-client,lxcfs,dnsmasq-base,iptables,nftables,openssh-server,openssh-client,iproute2,rsync
ROOT_PACKAGES+=,busybox-static,sudo,squashfs-tools,xz-utils,attr,acl,uidmap,strace,procps,ca-certificates,netcat-openbsd,less,git
# Debian 13: its Incus needs a newer liblxc than Debian 12 has. incus-base is the part without virtual machines.
INCUS_ROOT_PACKAGES=incus-base,incus-client,lxcfs,dnsmasq-base,iptables,nftables,openssh-server,openssh-client,iproute2
INCUS_ROOT_PACKAGES+=,rsync,squashfs-tools,xz-utils,attr,acl,uidmap,strace,procps,ca-certificates,netcat-openbsd,less
INCUS_SUITE=trixie
IMAGE_PACKAGES=procps,iproute2,python3-minimal
# Bookworm's CRIU 3.17 cannot read the vDSO of recent kernels, 4.1 cannot dump inet sockets on 6.16 and later.
CRIU_SUITE=sid

# The machine's own mirror: the one that its suite bookworm comes from, known without any list being fetched.
mirror() {
  local uri=
  uri=$(apt-get indextargets --format '$(RELEASE)|$(REPO_URI)' 2>/dev/null | sed -n 's/^bookworm|//p' | head -n 1) || true
  [ -n "$uri" ] || die "apt knows no mirror with the suite bookworm"
  printf '%s\n' "$uri"
}

# debootstrap downloads with wget, which does not read apt's own proxy setting.
use_proxy_of_apt() {
  local proxy
  proxy=$(apt-config dump Acquire::http::Proxy | sed -n 's/^Acquire::http::Proxy "\(.*\)";$/\1/p')
  if [ -n "$proxy" ] && [ "$proxy" != DIRECT ]; then export http_proxy=$proxy; fi
}

# Half a tarball under the final name would be trusted for ever, so it gets that name only when complete.
pack() {
  tar -C "$1" --numeric-owner --xattrs -cf - "${@:3}" | gzip -1 >"$2.part"
  mv "$2.part" "$2"
}

build_host_root() {
  local from dir=$STATE/build/root
  from=$(mirror)
  debootstrap --variant=minbase --include="$ROOT_PACKAGES" bookworm "$dir" "$from"
  rm -rf "$dir"/var/cache/apt/* "$dir"/var/lib/apt/lists/* "$dir"/usr/share/{doc,man,locale,info} "$dir"/etc/ssh/ssh_host_*
  pack "$dir" "$CACHE/root.tar.gz" .
}

build_incus_root() {
  local from dir=$STATE/build/incus-root
  from=$(mirror)
  debootstrap --variant=minbase --include="$INCUS_ROOT_PACKAGES" "$INCUS_SUITE" "$dir" "$from"
  rm -rf "$dir"/var/cache/apt/* "$dir"/var/lib/apt/lists/* "$dir"/usr/share/{doc,man,locale,info} "$dir"/etc/ssh/ssh_host_*
  pack "$dir" "$CACHE/incus-root.tar.gz" .
}

# Its own libc comes along: sid's CRIU does not run on bookworm's.
build_criu() {
  local from dir=$STATE/build/criu deb
  from=$(mirror)
  debootstrap --variant=minbase --download-only --include=criu "$CRIU_SUITE" "$dir" "$from"
  for deb in "$dir"/var/cache/apt/archives/*.deb; do dpkg-deb -x "$deb" "$dir/x"; done
  mkdir -p "$dir/out/opt/criu" "$dir/out/usr/sbin"
  mv "$(find "$dir/x" -path '*sbin/criu' -type f | head -n 1)" "$dir/out/opt/criu/criu"
  find "$dir/x" -path '*/lib*' \( -name '*.so' -o -name '*.so.*' \) -not -path '*/lib/criu/*' \
    -exec mv -t "$dir/out/opt/criu" {} +
  # LXD's liblxc looks for the restored init among the children of what it started: the wrapper must exec.
  cat >"$dir/out/usr/sbin/criu" <<'SH'
#!/bin/sh
exec /opt/criu/ld-linux-x86-64.so.2 --library-path /opt/criu /opt/criu/criu "$@"
SH
  chmod 755 "$dir/out/usr/sbin/criu"
  "$dir/out/opt/criu/ld-linux-x86-64.so.2" --library-path "$dir/out/opt/criu" "$dir/out/opt/criu/criu" --version
  pack "$dir/out" "$CACHE/criu.tar.gz" .
}

# Small, because every stateful snapshot on a directory pool copies it.
build_image_root() {
  local from dir=$STATE/build/image
  from=$(mirror)
  debootstrap --variant=minbase --include="$IMAGE_PACKAGES" bookworm "$dir" "$from"
  rm -rf "$dir"/var/cache/{apt,debconf}/* "$dir"/var/lib/apt/lists/* "$dir"/var/log/* \
    "$dir"/usr/share/{doc,man,locale,info,zoneinfo,bash-completion,i18n} "$dir"/usr/lib/x86_64-linux-gnu/gconv \
    "$dir"/usr/lib/{apt,dpkg,udev,locale} "$dir"/usr/lib/x86_64-linux-gnu/{perl-base/unicore,libapt-*} \
    "$dir"/usr/lib/x86_64-linux-gnu/lib{gnutls,unistring,p11-kit,stdc++,db-}* \
    "$dir"/usr/bin/{apt,dpkg,debconf,gpgv}* "$dir"/usr/sbin/{e2,mke2,mkfs,fsck,resize2,tune2,debugfs,dumpe2,badblocks,tc}* \
    "$dir"/var/lib/{apt,dpkg}
  pack "$dir" "$CACHE/image-root.tar.gz" .
}

# What a tarball was built from; another list of packages means another tarball.
recipe_of() {
  local words=("$ROOT_PACKAGES" "$IMAGE_PACKAGES" "$CRIU_SUITE")
  if [ "$1" = incus_root ]; then words=("$INCUS_ROOT_PACKAGES" "$INCUS_SUITE"); fi
  declare -f "build_$1" pack | cat - <(printf '%s\n' "${words[@]}") | sha256sum | cut -c1-16
}

cached() { [ -s "$CACHE/$2.tar.gz" ] && [ "$(cat "$CACHE/$2.recipe" 2>/dev/null)" = "$(recipe_of "$1")" ]; }

build() { # function suffix, tarball
  rm -f "$CACHE/$2.recipe"
  ("build_$1") >"$STATE/build/$2.log" 2>&1 || return 1
  recipe_of "$1" >"$CACHE/$2.recipe"
}

install_build_tools() {
  local missing=()
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  command -v wget >/dev/null || missing+=(wget)
  command -v ip >/dev/null || missing+=(iproute2)
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  # None of these has a service, so nothing is started on the machine.
  {
    apt-get install -y --no-install-recommends "${missing[@]}" ||
      { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; }
  } >"$STATE/apt.log" 2>&1 </dev/null || die "cannot install ${missing[*]} (see $STATE/apt.log)"
}

# Tarballs that the hosts of an engine are made of.
declare -A TARBALLS=([lxd]='root criu image-root' [incus]='incus-root criu image-root')

build_tarballs() { # engine...
  local part pid engine failed='' jobs=() wanted=' '
  for engine in "$@"; do wanted+="${TARBALLS[$engine]} "; done
  mkdir -p "$CACHE" "$STATE"
  install_build_tools
  use_proxy_of_apt
  rm -rf "$STATE/build"
  mkdir -p "$STATE/build"
  for part in host_root:root incus_root:incus-root criu:criu image_root:image-root; do
    [[ $wanted = *" ${part#*:} "* ]] || continue
    cached "${part%:*}" "${part#*:}" && continue
    say "building ${part#*:} (once; kept in $CACHE)"
    build "${part%:*}" "${part#*:}" &
    jobs+=("$!:${part#*:}")
  done
  for part in "${jobs[@]}"; do
    pid=${part%%:*}
    if wait "$pid"; then say "built ${part#*:}"; else failed=${part#*:}; fi
  done
  if [ -n "$failed" ]; then
    tail -n 5 "$STATE/build/$failed.log" >&2
    die "cannot build $failed (see $STATE/build/$failed.log)"
  fi
  rm -rf "$STATE/build"
}

image_files() {
  find "$LAB_DIR/image" -type f -printf '%P %m\n' | sort
  find "$LAB_DIR/image" -type f | sort | xargs -d '\n' cat
}

# Skips a step whose result is there already: result, what it was made of, step.
unless_made() {
  local from
  from=$(sha256sum <<<"$2")
  if [ -e "$1" ] && [ "$(cat "$1.from" 2>/dev/null)" = "$from" ]; then return; fi
  rm -f "$1.from"
  "${@:3}"
  printf '%s\n' "$from" >"$1.from"
}

# Where the root file system of an engine's hosts lies, and the tarball that it comes from.
declare -A BASE=([lxd]=base [incus]=base-incus)
declare -A ROOT_TARBALL=([lxd]=root [incus]=incus-root)

unpack_root() { # engine
  unless_made "$STATE/${BASE[$1]}" "$(cat "$CACHE/${ROOT_TARBALL[$1]}.recipe" "$CACHE/criu.recipe")" do_unpack_root "$1"
}

do_unpack_root() {
  local base=$STATE/${BASE[$1]}
  rm -rf --one-file-system "$base"
  mkdir -p "$base"
  tar -C "$base" --numeric-owner --xattrs --xattrs-include='*' -xzf "$CACHE/${ROOT_TARBALL[$1]}.tar.gz"
  tar -C "$base" --numeric-owner -xzf "$CACHE/criu.tar.gz"
  printf 'root:100000:65536\n%s:100000:65536\n' "$1" | tee "$base/etc/subuid" >"$base/etc/subgid"
}

# The image of the containers: the cached root file system plus the files in image/.
pack_image() {
  unless_made "$STATE/mini.tar.gz" "$(cat "$CACHE/image-root.recipe" && image_files)" do_pack_image
}

do_pack_image() {
  local dir=$STATE/image
  rm -rf "$dir"
  mkdir -p "$dir/rootfs"
  tar -C "$dir/rootfs" --numeric-owner --xattrs --xattrs-include='*' -xzf "$CACHE/image-root.tar.gz"
  cp -rP --remove-destination "$LAB_DIR/image/." "$dir/rootfs/"
  printf 'architecture: x86_64\ncreation_date: 1700000000\nproperties: {os: debian, release: bookworm, description: no systemd}\n' \
    >"$dir/metadata.yaml"
  tar -C "$dir" --numeric-owner --xattrs -cf - metadata.yaml rootfs | gzip -1 >"$STATE/mini.tar.gz"
  rm -rf "$dir"
}
