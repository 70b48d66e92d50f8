package orders

import (
	"context"
	"errors"

	"holdfast/engine/control"
	"holdfast/engine/kit"
	"holdfast/web/fault"
)

// Script is the script that readies the real servers of a virtual server, or the one of
// server; form is what sets their network up, and with undo it takes back what another
// did. words are the reader's.
func (o *Orders) Script(ctx context.Context, virtual, server, form string, undo bool, words kit.Words) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	f, err := o.lvs.Forwarding(ctx, virtual)
	if err != nil {
		return "", away(err)
	}
	if !kit.Has(f, server) {
		return "", fault.New("no-server", "Name", server, "Virtual", f.Virtual)
	}
	text, err := kit.Script(kit.Of(f, server), form, undo, words)
	switch {
	case errors.Is(err, kit.ErrForm):
		err = fault.New("kit-form", "Form", form)
	case errors.Is(err, kit.ErrMark):
		err = fault.New("kit-mark", "Name", f.Virtual)
	case errors.Is(err, kit.ErrNAT):
		err = fault.New("kit-nat", "Name", f.Virtual)
	}
	return text, err
}

// Verify asks the real servers of a virtual server, or the one of server, whether they are
// ready.
func (o *Orders) Verify(ctx context.Context, virtual, server string) (control.Verified, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*within)
	defer cancel()
	v, err := o.lvs.Verify(ctx, control.VerifyRequest{Virtual: virtual, Server: server})
	return v, away(err)
}
