#!/bin/bash
# Records what CRIU counted in a dump and in a restore, on the host this runs on: record-stats.sh DIRECTORY.
set -euo pipefail
OUT=$1
NAME=recorded-stats
STATE=/var/lib/lxd/containers/$NAME/state
RAW=$'lxc.pty.max = 1\nlxc.apparmor.profile =\n'

lxc delete -q -f "$NAME" 2>/dev/null || true
trap 'lxc delete -q -f "$NAME" || true' EXIT
lxc init -q mini "$NAME" -c security.privileged=true -c "raw.lxc=$RAW" 2>/dev/null
lxc start -q "$NAME"
sleep 1
lxc stop "$NAME" --stateful
mkdir -p "$OUT"
cp "$STATE/stats-dump" "$STATE/inventory.img" "$OUT/"

# LXD deletes the state as soon as the container runs again; a second name of the file stays.
KEPT=$(dirname "$(realpath "$STATE")")/kept-stats
: >"$KEPT"
ln "$KEPT" "$STATE/stats-restore"
lxc start "$NAME"
cp "$KEPT" "$OUT/stats-restore"
rm "$KEPT"
[ -s "$OUT/stats-restore" ]
chmod 0644 "$OUT"/*
