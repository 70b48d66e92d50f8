package kernel

import (
	"errors"
	"fmt"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// engine gives the persistence engine of one service, whose name moby does not read; "" is
// none.
func (k *IPVS) engine(key plan.ServiceKey) (name string, err error) {
	err = k.ask(cmdGetService, func(e *encoder) { e.nest(attrService, func(e *encoder) { e.key(key) }) }, func(body []byte) error {
		return nested(body, attrService, func(value []byte) error {
			v, _, err := parseService(value)
			name = v.Engine
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
