package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/model"
)

const (
	lvsRecordName   = "lvs.record"
	lvsManifestName = "lvs.manifest"
)

// lvsPast is what a restarted lvs role knows of the run before: what differs
// from what a fresh start would assume, so that in good times it is small
// whatever the table's size. Which virtual servers there were at all is in the
// manifest. It counts for one boot of the kernel.
type lvsPast struct {
	Boot     string                    `json:"boot"`
	Since    time.Time                 `json:"since"`
	Virtuals map[string]lvsPastVirtual `json:"virtuals"`

	named lvsOwned // by the manifest of that run
}

type lvsPastVirtual struct {
	Quorum  bool                     `json:"quorum"`
	Since   time.Time                `json:"since"`
	Servers map[string]lvsPastServer `json:"servers,omitempty"`
}

type lvsPastServer struct {
	Since  time.Time               `json:"since"`
	Reason string                  `json:"reason,omitempty"`
	Checks map[string]lvsPastCheck `json:"checks"`
}

// lvsPastCheck is one check, under its model.Identity.
type lvsPastCheck struct {
	Up    bool           `json:"up"`
	Asked model.Opt[int] `json:"asked,omitzero"`
	At    time.Time      `json:"at"`
	Text  string         `json:"text"`
}

// past is the present, as the next process will see it.
func (l *lvsLoop) past() lvsPast {
	p := lvsPast{Boot: lvsBoot(), Since: l.since, Virtuals: map[string]lvsPastVirtual{}}
	for _, v := range l.virtuals {
		if !l.remarkable(v) {
			continue
		}
		pv := lvsPastVirtual{Quorum: v.state.Quorum, Since: v.since}
		for i, s := range v.servers {
			if !lvsRemarkable(v, i) {
				continue
			}
			ps := lvsPastServer{Since: s.since, Reason: s.reason, Checks: map[string]lvsPastCheck{}}
			for j, c := range s.checks {
				h := v.state.Servers[i].Checks[j]
				ps.Checks[c.identity] = lvsPastCheck{Up: h.Up, Asked: h.Asked, At: c.at, Text: c.text}
			}
			if pv.Servers == nil {
				pv.Servers = map[string]lvsPastServer{}
			}
			pv.Servers[s.name] = ps
		}
		p.Virtuals[v.name] = pv
	}
	return p
}

// remarkable says whether v is otherwise than it was at the start.
func (l *lvsLoop) remarkable(v *lvsVirtual) bool {
	for i := range v.servers {
		if lvsRemarkable(v, i) {
			return true
		}
	}
	begun, _ := v.core.Step(v.core.Begin(), lvs.Began{})
	return v.state.Quorum != begun.Quorum || !v.since.Equal(l.since)
}

// lvsRemarkable says whether a fresh start would see the server otherwise.
func lvsRemarkable(v *lvsVirtual, server int) bool {
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
func (p lvsPast) restore(v *lvsVirtual) (s lvs.VirtualState, fresh bool) {
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

func (p lvsPast) restoreServer(virtual string, s *lvsServer) {
	if past, there := p.Virtuals[virtual].Servers[s.name]; there {
		s.since, s.reason = past.Since, past.Reason
	} else if !p.Since.IsZero() {
		s.since = p.Since
	}
}

func (p lvsPast) restoreCheck(virtual, server string, c *lvsCheck) {
	if past, there := p.Virtuals[virtual].Servers[server].Checks[c.identity]; there {
		c.at, c.text = past.At, past.Text
	}
}

// readLVSPast reads the record; there is none to go by after a reboot.
func readLVSPast(dir string) (p lvsPast, resumed bool, err error) {
	text, err := os.ReadFile(filepath.Join(dir, lvsRecordName))
	if errors.Is(err, fs.ErrNotExist) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("read record: %w", err)
	}
	// A record that cannot be read is as good as none: everything in it is
	// found out again by the checks.
	if json.Unmarshal(text, &p) != nil || p.Boot != lvsBoot() {
		return lvsPast{}, false, nil
	}
	return p, true, nil
}

// encode never fails: everything in a record can be said in JSON.
func (p lvsPast) encode() []byte {
	text, err := json.Marshal(p)
	if err != nil {
		panic("engine: " + err.Error())
	}
	return text
}

func (p lvsPast) write(dir string) error {
	return lvsReplace(dir, lvsRecordName, p.encode())
}

// lvsBoot names this boot of the kernel; "" where it does not tell.
func lvsBoot() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}

// lvsReplace writes a file of the run directory whole or not at all. The
// directory is in memory, so nothing is synced.
func lvsReplace(dir, name string, text []byte) error {
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return os.Rename(path+".new", path)
}
