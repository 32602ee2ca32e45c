# Says in JSON what runs; sourced.
# shellcheck shell=bash

# Prints one host as a JSON object; fails when the host does not answer.
host_status() {
  local lines
  lines=$(on "$1" timeout 5 sh -ec "
    test -e $READY
    criu --version | sed -n 's/^Version: //p'
    lxd --version
    lxc list -f csv -c ns" </dev/null 2>/dev/null) || {
    printf '{"up": false, "engines": {}, "criu": null, "instances": []}\n'
    return 1
  }
  awk -F , '
    NR == 1 { criu = $1 }
    NR == 2 { lxd = $1 }
    NR > 2 { list = list (list ? ", " : "") "{\"name\": \"" $1 "\", \"status\": \"" $2 "\"}" }
    END { printf "{\"up\": true, \"engines\": {\"lxd\": \"%s\"}, \"criu\": \"%s\", \"instances\": [%s]}\n", lxd, criu, list }
  ' <<<"$lines"
}

lab_status() {
  local a b reason='' job
  if [ "$(id -u)" != 0 ]; then
    reason='root is needed'
  elif [ ! -d "$STATE" ]; then
    reason='the lab is down; run: npm run lab:up'
  fi
  if [ -n "$reason" ]; then
    printf '{"up": false, "hosts": {}, "reason": "%s"}\n' "$reason"
    return 1
  fi
  exec 3< <(host_status a)
  job=$!
  b=$(host_status b) || reason='host b does not answer'
  a=$(cat <&3)
  wait "$job" || reason='host a does not answer'
  if [ -z "$reason" ]; then
    printf '{"up": true, "hosts": {"a": %s, "b": %s}}\n' "$a" "$b"
  else
    printf '{"up": false, "hosts": {"a": %s, "b": %s}, "reason": "%s; run: npm run lab:up"}\n' "$a" "$b" "$reason"
    return 1
  fi
}
