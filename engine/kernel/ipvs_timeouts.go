package kernel

import (
	"fmt"

	"holdfast/engine/plan"
)

// The commands and attributes of the timeouts (linux/ip_vs.h).
const (
	cmdSetConfig = 12
	cmdGetConfig = 13

	attrTimeoutTCP = 4
	attrTimeoutFIN = 5
	attrTimeoutUDP = 6
)

// Timeouts gives those that the kernel has in force.
func (k *IPVS) Timeouts() (t plan.Timeouts, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	err = k.ask(cmdGetConfig, func(*encoder) {}, func(body []byte) error {
		return attributes(body, func(kind uint16, v []byte) {
			switch {
			case len(v) != 4:
			case kind == attrTimeoutTCP:
				t.TCP = native.Uint32(v)
			case kind == attrTimeoutFIN:
				t.FIN = native.Uint32(v)
			case kind == attrTimeoutUDP:
				t.UDP = native.Uint32(v)
			}
		})
	})
	if err != nil {
		return t, fmt.Errorf("read timeouts: %w", err)
	}
	return t, nil
}

func (e *encoder) timeouts(t plan.Timeouts) {
	e.u32(attrTimeoutTCP, t.TCP)
	e.u32(attrTimeoutFIN, t.FIN)
	e.u32(attrTimeoutUDP, t.UDP)
}
