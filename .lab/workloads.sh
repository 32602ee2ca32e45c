# What only the measurement of accuracy needs, built once and kept: other versions of CRIU, ordinary programs; sourced.
# shellcheck shell=bash disable=SC2016,SC2034

# Apart from what the hosts are made of: another recipe there means other hosts.
WORKLOADS=$CACHE/workloads
WORKLOAD_PACKAGES=redis-server,nginx-light,postgresql,cron,openssh-server,default-jre-headless,python3-minimal
GUEST_PACKAGES=systemd-sysv,dbus
# The first version of Go whose listeners are MPTCP sockets.
GO_VERSION=1.24
GO_SUITE=trixie

# A CRIU of another suite as files of its own, its wrapper beside them: build_other_criu SUITE NAME
build_other_criu() {
  local suite=$1 name=$2 dir=$STATE/build/$2
  mkdir -p "$dir"
  (CRIU_SUITE=$suite CACHE=$dir STATE=$dir && build_criu)
  mkdir -p "$dir/out"
  tar -C "$dir/out" -xzf "$dir/criu.tar.gz" ./opt/criu
  mkdir "$dir/packed"
  mv "$dir/out/opt/criu" "$dir/packed/files"
  cat >"$dir/packed/criu" <<'SH'
#!/bin/sh
here=${0%/*}/files
exec "$here/ld-linux-x86-64.so.2" --library-path "$here" "$here/criu" "$@"
SH
  chmod 755 "$dir/packed/criu"
  pack "$dir/packed" "$WORKLOADS/$name.tar.gz" .
}

build_older() { build_other_criu trixie older; }
build_oldest() { build_other_criu bookworm oldest; }

# A root file system with servers that people really run, and the programs of test/lab/workloads.
build_workloads() {
  local from dir=$STATE/build/workloads
  from=$(mirror)
  debootstrap --variant=minbase --include="$WORKLOAD_PACKAGES" bookworm "$dir" "$from" &&
    cp "$CHECKOUT/test/lab/workloads/Server.java" "$dir/srv/" &&
    cp "$(build_go_server)" "$dir/srv/go-server" &&
    rm -rf "$dir"/var/cache/apt/* "$dir"/var/lib/apt/lists/* "$dir"/usr/share/{doc,man,locale,info} &&
    pack "$dir" "$WORKLOADS/workloads.tar.gz" .
}

# An image of LXD whose init is systemd, as containers have it that nobody prepared for a checkpoint.
build_guest() {
  local from dir=$STATE/build/guest
  from=$(mirror)
  mkdir -p "$dir"
  debootstrap --variant=minbase --include="$GUEST_PACKAGES" bookworm "$dir/rootfs" "$from" &&
    rm -rf "$dir"/rootfs/var/cache/apt/* "$dir"/rootfs/var/lib/apt/lists/* \
      "$dir"/rootfs/usr/share/{doc,man,locale,info,zoneinfo} &&
    printf 'architecture: x86_64\ncreation_date: 1700000000\nproperties: {os: debian, release: bookworm, description: systemd}\n' \
      >"$dir/metadata.yaml" &&
    pack "$dir" "$WORKLOADS/guest.tar.gz" metadata.yaml rootfs
}

# Prints the path of the program.
build_go_server() {
  local from dir=$STATE/build/go deb
  from=$(mirror)
  debootstrap --variant=minbase --download-only --include="golang-$GO_VERSION-go,golang-$GO_VERSION-src" \
    "$GO_SUITE" "$dir" "$from" >&2
  for deb in "$dir"/var/cache/apt/archives/golang-*.deb; do dpkg-deb -x "$deb" "$dir/x"; done
  ln -sfn "$dir/x/usr/share/go-$GO_VERSION/src" "$dir/x/usr/lib/go-$GO_VERSION/src"
  GOROOT=$dir/x/usr/lib/go-$GO_VERSION GOCACHE=$dir/cache GOPATH=$dir/path GOTOOLCHAIN=local GOFLAGS= CGO_ENABLED=0 \
    "$dir/x/usr/lib/go-$GO_VERSION/bin/go" build -o "$dir/go-server" "$CHECKOUT/test/lab/workloads/server.go" >&2
  printf '%s\n' "$dir/go-server"
}

# Says what it is made of; another list means another tarball.
recipe_of_workload() { # NAME
  {
    declare -f "build_$1" build_other_criu build_criu pack
    if [ "$1" = guest ]; then printf '%s\n' "$GUEST_PACKAGES"; fi
    if [ "$1" = workloads ]; then
      declare -f build_go_server
      printf '%s\n' "$WORKLOAD_PACKAGES" "$GO_VERSION" "$GO_SUITE"
      cat "$CHECKOUT"/test/lab/workloads/*
    fi
  } | sha256sum | cut -c1-16
}

cached_workload() { # NAME
  [ -s "$WORKLOADS/$1.tar.gz" ] && [ "$(cat "$WORKLOADS/$1.recipe" 2>/dev/null)" = "$(recipe_of_workload "$1")" ]
}

build_workload() { # NAME
  mkdir -p "$WORKLOADS"
  (
    STATE=$(mktemp -d -p "$WORKLOADS")
    trap 'rm -rf --one-file-system "$STATE"' EXIT
    mkdir "$STATE/build"
    install_build_tools
    use_proxy_of_apt
    rm -f "$WORKLOADS/$1.recipe"
    "build_$1"
  ) >"$BUILT/$1.log" 2>&1 || return 1
  recipe_of_workload "$1" >"$WORKLOADS/$1.recipe"
}
