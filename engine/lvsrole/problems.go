package lvsrole

import (
	"fmt"
	"log/slog"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// maxDrifts is how many drifts of one reading are told one by one.
const maxDrifts = 20

// problems are what is in the writer's way, each told when it begins, changes and
// ends.
type problems struct {
	tell    func(journal.Entry) // the journal
	log     *slog.Logger
	faults  map[string]string // errors that the writer reported last, by what it was at
	blocked string            // code of what keeps the whole table back; "" is nothing
}

// fault tells of an error of the writer at one thing ("ipvs", "record"); nil ends it.
func (p *problems) fault(at string, err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text == p.faults[at] {
		return
	}
	p.faults[at] = text
	if err == nil {
		p.log.Info("writing works again", "at", at)
		return
	}
	p.tell(journal.Entry{Kind: journal.KernelError, Facts: map[string]string{journal.FactOperation: at, journal.FactReason: text}})
}

// block notes what keeps the whole table back, and says whether that is new; ""
// is nothing.
func (p *problems) block(code string) (begins bool) {
	if code == p.blocked {
		return false
	}
	if p.blocked != "" {
		p.tell(journal.Entry{Kind: journal.Unheld, Facts: map[string]string{journal.FactObject: "", journal.FactCode: p.blocked}})
	}
	p.blocked = code
	if code == "" {
		return false
	}
	p.tell(journal.Entry{Kind: journal.Held, Facts: map[string]string{journal.FactObject: "", journal.FactCode: code, journal.FactReason: code}})
	return true
}

// refuse tells that the kernel refuses what now says of an object, unless it did
// so before; nil refuses nothing.
func (p *problems) refuse(before, now *control.Blocked) {
	if now == nil || before != nil && before.Args["operation"] == now.Args["operation"] && before.Args["reason"] == now.Args["reason"] {
		return
	}
	p.tell(journal.Entry{Kind: journal.KernelError, Object: now.Object, Facts: now.Args})
}

// drifted tells what others had changed and is mended now.
func (p *problems) drifted(ops plan.Plan, nameOf func(plan.ServiceKey) string) {
	for i, op := range ops {
		if i == maxDrifts {
			p.tell(journal.Entry{Kind: journal.Drift, Facts: map[string]string{journal.FactOperation: fmt.Sprintf("%s (+%d)", op, len(ops)-i-1)}})
			return
		}
		p.tell(journal.Entry{Kind: journal.Drift, Object: nameOf(op.Service.Key), Facts: map[string]string{journal.FactOperation: op.String()}})
	}
}

// refusalOf is what the kernel refused, about object.
func refusalOf(r *kernel.OpError, object string) control.Blocked {
	return control.Blocked{Object: object, Code: code.KernelRefused, Args: map[string]string{
		"operation": r.Op.String(), "reason": r.Err.Error(),
	}}
}
