name=$1
( for i in $(seq 2000); do
  p=$(pgrep -f "criu dump .*containers/$name/state" | head -1)
  if [ -n "$p" ]; then sleep ${2:-0}; echo "criu pid $p: $(tr '\0' ' ' </proc/$p/cmdline | cut -c1-100)"; kill -9 $p; break; fi
done ) &
node dist/cli.js guard -- lxc stop $name --stateful; echo "exit $?"
wait
P=$(lxc query local:/1.0/instances/$name/state | grep -o '"pid": [0-9]*' | tr -dc 0-9); echo init $P
nsenter -t $P -n iptables -S; nsenter -t $P -n nft list tables;  nsenter -t $P -n ip6tables -S
