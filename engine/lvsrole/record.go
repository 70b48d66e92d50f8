package lvsrole

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"holdfast/engine/atomicfile"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/state"
)

const (
	recordName = "lvs.record"
)

// savedState is what a restarted lvs role knows of the run before: what differs
// from what a fresh start would assume, so that in good times it is small
// whatever the table's size. Which virtual servers there were at all is in the
// manifest. It counts for one boot of the kernel.
type savedState struct {
	Boot     string                  `json:"boot"`
	Since    time.Time               `json:"since"`
	Virtuals map[string]savedVirtual `json:"virtuals"`

	named plan.Owned // by the manifest of that run
}

type savedVirtual struct {
	Quorum  bool                   `json:"quorum"`
	Since   time.Time              `json:"since"`
	Servers map[string]savedServer `json:"servers,omitempty"`
}

type savedServer struct {
	Since  time.Time             `json:"since"`
	Reason string                `json:"reason,omitempty"`
	Checks map[string]savedCheck `json:"checks"`
}

// savedCheck is one check, under its model.Identity.
type savedCheck struct {
	Up    bool           `json:"up"`
	Asked model.Opt[int] `json:"asked,omitzero"`
	At    time.Time      `json:"at"`
	Text  string         `json:"text"`
}

// past is the present, as the next process will see it.
func (l *loop) past() savedState {
	p := savedState{Boot: state.Boot(), Since: l.since, Virtuals: map[string]savedVirtual{}}
	for _, v := range l.virtuals {
		if !l.remarkable(v) {
			continue
		}
		pv := savedVirtual{Quorum: v.state.Quorum, Since: v.since}
		for i, s := range v.servers {
			if !serverDiffers(v, i) {
				continue
			}
			ps := savedServer{Since: s.since, Reason: s.reason, Checks: map[string]savedCheck{}}
			for j, c := range s.checks {
				h := v.state.Servers[i].Checks[j]
				ps.Checks[c.identity] = savedCheck{Up: h.Up, Asked: h.Asked, At: c.at, Text: c.text}
			}
			if pv.Servers == nil {
				pv.Servers = map[string]savedServer{}
			}
			pv.Servers[s.name] = ps
		}
		p.Virtuals[v.name] = pv
	}
	return p
}

// remarkable says whether v is otherwise than it was at the start.
func (l *loop) remarkable(v *virtual) bool {
	for i := range v.servers {
		if serverDiffers(v, i) {
			return true
		}
	}
	begun, _ := v.core.Step(v.core.Begin(), lvs.Began{})
	return v.state.Quorum != begun.Quorum || !v.since.Equal(l.since)
}

// serverDiffers says whether a fresh start would see the server otherwise.
func serverDiffers(v *virtual, server int) bool {
	for i, h := range v.state.Servers[server].Checks {
		c := v.core.Servers[server].Checks[i]
		if h.Up != lvs.Begin(lvs.PolicyOf(c)).Up || h.Asked.Written {
			return true
		}
	}
	return v.servers[server].reason != ""
}

// restore gives v the state it had in the run before; fresh says that it was
// not there.
func (p savedState) restore(v *virtual) (s lvs.VirtualState, fresh bool) {
	s = v.core.Begin()
	past, remarkable := p.Virtuals[v.name]
	if !remarkable {
		if p.named[v.key] == nil {
			return s, true
		}
		v.since = p.Since
		s, _ = v.core.Step(s, lvs.Began{})
		return s, false
	}
	s.Quorum = past.Quorum
	v.since = past.Since
	for i, r := range v.core.Servers {
		for j, c := range r.Checks {
			if pc, known := past.Servers[r.Name()].Checks[model.Identity(c)]; known {
				s.Servers[i].Checks[j] = lvs.Health{Up: pc.Up, Known: true, Asked: pc.Asked}
			}
		}
	}
	return s, false
}

func (p savedState) restoreServer(virtual string, s *server) {
	if past, there := p.Virtuals[virtual].Servers[s.name]; there {
		s.since, s.reason = past.Since, past.Reason
	} else if !p.Since.IsZero() {
		s.since = p.Since
	}
}

func (p savedState) restoreCheck(virtual, server string, c *check) {
	if past, there := p.Virtuals[virtual].Servers[server].Checks[c.identity]; there {
		c.at, c.text = past.At, past.Text
	}
}

// readSaved reads the record; there is none to go by after a reboot.
func readSaved(dir string) (p savedState, resumed bool, err error) {
	text, err := os.ReadFile(filepath.Join(dir, recordName))
	if errors.Is(err, fs.ErrNotExist) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("read record: %w", err)
	}
	// A record that cannot be read is as good as none: everything in it is
	// found out again by the checks.
	if json.Unmarshal(text, &p) != nil || p.Boot != state.Boot() {
		return savedState{}, false, nil
	}
	return p, true, nil
}

// encode never fails: everything in a record can be said in JSON.
func (p savedState) encode() []byte {
	text, err := json.Marshal(p)
	if err != nil {
		panic("engine: " + err.Error())
	}
	return text
}

func (p savedState) write(dir string) error {
	return atomicfile.WriteVolatile(filepath.Join(dir, recordName), p.encode())
}
