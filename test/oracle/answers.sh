# PEERS FOLDER: has keepalived's checkers ask the servers of text.conf as if the kernel
# had IPVS (ipvs.so in the folder), until the folder has a file "enough", and shows its log.
set -eu
peers=$1 folder=$2
mount --make-rprivate /
mount --bind "$peers" /mnt
mount --bind "$folder" /tmp
mount -t tmpfs tmpfs /run
machine=$(uname -m)
export LD_LIBRARY_PATH=/mnt/usr/lib/$machine-linux-gnu:/mnt/lib/$machine-linux-gnu
LD_PRELOAD=/tmp/ipvs.so /mnt/usr/sbin/keepalived -C -n -l -D -f /tmp/text.conf >/tmp/log 2>&1 &
pid=$!
until [ -e /tmp/enough ]; do
	sleep 0.1
done
kill $pid || :
wait $pid || true
cat /tmp/log
