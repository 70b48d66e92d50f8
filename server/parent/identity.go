package parent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Identity is who a process runs as. The zero Identity is who we are.
type Identity struct {
	UID, GID uint32 // another user, if not 0
	Confined bool   // without any capability, and no way to get one
}

// WebUser is the account that the web role runs as if it exists.
const WebUser = "holdfast"

// private is the number of the user and of the group that the web role runs as
// where there is no account for it. No account bears it: Debian keeps 65000 to
// 65533 free (policy 9.2.2), and systemd gives out none above 65519. It is not
// nobody, as whom other services run: they would be let in at the control socket.
const private = 65530

// nobody is who no service should run as; older versions did.
const nobody = 65534

// WebIdentity says who a process that only reads the engine runs as: the user
// holdfast, else the owner of its data directory, else a number of its own. Where
// that user could not get at the directories, it is ourselves without
// capabilities; reason says why.
func WebIdentity(dataDir string, others ...string) (id Identity, reason string) {
	id.Confined = true
	if os.Geteuid() == 0 {
		id.UID, id.GID = webUser(dataDir)
	}
	return id.reaching(append(others, dataDir)...)
}

// reaching is id if it can get at all these files, else ourselves without
// capabilities.
func (id Identity) reaching(paths ...string) (Identity, string) {
	for _, path := range paths {
		if at := barrier(path, id.UID, id.GID); id.UID != 0 && at != "" {
			return Identity{Confined: true}, fmt.Sprintf("user %d may not pass %s", id.UID, at)
		}
	}
	return id, ""
}

// webUser finds the account, the owner of the first of the directories that has
// one of its own, or the private number.
func webUser(dirs ...string) (uid, gid uint32) {
	if u, err := user.Lookup(WebUser); err == nil {
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil && uid != 0 {
			return uint32(uid), uint32(gid)
		}
	}
	for _, dir := range dirs {
		if info, err := os.Lstat(dir); err == nil && info.IsDir() {
			if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid != 0 && st.Uid != nobody {
				return st.Uid, st.Gid
			}
		}
	}
	return private, private
}

// barrier is the first directory above dir that uid cannot pass; "" is none.
func barrier(dir string, uid, gid uint32) string {
	full, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	for at := filepath.Dir(full); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return at
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		bit := fs.FileMode(0o001)
		switch {
		case ok && st.Uid == uid:
			bit = 0o100
		case ok && st.Gid == gid:
			bit = 0o010
		}
		if info.Mode()&bit == 0 {
			return at
		}
		if at == "/" {
			return ""
		}
	}
}

// credential is what the fork changes to.
func (id Identity) credential() *syscall.Credential {
	if id.UID == 0 {
		return nil
	}
	return &syscall.Credential{Uid: id.UID, Gid: id.GID}
}

// confine takes from the calling thread, and so from what it forks, every way to
// get privileges. Changing the user still needs some, and drops them itself.
func (id Identity) confine() error {
	if !id.Confined {
		return nil
	}
	for c := uintptr(0); c <= 63; c++ {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EPERM) {
			break // past the last one the kernel knows, or nothing to drop with
		}
		if err != nil {
			return fmt.Errorf("drop capability %d: %w", c, err)
		}
	}
	if id.UID == 0 {
		if err := dropCapabilities(); err != nil {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("set no_new_privs: %w", err)
	}
	return nil
}

func dropCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		return fmt.Errorf("drop capabilities: %w", err)
	}
	return nil
}
