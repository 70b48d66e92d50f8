package kernel

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"

	"holdfast/engine/rights"
)

// ErrNoIPVS is what OpenIPVS returns on a kernel without IPVS.
var ErrNoIPVS = errors.New("the kernel has no IPVS")

// lookForIPVS gives the number under which the kernel knows IPVS. Where it does
// not, load asks for the module, and tells what was said to it.
func lookForIPVS(g *genl, load func() (said string, err error)) (uint16, error) {
	id, err := family(g, "IPVS")
	if !errors.Is(err, unix.ENOENT) {
		return id, err
	}
	// Whether modprobe is missing, fails or has nothing to load comes to the
	// same: the second look tells.
	out, loadErr := load()
	id, err = family(g, "IPVS")
	if errors.Is(err, unix.ENOENT) && loadErr != nil {
		return 0, fmt.Errorf("%w (modprobe ip_vs: %v: %s)", ErrNoIPVS, loadErr, firstLine(out))
	}
	if errors.Is(err, unix.ENOENT) {
		return 0, ErrNoIPVS
	}
	return id, err
}

// Module is the command that loads IPVS.
var Module = []string{"modprobe", "ip_vs"}

// Modprobe has the kernel load IPVS.
func Modprobe() (said string, err error) {
	err = rights.Whole(func() error {
		out, err := exec.Command(Module[0], Module[1:]...).CombinedOutput()
		said = string(out)
		return err
	})
	return said, err
}

// family asks the kernel for the number of a generic netlink family; ENOENT
// means that it has none of that name.
func family(g *genl, name string) (id uint16, err error) {
	g.begin()
	seq := g.add(unix.GENL_ID_CTRL, unix.CTRL_CMD_GETFAMILY, unix.NLM_F_ACK, func(e *encoder) {
		e.text(unix.CTRL_ATTR_FAMILY_NAME, name)
	})
	if err := g.send(); err != nil {
		return 0, fmt.Errorf("look for %s: %w", name, err)
	}
	var refused unix.Errno
	var broken error
	err = g.receive(func(got uint32, body []byte, errno unix.Errno) bool {
		if got != seq {
			return false
		}
		if body == nil {
			refused = errno
			return true
		}
		broken = attributes(body, func(kind uint16, value []byte) {
			if kind == unix.CTRL_ATTR_FAMILY_ID && len(value) >= 2 {
				id = native.Uint16(value)
			}
		})
		return false
	})
	if err = errors.Join(err, broken); err == nil && refused != 0 {
		err = refused
	}
	if err == nil && id == 0 {
		err = unix.ENOENT
	}
	if err != nil {
		return 0, fmt.Errorf("look for %s: %w", name, err)
	}
	return id, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
