package show

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"holdfast/assets"
	"holdfast/engine/control"
)

// StandbyQuestion is what a command wants of the vrrp role about who holds the addresses.
type StandbyQuestion struct {
	Request   control.StandbyRequest
	RunDir    string
	JSON      bool
	All, Back bool
	For, Wait time.Duration

	asks bool // how it stands is asked for alone
}

// Read gives the request of a command with these words behind it, or the id of the words
// for what is wrong with them.
func (q *StandbyQuestion) Read(command string, args []string) (req control.StandbyRequest, wrong string) {
	req = q.Request
	req.For, req.Wait = q.For.Seconds(), q.Wait.Seconds()
	if command == control.HandOver {
		if req.Names, req.Mode = args, control.HandOver; q.Back {
			req.Mode = control.HandBack
		}
		if len(args) == 0 && !q.All || len(args) > 0 && q.All {
			wrong = "usage.standby-names"
		}
		return req, wrong
	}
	switch strings.Join(args, " ") {
	case "":
		req.Mode, req.Preview, q.asks = control.MaintenanceOff, true, true
	case "on":
		req.Mode = control.MaintenanceOn
	case "off":
		req.Mode = control.MaintenanceOff
	default:
		wrong = "usage.standby-mode"
	}
	return req, wrong
}

// Put asks the role, and says what came of it. It fails where another router was to take
// over and none did.
func (q *StandbyQuestion) Put(ctx context.Context, e *Env) error {
	socket := control.Socket(q.RunDir, "vrrp")
	out, err := control.Dial(socket).Standby(ctx, q.Request)
	var refused *control.Problem
	switch {
	case control.Absent(err):
		return errors.New(e.Text("status.absent", map[string]string{"Role": "vrrp", "Socket": socket}))
	case errors.As(err, &refused) && refused.Args["standby"] != "":
		return errors.New(e.Text("standby-refused."+refused.Args["standby"], refused.Args))
	case err != nil:
		return err
	case q.JSON:
		return Encode(e, out)
	}
	v := view{Env: e, now: time.Now()}
	text, kept := v.stoodBy(q, out)
	if _, err := fmt.Fprint(e.Out, text); err != nil || len(kept) == 0 {
		return err
	}
	return errors.New(e.Text("standby.nobody", map[string]string{"objects": strings.Join(kept, ", ")}))
}

// stoodBy says what came of a request, or would, and names what stayed here although
// another router was to take it over.
func (v view) stoodBy(q *StandbyQuestion, out control.StoodBy) (text string, kept []string) {
	var b strings.Builder
	line := func(object, text string) {
		b.WriteString(v.Text("standby.line", map[string]string{"object": object, "text": text}) + "\n")
	}
	if q.asks || q.Request.Mode == control.MaintenanceOff && !q.Request.Preview {
		if out.Maintenance == nil {
			b.WriteString(v.Text("standby.maintenance-off", nil) + "\n")
		}
		v.maintenance(&b, out.Maintenance)
		return b.String(), nil
	}
	if q.Request.Preview {
		for _, f := range out.Forecast {
			line(f.Object, assets.Forecast(v.Lang, f.Code, f.Cause, f.Facts()))
		}
		return b.String(), nil
	}
	if q.Request.Mode == control.MaintenanceOn {
		b.WriteString(v.Text("standby.maintenance-on", nil) + "\n")
	}
	for _, o := range out.Outcomes {
		line(o.Object, v.Text("standby."+o.Code, map[string]string{"holder": o.Holder}))
		if (o.Code == "kept" || o.Code == "asks") && q.Request.Mode != control.HandBack {
			kept = append(kept, o.Object)
		}
	}
	return b.String(), kept
}

// maintenance says that the node is in maintenance, and what it holds all the same.
func (v view) maintenance(b *strings.Builder, m *control.MaintenanceStatus) {
	if m == nil {
		return
	}
	b.WriteString("  " + v.Text("standby-status.maintenance", map[string]string{"since": v.ago(m.Since), "owner": m.Owner, "note": m.Reason}) + "\n")
	if len(m.Holds) > 0 {
		b.WriteString("  " + v.Text("standby-status.holds", map[string]string{"objects": strings.Join(m.Holds, ", ")}) + "\n")
	}
}

// handedOver says that an instance was handed over, and until when.
func (v view) handedOver(b *strings.Builder, in control.InstanceStatus) {
	s := in.Standby
	if s == nil || s.Mode != control.HandOver {
		return
	}
	args := map[string]string{"since": v.ago(s.Since), "owner": s.Owner, "note": s.Reason}
	if !s.Until.IsZero() {
		args["until"] = s.Until.Local().Format(time.DateTime)
	}
	b.WriteString("  " + in.Name + ": " + v.Text("standby-status.hand-over", args) + "\n")
}
