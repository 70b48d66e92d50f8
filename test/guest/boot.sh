#!/bin/sh
# The guest's first process, on the machine's file system, which is read-only here.
# It lays a memory layer over it, makes that the root and goes on with session.sh.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
job=$(sed -n 's/.*holdfast\.job=\([^ ]*\).*/\1/p' /proc/cmdline)
release=$(uname -r)

give_up() {
	echo "guest: $*" >/dev/tty2
	echo o >/proc/sysrq-trigger
	sleep 5
}

# Modules come from the package's own folder, which is not where the kernel looks.
mount -t tmpfs layer /mnt || give_up "no tmpfs"
mkdir -p /mnt/upper /mnt/work /mnt/root /mnt/modules/lib/modules
ln -s "/usr/lib/uml/modules/$release" "/mnt/modules/lib/modules/$release"
modprobe -d /mnt/modules overlay || give_up "no overlay file system"
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work layer /mnt/root || give_up "no layer over the root"

cd /mnt/root || give_up "no root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup sys/fs/cgroup 2>/dev/null
mount -t devtmpfs devices dev
mkdir -p dev/pts dev/shm
mount -t devpts devpts dev/pts
mount -t tmpfs shm dev/shm
for i in 0 1 2; do ln -sf "/proc/self/fd/$i" "dev/$(echo stdin stdout stderr | cut -d' ' -f$((i+1)))"; done
ln -sf /proc/self/fd dev/fd
mount -t tmpfs -o mode=755 run run
mkdir -p run/lock run/netns run/job run/machine usr/lib/modules
ln -sfn "../uml/modules/$release" "usr/lib/modules/$release"
# The job lies at its old path and at a fixed one; other writable folders at theirs.
mkdir -p ".$job"
mount -t hostfs job run/job -o "$job" || give_up "no job"
while IFS= read -r folder; do
	[ -z "$folder" ] && continue
	mkdir -p ".$folder"
	mount -t hostfs folder ".$folder" -o "$folder" || give_up "cannot share $folder"
done <"$job/folders"

pivot_root . run/machine || give_up "no pivot"
exec chroot . /bin/sh /run/job/session.sh </dev/null >/dev/tty2 2>&1
