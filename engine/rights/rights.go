package rights

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

// Each engine role has these, and why:
//
//	NET_ADMIN, NET_RAW addresses, the IPVS table; adverts, ARP, checks
//	DAC_OVERRIDE       files that the text names may lie where only their user gets to
//	CHOWN              the control socket belongs to the console's group
var engine = []uintptr{unix.CAP_NET_ADMIN, unix.CAP_NET_RAW, unix.CAP_DAC_OVERRIDE, unix.CAP_CHOWN}

// The process that runs a role's programs has these, and why:
//
//	SETUID, SETGID, KILL programs run under other users, and are ended
//	DAC_OVERRIDE         such a program may lie where only its user gets to
//	SETPCAP              to give a program that runs as root what root has
var spawner = []uintptr{unix.CAP_SETUID, unix.CAP_SETGID, unix.CAP_KILL, unix.CAP_DAC_OVERRIDE, unix.CAP_SETPCAP}

// Of are the capabilities of a role, or of what runs its programs. The vrrp role has
// beside the others those for real-time priority and for memory that is never paged
// out, the lvs role that for bind_port below 1024.
func Of(role string) []uintptr {
	switch role {
	case Spawner:
		return spawner
	case "vrrp":
		return append([]uintptr{unix.CAP_SYS_NICE, unix.CAP_IPC_LOCK}, engine...)
	case "lvs":
		return append([]uintptr{unix.CAP_NET_BIND_SERVICE}, engine...)
	}
	return nil
}

// Spawner is the name of what runs the programs of a role.
const Spawner = "spawn"

// NoNewPrivs has the calling thread, and what it starts from now on, gain no right by
// executing something (prctl(2)).
func NoNewPrivs() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }

// noRoot is SECBIT_NOROOT: executing something as root gives no capability
// (capabilities(7)).
const noRoot = 1

// Bind has what the calling thread executes from now on keep only the capabilities
// that are raised as ambient, and gives those of want that may be: the ones that the
// thread has. Where the thread may not bind anything it gives none.
func Bind(want []uintptr) (ambient []uintptr, err error) {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var have [2]unix.CapUserData
	if err := unix.Capget(&header, &have[0]); err != nil {
		return nil, fmt.Errorf("read capabilities: %w", err)
	}
	has := func(c uintptr) bool { return have[c/32].Permitted&(1<<(c%32)) != 0 }
	if !has(unix.CAP_SETPCAP) {
		return nil, nil
	}
	for _, c := range want {
		if has(c) {
			ambient = append(ambient, c)
		}
	}
	if err := set(noRoot); err != nil {
		return nil, fmt.Errorf("bind capabilities: %w", err)
	}
	return ambient, nil
}

// Whole runs f, which starts a program, on a thread whose programs have all that root
// has where they run as root. It changes nothing where nothing is bound.
func Whole(f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	bits, err := unix.PrctlRetInt(unix.PR_GET_SECUREBITS, 0, 0, 0, 0)
	if err != nil || bits&noRoot == 0 || set(bits&^noRoot) != nil {
		return f()
	}
	err = f()
	if set(bits) != nil {
		runtime.LockOSThread() // the thread ends with its goroutine: nothing else runs there
	}
	return err
}

func set(bits int) error { return unix.Prctl(unix.PR_SET_SECUREBITS, uintptr(bits), 0, 0, 0) }
