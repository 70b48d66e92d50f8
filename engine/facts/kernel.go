package facts

import (
	"errors"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// errKernel is why a file that the kernel makes while it is read is none for an
// include: some of them never end.
var errKernel = errors.New("it is made by the kernel while it is read, and may never end")

// madeByKernel are the file systems whose files are no texts that somebody keeps.
var madeByKernel = []int64{unix.PROC_SUPER_MAGIC, unix.SYSFS_MAGIC, unix.DEBUGFS_MAGIC, unix.TRACEFS_MAGIC, unix.SECURITYFS_MAGIC,
	unix.CGROUP_SUPER_MAGIC, unix.CGROUP2_SUPER_MAGIC, unix.PSTOREFS_MAGIC, unix.EFIVARFS_MAGIC, unix.BPF_FS_MAGIC, unix.SELINUX_MAGIC,
	unix.SMACK_MAGIC, unix.DEVPTS_SUPER_MAGIC, unix.NSFS_MAGIC, unix.BINFMTFS_MAGIC, unix.SOCKFS_MAGIC, unix.ANON_INODE_FS_MAGIC}

// ofKernel says whether a file, or what a link leads to, is made by the kernel. It is
// not opened for that.
func ofKernel(name string) bool {
	var fs syscall.Statfs_t
	return syscall.Statfs(name, &fs) == nil && slices.Contains(madeByKernel, int64(fs.Type))
}
