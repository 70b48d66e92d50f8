package facts

import (
	"errors"
	"slices"
	"syscall"
)

// errKernel is why a file that the kernel makes while it is read is none for an
// include: some of them never end.
var errKernel = errors.New("it is made by the kernel while it is read, and may never end")

// madeByKernel are the magic numbers (statfs(2)) of the file systems whose files are no
// texts that somebody keeps.
var madeByKernel = []int64{
	0x9fa0,     // proc
	0x62656572, // sysfs
	0x64626720, // debugfs
	0x74726163, // tracefs
	0x73636673, // securityfs
	0x27e0eb,   // cgroup
	0x63677270, // cgroup2
	0x6165676c, // pstore
	0xde5e81e4, // efivarfs
	0xcafe4a11, // bpf
	0xf97cff8c, // selinuxfs
	0x43415d53, // smackfs
	0x1cd1,     // devpts
	0x6e736673, // nsfs
	0x42494e4d, // binfmt_misc
	0x62656570, // configfs
}

// ofKernel says whether a file, or what a link leads to, is made by the kernel. It is
// not opened for that.
func ofKernel(name string) bool {
	var fs syscall.Statfs_t
	return syscall.Statfs(name, &fs) == nil && slices.Contains(madeByKernel, int64(uint32(fs.Type)))
}
