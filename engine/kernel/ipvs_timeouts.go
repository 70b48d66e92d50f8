package kernel

import (
	"errors"
	"fmt"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
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

// ask carries out one request that has one answer.
func (k *IPVS) ask(cmd uint8, fill func(*encoder), take func(body []byte) error) error {
	k.own.begin()
	seq := k.own.add(k.family, cmd, 0, fill)
	if err := k.own.send(); err != nil {
		return err
	}
	var broken error
	err := k.own.receive(func(got uint32, body []byte, errno unix.Errno) bool {
		switch {
		case got != seq: // left over from a request given up
			return false
		case body != nil:
			broken = take(body)
		case errno != 0:
			broken = errno
		}
		return true
	})
	return errors.Join(err, broken)
}
