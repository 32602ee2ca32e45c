#!/bin/bash
# Records fixtures in the lab: the evidence of checks, and the logs of real commands that worked and that failed.
#   record.sh [hosts] [lxd|incus]
# `hosts` records the evidence alone, which leaves the containers running; an engine leaves out the other one.
# shellcheck disable=SC2016
set -euo pipefail
cd "$(dirname "$0")/.."
CHECKOUT=$PWD
OUT=$CHECKOUT/fixtures
CACHE=$CHECKOUT/node_modules/.cache

# What follows is about one engine: its first host, its client, and how the names of its fixtures begin.
choose_engine() {
  ENGINE=$1
  case $ENGINE in
    lxd)
      HOST=a PREFIX='' PEER=b
      SNAPSHOT=(lxc snapshot) RESTORE=(lxc restore) DELETE_SNAPSHOT=(lxc delete good/recorded) CLIENT=lxc
      ;;
    incus)
      HOST=c PREFIX=incus- PEER=d
      SNAPSHOT=(incus snapshot create) RESTORE=(incus snapshot restore)
      DELETE_SNAPSHOT=(incus snapshot delete good recorded) CLIENT=incus
      ;;
  esac
}

on_host() { bash .lab/lab.sh exec "$HOST" "$@" </dev/null; }

# Runs a command that may fail and keeps what a person sees, as they see it.
show() { # FILE COMMAND...
  local file=$1 status=0
  shift
  { printf '$ %s\n' "$*"; on_host "$@" 2>&1 || status=$?; } >>"$file"
  [ "$status" = 0 ] || printf '(exit status %s)\n' "$status" >>"$file"
  return "$status"
}

# Logs that are newer than the mark, without the time in their names, so that a new recording replaces the old one.
keep_logs() { # CONTAINER DIRECTORY
  on_host bash -c '
    cd "/var/log/$4/$1"
    find . -maxdepth 1 -type f -newer /tmp/record-mark \( -name "*_dump_*" -o -name "*_restore_*" -o -name lxc.log \) -size +0 |
      while read -r log; do
        sed "s|$3|/checkout|g" "$log" | gzip -9n >"$2/$(basename "$log" | sed -E "s/_[0-9]{4}-[0-9T:-]+Z//").gz"
      done
  ' bash "$1" "$2" "$CHECKOUT" "$ENGINE"
  sed -i "s|$CHECKOUT|/checkout|g" "$2/terminal.txt"
}

record_run() { # CONTAINER DIRECTORY COMMAND...
  local name=$1 directory=$OUT/logs/$PREFIX$2 status=0
  shift 2
  rm -rf "$directory"
  mkdir -p "$directory"
  on_host touch /tmp/record-mark
  show "$directory/terminal.txt" "$@" || status=$?
  keep_logs "$name" "$directory"
  return "$status"
}

record_evidence() { # NAME [INSTANCE]
  on_host node "$CACHE/record-evidence.mjs" "$OUT/hosts/$PREFIX$1.json" "${@:2}"
}

# What others try there meanwhile is none of it.
containers_here() { on_host "$CLIENT" list -f csv -c n | grep -xE 'good|default|bad-[a-z-]+'; }

record_hosts() {
  local name
  record_evidence host
  for name in $(containers_here); do record_evidence "$name" "$name"; done
}

record_logs() {
  local name
  on_host "${DELETE_SNAPSHOT[@]}" >/dev/null 2>&1 || true
  record_run good good-snapshot "${SNAPSHOT[@]}" good recorded --stateful
  record_run good good-restore "${RESTORE[@]}" good recorded --stateful
  on_host "${DELETE_SNAPSHOT[@]}"
  record_run good good-stop "$CLIENT" stop good --stateful
  record_run good good-start "$CLIENT" start good
  for name in $(containers_here); do
    [ "$name" != good ] || continue
    if record_run "$name" "$name" "$CLIENT" stop "$name" --stateful; then
      # A dump that worked is as good as any other one.
      record_run "$name" "$name" "$CLIENT" start "$name" || true
    fi
  done
}

main() {
  local engine what=all chosen=(lxd incus)
  for engine in "$@"; do
    case $engine in
      hosts) what=hosts ;;
      lxd | incus) chosen=("$engine") ;;
      *) echo 'usage: record.sh [hosts] [lxd|incus]' >&2; return 2 ;;
    esac
  done
  mkdir -p "$OUT/hosts" "$OUT/logs" "$CACHE"
  bash .lab/bundle-recorder.sh "$CACHE/record-evidence.mjs"
  for engine in "${chosen[@]}"; do
    choose_engine "$engine"
    bash .lab/lab.sh up "$HOST" "$PEER"
    record_hosts
    [ "$what" = all ] || continue
    record_logs
    if [ "$engine" = lxd ]; then on_host bash .lab/record-stats.sh "$OUT/stats"; fi
    bash .lab/lab.sh up "$HOST" "$PEER"
  done
}

main "$@"
