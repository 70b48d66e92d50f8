package imports

import (
	"context"
	"strconv"
	"strings"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/convert"
	"holdfast/engine/explain"
	"holdfast/engine/model"
	"holdfast/web/changes"
	"holdfast/web/fault"
)

// Explanation is a text line by line, and what both roles would do with it.
type Explanation struct {
	*explain.Explained
	Findings []model.Finding
	Looked   time.Time // when the roles were asked
	// Text is all of it in one piece, as a candidate is. Carried says that its
	// definitions had to be carried out for that. A text with errors stays as it
	// was sent.
	Text    string
	Inlined bool
	Carried bool
	Unread  []string // files that were sent and that no include names
	Roles   []changes.RolePlan
}

// NotMaster is the code of an address that needs no operation because another node
// holds it, and Unplanned that of a line whose role could not be asked for its plan.
// Their sentences are "ui.import.CODE".
const (
	NotMaster = "not-master"
	Unplanned = explain.Code("unplanned")
)

// Explain reads an upload as this node does and asks both roles for the plan of it.
// Faults: too-large, import-not-text, import-empty, import-twice, import-ambiguous,
// import-too-long.
func (im *Importer) Explain(ctx context.Context, u Upload) (*Explanation, error) {
	if err := u.check(); err != nil {
		return nil, err
	}
	leave, err := im.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	files := newReader(u)
	reading := files.reading(im.facts())
	if strings.Count(u.Main.Text, "\n") > MostLines {
		return nil, tooLong(u)
	}
	in := explain.Read(u.Main.Name, []byte(u.Main.Text), reading(im.node))
	if files.twice != nil {
		return nil, files.twice
	}
	if in.TooLong() || lines(in) > MostLines {
		return nil, tooLong(u)
	}
	x := &Explanation{Looked: now(), Text: u.Main.Text, Unread: files.unread()}
	if !in.Failed() {
		one, carried := convert.Inline(u.Main.Name, []byte(u.Main.Text), im.node, reading)
		x.Text, x.Carried, x.Inlined = string(one), carried, string(one) != u.Main.Text
		x.Roles = im.workflow.Review(ctx, x.Text).Roles
		in.Planned = im.planned(ctx, in, x.Roles)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	x.Findings = in.Findings
	if x.Explained, err = explain.Explain(in); err != nil {
		return nil, tooLong(u)
	}
	if !x.PlanKnown() {
		x.unplan()
	}
	return x, nil
}

func tooLong(u Upload) error {
	return fault.New("import-too-long", "File", u.Main.Name, "Most", strconv.Itoa(MostLines))
}

// lines is how many lines a text has with all that it includes, as often as it does.
func lines(in explain.Input) int {
	n := 0
	for _, name := range in.Tree.Names {
		n += strings.Count(in.Texts[name], "\n")
	}
	return n
}

// planned is the plan of both roles as one. A virtual router that is not master
// here holds no address: the lines of its addresses say so.
func (im *Importer) planned(ctx context.Context, in explain.Input, roles []changes.RolePlan) control.Planned {
	var p control.Planned
	for _, r := range roles {
		p.Operations = append(p.Operations, r.Operations...)
		p.Held = append(p.Held, r.Held...)
	}
	master := map[string]bool{}
	for _, s := range im.watch.Look(ctx).VRRP.Status.Instances {
		master[s.Name] = s.State == "MASTER"
	}
	for _, instance := range in.Config.Instances {
		if !master[instance.Name] {
			p.Held = append(p.Held, control.Blocked{Object: instance.Name, Code: NotMaster})
		}
	}
	return p
}

// Size is how many lines the text has with all that it includes.
func (x *Explanation) Size() int {
	n := 0
	for _, s := range x.Sections {
		n += len(s.Lines)
	}
	return n
}

// PlanKnown says whether both roles gave their plan.
func (x *Explanation) PlanKnown() bool {
	for _, r := range x.Roles {
		if r.Err != nil {
			return false
		}
	}
	return len(x.Roles) > 0
}

// unplan takes back the reasons that lines have no operations: they follow from a
// plan that is not known.
func (x *Explanation) unplan() {
	for i := range x.Sections {
		for j := range x.Sections[i].Lines {
			if l := &x.Sections[i].Lines[j]; l.Why.Code != "" {
				l.Why = explain.Note{Code: Unplanned}
			}
		}
	}
}
