package kernel

import (
	"fmt"
	"io"
	"sync"

	"github.com/moby/ipvs"
	"github.com/sirupsen/logrus"
)

// IPVS is the door to the kernel's table of virtual services. Its methods may
// be called from any goroutine; they take turns. After an error that is not an
// *OpError the door may be out of step with the kernel: close it and open
// another.
//
// Single services are asked for through moby/ipvs. Everything else is our own
// netlink, because moby cuts weights to 16 and counters to 32 bits, forgets the
// family of a destination, needs a round trip for each operation and three KiB of
// memory for each service of a list.
type IPVS struct {
	mu     sync.Mutex // one request at a time on either socket
	family uint16
	own    *genl
	moby   *ipvs.Handle
}

// OpenIPVS opens the door in the network namespace of the calling thread; load is what
// loads the module where it is not there, like Modprobe. On a
// kernel without IPVS the error is ErrNoIPVS; it may be called again, since a
// module can appear at any time.
func OpenIPVS(load func() (said string, err error)) (*IPVS, error) {
	own, err := openGenl()
	if err != nil {
		return nil, err
	}
	id, err := lookForIPVS(own, load)
	if err != nil {
		own.close()
		return nil, fmt.Errorf("open ipvs: %w", err)
	}
	// Only now moby: it looks for the family once in a process, and without one
	// it reports success for whatever it is told to write. It talks through
	// logrus's global logger, which nothing else here uses.
	logrus.SetOutput(io.Discard)
	handle, err := ipvs.New("")
	if err != nil {
		own.close()
		return nil, fmt.Errorf("open ipvs: %w", err)
	}
	return &IPVS{family: id, own: own, moby: handle}, nil
}

// Close closes the door.
func (k *IPVS) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.own.close()
	k.moby.Close()
}
