package show

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"holdfast/engine/control"
)

// Ordered says what came of an order about a real server, or why there was no answer.
func Ordered(e *Env, runDir, mode string, asJSON bool, o control.Ordered, err error) error {
	switch {
	case err != nil:
		return unanswered(e, runDir, err)
	case asJSON:
		return Encode(e, o)
	}
	var b strings.Builder
	for _, line := range o.Lines {
		b.WriteString(line + "\n")
	}
	v := view{Env: e, now: time.Now()}
	args := map[string]string{"server": o.Server.Name, "virtual": o.Virtual, "weight": strconv.Itoa(o.Server.Weight), "state": o.Server.State}
	id := "order." + mode
	if o.Server.State == "DRAINED" {
		id = "order.drained"
	}
	b.WriteString(v.Text(id, args))
	if left := v.left(o.Server); left != "" && o.Server.State == "DRAINING" {
		b.WriteString(left)
	}
	b.WriteString("\n")
	if !o.QuorumUp && mode != "back" {
		b.WriteString(v.Text("order.no-quorum", args) + "\n")
	}
	v.helds(&b, o.Held)
	_, err = fmt.Fprint(e.Out, b.String())
	return err
}

// unanswered is why the lvs role gave no answer, or the answer that refuses.
func unanswered(e *Env, runDir string, err error) error {
	if control.Absent(err) {
		return errors.New(e.Text("status.absent", map[string]string{"Role": "lvs", "Socket": control.Socket(runDir, "lvs")}))
	}
	return err
}

// left says, as the end of a sentence, how much is left of what a server drains.
func (v view) left(s control.ServerStatus) string {
	if s.Order == nil || s.Order.Left == nil {
		return ""
	}
	return v.Text("order.left", map[string]string{
		"active": strconv.FormatUint(s.Order.Left.Active, 10), "inactive": strconv.FormatUint(s.Order.Left.Inactive, 10),
		"persistent": strconv.FormatUint(s.Order.Left.Persistent, 10),
	})
}

// orders says which servers operators have drained, switched off or weighed otherwise.
func (v view) orders(b *strings.Builder, vs control.VirtualStatus) {
	for _, s := range vs.Servers {
		if s.Order == nil {
			continue
		}
		args := map[string]string{"weight": strconv.Itoa(s.Order.Weight), "owner": s.Order.Owner, "since": v.ago(s.Order.Since), "note": s.Order.Reason}
		if !s.Order.Drained.IsZero() {
			maps.Copy(args, map[string]string{"drained": v.ago(s.Order.Drained)})
		}
		b.WriteString("  " + s.Name + ": " + v.Text("order.status-"+s.Order.Mode, args))
		if s.Order.Mode == "drain" && s.Order.Drained.IsZero() {
			if left := v.left(s); left != "" {
				b.WriteString(left)
			}
		}
		b.WriteString("\n")
	}
}
