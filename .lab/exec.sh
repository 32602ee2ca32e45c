# Runs a command on a host as if it had been started there; sourced.
# shellcheck shell=bash

no_host() {
  printf 'lab: %s\n' "$*" >&2
  exit "$EXIT_NO_HOST"
}

# A Ctrl-C of the terminal has reached the command already, as it is in the same process group.
forward() {
  local child
  if [ "$1" = INT ] && { [ -t 0 ] || [ -t 1 ] || [ -t 2 ]; }; then return; fi
  for child in $(cat "/proc/$ENTERED/task/$ENTERED/children" 2>/dev/null); do
    kill -s "$1" "$child" 2>/dev/null || true
  done
}

lab_exec() {
  local host=${1:-} directory=/root status signal
  case $host in
    a | b) shift ;;
    '') no_host "usage: lab.sh exec HOST COMMAND [ARGUMENT...]" ;;
    *) no_host "unknown host \"$host\": the lab has a and b" ;;
  esac
  [ $# -gt 0 ] || no_host "no command for host $host"
  [ "$(id -u)" = 0 ] || no_host "root is needed"
  pid_of "$host" >/dev/null || no_host "host $host is down; run: npm run lab:up"
  case $(pwd -P)/ in
    "$CHECKOUT"/*) directory=$(pwd -P) ;;
  esac
  for signal in INT TERM HUP QUIT; do
    # shellcheck disable=SC2064
    trap "forward $signal" "$signal"
  done
  # With an explicit standard input, or the shell would give a background command /dev/null.
  (enter_host "$host" "$directory" "$@") <&0 &
  ENTERED=$!
  # A signal interrupts wait, so wait again until the command is really gone.
  while :; do
    status=0
    wait "$ENTERED" || status=$?
    kill -0 "$ENTERED" 2>/dev/null || break
  done
  exit "$status"
}
