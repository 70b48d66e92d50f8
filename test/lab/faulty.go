package lab

import (
	"encoding/binary"
	"fmt"
	"testing"

	"golang.org/x/sys/unix"
)

// Fault is what is wrong with a faulty disk.
type Fault int

const (
	// Broken answers everything with an input/output error, as a disk does that dies.
	Broken Fault = iota
	// Squashed has a root directory of another user, and lets nobody in and nothing
	// be given away: a share of the network on which root is nobody.
	Squashed
)

// squashedOwner is whose the directory of a Squashed disk is.
const squashedOwner = 65533

// The requests of FUSE that are answered with more than an error
// (include/uapi/linux/fuse.h).
const (
	fuseForget      = 2
	fuseGetattr     = 3
	fuseSetattr     = 4
	fuseInit        = 26
	fuseInterrupt   = 36
	fuseBatchForget = 42
	fuseStatx       = 52

	fuseHeader    = 16 // bytes in front of an answer
	fuseAttrBytes = 104
	fuseInitBytes = 64
	fuseRequest   = 1 << 17 // more than the longest
)

// FaultyDisk mounts a disk at dir that has the fault. It is unmounted by the function
// that it gives, and at the end of the test.
func FaultyDisk(t testing.TB, dir string, fault Fault) (unmount func()) {
	t.Helper()
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatalf("a faulty disk needs FUSE: %v", err)
	}
	options := fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd)
	if err := unix.Mount("faulty", dir, "fuse", unix.MS_NODEV|unix.MS_NOSUID, options); err != nil {
		_ = unix.Close(fd)
		t.Fatalf("mount a faulty disk: %v", err)
	}
	served := make(chan struct{}) // closed when nobody can ask any more
	go func() {
		defer close(served)
		serveFaults(fd, fault)
	}()
	mounted := true
	unmount = func() {
		if !mounted {
			return
		}
		mounted = false
		if err := unix.Unmount(dir, unix.MNT_DETACH|unix.MNT_FORCE); err != nil {
			t.Errorf("unmount a faulty disk: %v", err)
		}
		<-served
		if err := unix.Close(fd); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(unmount)
	return unmount
}

// serveFaults answers the kernel until the disk is unmounted.
func serveFaults(fd int, fault Fault) {
	request := make([]byte, fuseRequest)
	for {
		n, err := unix.Read(fd, request)
		if err == unix.EINTR || err == unix.ENOENT || err == unix.EAGAIN { // one that was taken back
			continue
		}
		if err != nil || n < 2*fuseHeader {
			return
		}
		opcode := binary.LittleEndian.Uint32(request[4:])
		if opcode == fuseForget || opcode == fuseBatchForget || opcode == fuseInterrupt {
			continue // nobody waits for an answer
		}
		body, errno := answerOf(opcode, fault)
		answer := make([]byte, fuseHeader, fuseHeader+len(body))
		binary.LittleEndian.PutUint32(answer, uint32(fuseHeader+len(body)))
		binary.LittleEndian.PutUint32(answer[4:], -uint32(errno))
		copy(answer[8:], request[8:16]) // which request
		// An error means that the asker has left.
		_, _ = unix.Write(fd, append(answer, body...))
	}
}

// answerOf is the body of an answer, or the error in its place.
func answerOf(opcode uint32, fault Fault) ([]byte, unix.Errno) {
	switch {
	case opcode == fuseInit:
		body := make([]byte, fuseInitBytes)
		binary.LittleEndian.PutUint32(body, 7) // the protocol, 7.31
		binary.LittleEndian.PutUint32(body[4:], 31)
		binary.LittleEndian.PutUint32(body[20:], 4096) // the most that is written at once
		return body, 0
	case fault == Broken:
		return nil, unix.EIO
	case opcode == fuseStatx:
		return nil, unix.ENOSYS // the kernel then asks by the older request
	case opcode == fuseGetattr:
		body := make([]byte, fuseAttrBytes)
		binary.LittleEndian.PutUint64(body[16:], 1) // the root directory
		binary.LittleEndian.PutUint32(body[76:], unix.S_IFDIR|0o700)
		binary.LittleEndian.PutUint32(body[80:], 2)
		binary.LittleEndian.PutUint32(body[84:], squashedOwner)
		binary.LittleEndian.PutUint32(body[88:], squashedOwner)
		return body, 0
	case opcode == fuseSetattr:
		return nil, unix.EPERM
	}
	return nil, unix.EACCES
}
