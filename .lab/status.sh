# Says in JSON what runs; sourced.
# shellcheck shell=bash

# Prints one host as a JSON object; fails when the host does not answer.
host_status() {
  local lines engine=${ENGINE[$1]} client
  client=${CLIENT[$engine]}
  lines=$(on "$1" timeout 5 sh -ec "
    test -e $READY
    criu --version | sed -n 's/^Version: //p'
    $client --version
    $client list -f csv -c ns" </dev/null 2>/dev/null) || {
    printf '{"up": false, "engines": {}, "criu": null, "instances": []}\n'
    return 1
  }
  awk -F , -v engine="$engine" '
    NR == 1 { criu = $1 }
    NR == 2 { version = $1 }
    NR > 2 { list = list (list ? ", " : "") "{\"name\": \"" $1 "\", \"status\": \"" $2 "\"}" }
    END {
      printf "{\"up\": true, \"engines\": {\"%s\": \"%s\"}, \"criu\": \"%s\", \"instances\": [%s]}\n", engine, version, criu, list
    }
  ' <<<"$lines"
}

lab_status() {
  local reason='' host list='' status=0
  declare -A jobs=() outputs=()
  if [ "$(id -u)" != 0 ]; then
    reason='root is needed'
  elif [ ! -d "$STATE" ]; then
    reason='the lab is down; run: npm run lab:up'
  fi
  if [ -n "$reason" ]; then
    printf '{"up": false, "hosts": {}, "reason": "%s"}\n' "$reason"
    return 1
  fi
  for host in "${HOSTS[@]}"; do
    exec {outputs[$host]}< <(host_status "$host")
    jobs[$host]=$!
  done
  for host in "${HOSTS[@]}"; do
    list+="${list:+, }\"$host\": $(cat <&"${outputs[$host]}")"
    wait "${jobs[$host]}" || reason="host $host does not answer"
  done
  if [ -z "$reason" ]; then
    printf '{"up": true, "hosts": {%s}}\n' "$list"
  else
    printf '{"up": false, "hosts": {%s}, "reason": "%s; run: npm run lab:up"}\n' "$list" "$reason"
    return 1
  fi
}
