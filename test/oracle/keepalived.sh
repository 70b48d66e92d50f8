# PEERS FOLDER NODE test|dump LINK...: in network and mount namespaces of its
# own, has keepalived test every text of the folder, and on dump show its values:
# of VRRP, and of LVS as if the kernel had it (ipvs.so in the folder).
set -eu
peers=$1 folder=$2 node=$3 how=$4
shift 4
mount --make-rprivate /
mount --bind "$peers" /mnt # the checkout may itself lie under /tmp
mount --bind "$folder" /tmp
mount -t tmpfs tmpfs /run
machine=$(uname -m)
export LD_LIBRARY_PATH=/mnt/usr/lib/$machine-linux-gnu:/mnt/lib/$machine-linux-gnu
keepalived=/mnt/usr/sbin/keepalived
ip link set lo up
n=0
for link in "$@"; do
	n=$((n + 1))
	ip link add "$link" type veth peer name "far$n"
	ip link set "$link" up
	ip link set "far$n" up
	ip address add "198.18.$n.1/24" dev "$link"
done
for text in /tmp/*.conf; do
	name=${text%.conf}
	code=0
	timeout 10 "$keepalived" -i "$node" --config-test="$name.log" -f "$text" >"$name.out" 2>&1 || code=$?
	echo $code >"$name.code"
	: >"$name.data" # without an instance or a server there is nothing to dump
	[ "$how" = dump ] && [ $code != 2 ] && grep -Eq 'vrrp_instance|virtual_server' "$text" || continue
	LD_PRELOAD=/tmp/ipvs.so "$keepalived" -i "$node" -n -l -D -f "$text" >"$name.run" 2>&1 &
	pid=$!
	for try in $(seq 25); do # before that, the signal would end it
		sleep 0.2
		! grep -q 'Startup complete' "$name.run" || break
	done
	for try in $(seq 12); do
		sleep 0.2
		kill -USR1 $pid || break # it has ended by itself
		sleep 0.2
		! grep -q vrrp_instance "$text" || grep -q 'VRRP Topology' /tmp/keepalived.data 2>/dev/null || continue
		! grep -q virtual_server "$text" || grep -q 'LVS Topology' /tmp/keepalived_check.data 2>/dev/null || continue
		break
	done
	kill $pid || :
	wait $pid || true
	for half in keepalived keepalived_check; do
		[ ! -e /tmp/$half.data ] || cat /tmp/$half.data >>"$name.data"
		rm -f /tmp/$half.data
	done
done
