package script

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// DefaultUser is the account that scripts run under where none is named and
// this account exists, as in keepalived.
const DefaultUser = "keepalived_script"

// ErrRootRefused means that a script would have run as root only because no
// other user was named, which enable_script_security forbids.
var ErrRootRefused = errors.New("no script user, and enable_script_security forbids root")

// ErrNoUser means that there is no such user or group.
var ErrNoUser = errors.New("no such script user")

// Identity is who a program runs as.
type Identity struct {
	UID, GID uint32
	Groups   []uint32 // supplementary groups
}

// LookupUser finds the identity for a user and group name (or number). An empty
// user means DefaultUser if it exists, else ourselves; secure forbids that the
// latter is root. An empty group is the user's own.
func LookupUser(name, group string, secure bool) (Identity, error) {
	if name == "" {
		if u, err := user.Lookup(DefaultUser); err == nil {
			return identity(u, group)
		}
		self := Identity{UID: uint32(os.Geteuid()), GID: uint32(os.Getegid())}
		if secure && self.UID == 0 {
			return Identity{}, ErrRootRefused
		}
		return self, nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		if byID, idErr := user.LookupId(name); idErr == nil {
			u, err = byID, nil
		}
	}
	if err != nil {
		return Identity{}, fmt.Errorf("%w: %s", ErrNoUser, name)
	}
	return identity(u, group)
}

func identity(u *user.User, group string) (Identity, error) {
	uid, err := number(u.Uid)
	if err != nil {
		return Identity{}, fmt.Errorf("script user %s: %w", u.Username, err)
	}
	if group != "" {
		g, err := user.LookupGroup(group)
		if err != nil {
			return Identity{}, fmt.Errorf("%w: group %s", ErrNoUser, group)
		}
		gid, err := number(g.Gid)
		return Identity{UID: uid, GID: gid}, err
	}
	gid, err := number(u.Gid)
	if err != nil {
		return Identity{}, fmt.Errorf("script user %s: %w", u.Username, err)
	}
	return Identity{UID: uid, GID: gid, Groups: memberships(u)}, nil
}

// memberships lists the supplementary groups that can be read; a user without
// any simply has none.
func memberships(u *user.User) []uint32 {
	ids, err := u.GroupIds()
	if err != nil {
		return nil
	}
	var groups []uint32
	for _, id := range ids {
		if n, err := number(id); err == nil {
			groups = append(groups, n)
		}
	}
	return groups
}

func number(s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err
}
