# Runs a command on a host as if it had been started there; sourced.
# shellcheck shell=bash

no_host() {
  printf 'lab: %s\n' "$*" >&2
  exit "$EXIT_NO_HOST"
}

has_terminal() { [ -t 0 ] || [ -t 1 ] || [ -t 2 ]; }

# A Ctrl-C of the terminal has reached the command already.
forward() {
  local child
  if [ "$1" = INT ] && has_terminal; then return; fi
  child=$(cat "/proc/$ENTERED/task/$ENTERED/children" 2>/dev/null) || return 0
  kill -s "$1" "${child%% *}" 2>/dev/null || true
}

lab_exec() {
  local host=${1:-} directory=/root status signal
  [ -n "$host" ] || no_host "usage: lab.sh exec HOST COMMAND [ARGUMENT...]"
  [ -n "${ENGINE[$host]:-}" ] || no_host "unknown host \"$host\": the lab has ${HOSTS[*]}"
  shift
  [ $# -gt 0 ] || no_host "no command for host $host"
  [ "$(id -u)" = 0 ] || no_host "root is needed"
  pid_of "$host" >/dev/null || no_host "host $host is down; run: npm run lab:up"
  case $(pwd -P)/ in
    "$CHECKOUT"/*) directory=$(pwd -P) ;;
  esac
  [ -d "/proc/$(pid_of "$host")/root$directory" ] ||
    no_host "host $host does not show $directory, it was brought up from another checkout; run: npm run lab:up"
  for signal in INT TERM HUP QUIT; do
    # shellcheck disable=SC2064
    trap "forward $signal" "$signal"
  done
  # With an explicit standard input, or the shell would give a background command /dev/null. Without a terminal in
  # a session of its own, so that a signal for the whole process group reaches the command once and not twice.
  if has_terminal; then
    (enter_host "$host" "$directory" "$@") <&0 &
  else
    (ENTER_WITH=setsid enter_host "$host" "$directory" "$@") <&0 &
  fi
  ENTERED=$!
  # A signal interrupts wait, so wait again until the command is really gone.
  while :; do
    status=0
    wait "$ENTERED" || status=$?
    kill -0 "$ENTERED" 2>/dev/null || break
  done
  exit "$status"
}
