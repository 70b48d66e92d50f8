package kernel

import (
	"bytes"
	"errors"
	"fmt"

	"holdfast/engine/plan"

	"github.com/moby/ipvs"
	"golang.org/x/sys/unix"
)

// persists says whether a service may have a persistence engine, whose name moby does
// not read.
func persists(v *ipvs.Service) bool { return v.Flags&plan.Persistent != 0 }

// engines gives the persistence engines of all services that have one.
func (k *IPVS) engines() (map[plan.ServiceKey]string, error) {
	all := map[plan.ServiceKey]string{}
	err := k.list(cmdGetService, func(*encoder) {}, func(body []byte) error {
		return nested(body, attrService, func(value []byte) error {
			key, name, err := parseEngine(value)
			if name != "" {
				all[key] = name
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list persistence engines: %w", err)
	}
	return all, nil
}

// engine gives that of one service.
func (k *IPVS) engine(key plan.ServiceKey) (name string, err error) {
	err = k.ask(cmdGetService, func(e *encoder) { e.nest(attrService, func(e *encoder) { e.key(key) }) }, func(body []byte) error {
		return nested(body, attrService, func(value []byte) (err error) {
			_, name, err = parseEngine(value)
			return err
		})
	})
	if errors.Is(err, unix.ESRCH) { // it is gone meanwhile
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read persistence engine of %s: %w", key, err)
	}
	return name, nil
}

func parseEngine(b []byte) (key plan.ServiceKey, name string, err error) {
	key, _, err = parseServiceStats(b)
	return key, name, errors.Join(err, attributes(b, func(kind uint16, v []byte) {
		if kind == svcEngine {
			name = string(bytes.TrimRight(v, "\x00"))
		}
	}))
}
