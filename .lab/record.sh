#!/bin/bash
# Records fixtures in the lab: the evidence of checks, and the logs of real commands that worked and that failed;
# with the argument `hosts` the evidence alone, which leaves the containers running.
set -euo pipefail
cd "$(dirname "$0")/.."
CHECKOUT=$PWD
OUT=$CHECKOUT/fixtures
CACHE=$CHECKOUT/node_modules/.cache

on_a() { bash .lab/lab.sh exec a "$@" </dev/null; }

# Runs a command that may fail and keeps what a person sees, as they see it.
show() { # FILE COMMAND...
  local file=$1 status=0
  shift
  { printf '$ %s\n' "$*"; on_a "$@" 2>&1 || status=$?; } >>"$file"
  [ "$status" = 0 ] || printf '(exit status %s)\n' "$status" >>"$file"
  return "$status"
}

# Logs that are newer than the mark, without the time in their names, so that a new recording replaces the old one.
keep_logs() { # CONTAINER DIRECTORY
  on_a bash -c '
    cd "/var/log/lxd/$1"
    find . -maxdepth 1 -type f -newer /tmp/record-mark \( -name "*_dump_*" -o -name "*_restore_*" -o -name lxc.log \) -size +0 |
      while read -r log; do
        sed "s|$3|/checkout|g" "$log" | gzip -9n >"$2/$(basename "$log" | sed -E "s/_[0-9]{4}-[0-9T:-]+Z//").gz"
      done
  ' bash "$1" "$2" "$CHECKOUT"
  sed -i "s|$CHECKOUT|/checkout|g" "$2/terminal.txt"
}

record_run() { # CONTAINER DIRECTORY COMMAND...
  local name=$1 directory=$OUT/logs/$2 status=0
  shift 2
  rm -rf "$directory"
  mkdir -p "$directory"
  on_a touch /tmp/record-mark
  show "$directory/terminal.txt" "$@" || status=$?
  keep_logs "$name" "$directory"
  return "$status"
}

record_evidence() { # NAME [INSTANCE]
  on_a node "$CACHE/record-evidence.mjs" "$OUT/hosts/$1.json" "${@:2}"
}

main() {
  local name containers
  bash .lab/lab.sh up
  mkdir -p "$OUT/hosts" "$OUT/logs" "$CACHE"
  bash .lab/bundle-recorder.sh "$CACHE/record-evidence.mjs"
  # What others try there meanwhile is none of it.
  mapfile -t containers < <(on_a lxc list -f csv -c n | grep -xE 'good|default|bad-[a-z-]+')

  record_evidence host
  for name in "${containers[@]}"; do record_evidence "$name" "$name"; done
  [ "${1:-}" != hosts ] || return 0

  record_run good good-snapshot lxc snapshot good recorded --stateful
  record_run good good-restore lxc restore good recorded --stateful
  record_run good good-stop lxc stop good --stateful
  record_run good good-start lxc start good
  for name in "${containers[@]}"; do
    [ "$name" != good ] || continue
    if record_run "$name" "$name" lxc stop "$name" --stateful; then
      mv "$OUT/logs/$name" "$OUT/logs/$name-stop"
      record_run "$name" "$name" lxc start "$name" || true
      # A dump that worked is as good as any other one.
      rm -rf "$OUT/logs/$name-stop"
    fi
  done
  on_a bash .lab/record-stats.sh "$OUT/stats"
  bash .lab/lab.sh up
}

main "$@"
