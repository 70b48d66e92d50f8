package show

import (
	"context"
	"errors"
	"fmt"
	"time"

	"holdfast/engine/control"
)

// AskStatus asks both roles where they stand, over their sockets in the run directory.
func AskStatus(ctx context.Context, runDir string) Status {
	all := Status{Silent: map[string]string{}, Absent: map[string]string{}}
	for role, to := range map[string]**control.Status{"vrrp": &all.VRRP, "lvs": &all.LVS} {
		socket := control.Socket(runDir, role)
		s, err := control.Dial(socket).Status(ctx)
		if err != nil {
			all.Silent[role] = err.Error()
			if control.Absent(err) {
				all.Absent[role] = socket
			}
			continue
		}
		*to = &s
	}
	return all
}

// PrintAdverts asks the vrrp role which routers it hears, and lists them.
func PrintAdverts(ctx context.Context, e *Env, runDir string, asJSON bool) error {
	socket := control.Socket(runDir, "vrrp")
	heard, err := control.Dial(socket).Adverts(ctx)
	if control.Absent(err) {
		return errors.New(e.Text("status.absent", map[string]string{"Role": "vrrp", "Socket": socket}))
	}
	if err != nil {
		return err
	}
	if asJSON {
		return Encode(e, heard)
	}
	_, err = fmt.Fprint(e.Out, AdvertsText(e, heard))
	return err
}

// Foretell asks the running vrrp role what the text would do to the addresses, given what
// it hears, and puts that into a plan.
func Foretell(ctx context.Context, patience time.Duration, runDir string, text []byte, to *control.Planned) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	planned, err := control.Dial(control.Socket(runDir, "vrrp")).Plan(ctx, string(text))
	if err == nil {
		to.Forecast, to.Foretold = planned.Forecast, planned.Foretold
	}
	return err
}
