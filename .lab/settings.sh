# Names, places and messages that every script of the lab shares; sourced, never run.
# shellcheck shell=bash disable=SC2034

LAB_DIR=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
CHECKOUT=$(dirname -- "$LAB_DIR")

# The cache outlives `down`, everything else is in the state directory and goes away with it.
CACHE=${CRDOCTOR_LAB_CACHE:-/var/cache/crdoctor-lab}
STATE=/var/lib/crdoctor-lab
LOCK=/run/lock/crdoctor-lab.lock

# Two pairs of hosts, each with an engine and a wire of its own; the first of a pair has the containers.
HOSTS=(a b c d)
declare -A PEER=([a]=b [b]=a [c]=d [d]=c)
declare -A ENGINE=([a]=lxd [b]=lxd [c]=incus [d]=incus)
declare -A ADDRESS=([a]=10.99.0.1 [b]=10.99.0.2 [c]=10.99.0.3 [d]=10.99.0.4)
declare -A FIRST_OF=([lxd]=a [incus]=c)
declare -A CLIENT=([lxd]=lxc [incus]=incus)
HOST_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
READY=/run/crdoctor-lab-ready # on a host: its services have started
CGROUP_PREFIX=crdoctor-lab

EXIT_NOT_POSSIBLE=77 # what test runners read as "skipped"
EXIT_NO_HOST=125     # what docker and env use for "the command was not even started"

LAB_STARTED=${EPOCHREALTIME/[.,]/}

say() {
  local now=${EPOCHREALTIME/[.,]/}
  printf 'lab: %5.1fs  %s\n' "$(((now - LAB_STARTED) / 100000))e-1" "$*" >&2
}

die() {
  printf 'lab: %s\n' "$*" >&2
  exit 1
}

not_possible() {
  printf 'lab not possible here: %s\n' "$*" >&2
  exit "$EXIT_NOT_POSSIBLE"
}

# Calls "$@" every 0.1 s until it succeeds; $1 is the limit in seconds.
wait_until() {
  local tries=$(($1 * 10))
  shift
  while ! "$@" 2>/dev/null; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
}
