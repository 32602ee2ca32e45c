#!/bin/bash
# Compares what check says of real process trees with what the real criu dump does, in host a of the lab.
#   accuracy.sh [--fast] [--only TEXT] [--json FILE] [--verbose]
# Without any of these it is a whole run, which writes docs/accuracy.md.
# shellcheck disable=SC1091
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=settings.sh
. .lab/settings.sh
# shellcheck source=root.sh
. .lab/root.sh
# shellcheck source=workloads.sh
. .lab/workloads.sh
BUILT=$CHECKOUT/node_modules/.cache/accuracy
PROGRAMS=/opt/accuracy # on the host's own file system, where trees with a root of their own see it too

on_a() { bash .lab/lab.sh exec a "$@" </dev/null; }

# Undone by `lab:down` with the host.
unpack_in_a() { # NAME
  on_a sh -c 'test -e "$1/.whole"' sh "$PROGRAMS/$1" && return
  on_a sh -c 'rm -rf --one-file-system "$1"; mkdir -p "$1"' sh "$PROGRAMS/$1"
  bash .lab/lab.sh exec a tar -C "$PROGRAMS/$1" --numeric-owner -xzf - <"$WORKLOADS/$1.tar.gz"
  on_a touch "$PROGRAMS/$1/.whole"
}

# Other versions of criu and ordinary servers; without them their cases are left out, and the run is not a whole one.
prepare_workloads() {
  local name
  for name in older oldest workloads guest; do
    if ! cached_workload "$name"; then
      say "building $name (once; kept in $WORKLOADS)"
      build_workload "$name" || { say "cannot build $name (see $BUILT/$name.log)"; return 1; }
    fi
    if [ "$name" != guest ]; then unpack_in_a "$name"; fi
  done
  import_guest
}

# Undone by `lab:down` with the host.
import_guest() {
  local stamp
  stamp=$(cat "$WORKLOADS/guest.recipe")
  on_a sh -c 'test "$(cat "$1" 2>/dev/null)" = "$2"' sh "$PROGRAMS/guest.recipe" "$stamp" && return
  on_a sh -c 'lxc image delete -q accuracy-guest 2>/dev/null; true'
  bash .lab/lab.sh exec a sh -c 'cat >"$1"' sh "$PROGRAMS/guest.tar.gz" <"$WORKLOADS/guest.tar.gz"
  on_a lxc image import -q "$PROGRAMS/guest.tar.gz" --alias accuracy-guest
  on_a rm -f "$PROGRAMS/guest.tar.gz"
  on_a sh -c 'echo "$2" >"$1"' sh "$PROGRAMS/guest.recipe" "$stamp"
}

install_compiler() {
  command -v gcc >/dev/null && [ -e /usr/include/stdio.h ] && return
  { apt-get install -y --no-install-recommends gcc libc6-dev ||
    { apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev; }; } >"$BUILT/apt.log" 2>&1 </dev/null
}

# Static, because some trees have no library in reach.
compile_programs() {
  local source
  for source in test/lab/programs/*.c; do
    if [ "${source##*/}" = compat32.c ]; then continue; fi
    gcc -O1 -static -Wall -Wextra -Werror -o "$BUILT/programs/$(basename "$source" .c)" "$source"
  done
  gcc -m32 -O1 -static -nostdlib -ffreestanding -fno-pic -fno-asynchronous-unwind-tables -Wl,--build-id=none \
    -o "$BUILT/programs/compat32" test/lab/programs/compat32.c
}

bundle() {
  npx esbuild test/lab/accuracy/run.ts test/lab/accuracy/report.ts --bundle --platform=node --format=esm \
    --log-level=error --out-extension:.js=.mjs --outdir="$BUILT"
}

main() {
  local only='' fast='' verbose='' json='' document=docs/accuracy.md status=0
  while [ $# -gt 0 ]; do
    case $1 in
      --fast) fast=--fast document='' ;;
      --only) shift; only=$1 document='' ;;
      --verbose) verbose=--verbose ;;
      --json) shift; json=$1 document='' ;;
      *) echo "usage: accuracy.sh [--fast] [--only TEXT] [--json FILE]" >&2; return 2 ;;
    esac
    shift
  done
  mkdir -p "$BUILT/programs"
  install_compiler
  compile_programs
  bundle
  on_a mkdir -p "$PROGRAMS"
  if [ -z "$fast" ]; then prepare_workloads; fi
  on_a sh -c 'cp -f "$1"/* "$2"/' sh "$BUILT/programs" "$PROGRAMS"
  # What an earlier run found of huge pages and such, criu takes from there.
  on_a rm -f /run/criu.kdat
  on_a node "$BUILT/run.mjs" --programs "$PROGRAMS" --crdoctor "$CHECKOUT/dist/cli.js" \
    --only "$only" $fast $verbose --output "$BUILT/run.json"
  if [ -n "$json" ]; then cp "$BUILT/run.json" "$json"; fi
  node "$BUILT/report.mjs" "$BUILT/run.json" --document "$document" || status=$?
  return "$status"
}

main "$@"
