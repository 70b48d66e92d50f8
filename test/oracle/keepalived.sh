# PEERS FOLDER NODE test|dump LINK...: in network and mount namespaces of its
# own, has keepalived test every text of the folder, and on dump show its values.
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
	[ "$how" = dump ] && [ $code != 2 ] && grep -q vrrp_instance "$text" || {
		: >"$name.data"
		continue
	}
	"$keepalived" -i "$node" -n -l -D -P -f "$text" >"$name.run" 2>&1 &
	pid=$!
	for try in 1 2 3; do
		sleep 0.3
		kill -USR1 $pid || break # it has ended by itself
		sleep 0.2
		! grep -q VRRP /tmp/keepalived.data 2>/dev/null || break
	done
	kill $pid || :
	wait $pid || true
	: >"$name.data" # without an instance there is nothing to dump
	[ ! -e /tmp/keepalived.data ] || mv /tmp/keepalived.data "$name.data"
done
