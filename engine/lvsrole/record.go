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
	"holdfast/engine/model"
	"holdfast/engine/state"
)

const (
	recordName = "lvs.record"
	noteDelay  = time.Second // how long a change waits for its record
)

// savedState is what a restarted lvs role knows of the run before: what differs
// from what a fresh start would assume, so that in good times it is small
// whatever the table's size. Which virtual servers there were at all is in the
// manifest. It counts for one boot of the kernel.
type savedState struct {
	Boot     string                  `json:"boot"`
	Since    time.Time               `json:"since"`
	Virtuals map[string]savedVirtual `json:"virtuals"`
}

type savedVirtual struct {
	Quorum  bool                   `json:"quorum"`
	Since   time.Time              `json:"since"`           // when the quorum was reached or lost
	State   string                 `json:"state,omitempty"` // the word, and when it began
	Began   time.Time              `json:"began,omitzero"`
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

// record says what the next record holds and when it is due. The file itself is
// written by the writer.
type record struct {
	since time.Time // of the fresh start, carried over from record to record
	due   time.Time // when it is written; zero: the file is as it should be
}

// changed has the record written soon.
func (r *record) changed(now time.Time) {
	if r.due.IsZero() {
		r.due = now.Add(noteDelay)
	}
}

// pending says that something changed since the last record.
func (r *record) pending() bool { return !r.due.IsZero() }

// text is the record as it stands with these virtual servers. Nothing is pending
// then.
func (r *record) text(virtuals map[string]savedVirtual) []byte {
	r.due = time.Time{}
	text, err := json.Marshal(savedState{Boot: state.Boot(), Since: r.since, Virtuals: virtuals})
	if err != nil {
		panic("lvsrole: " + err.Error()) // everything in a record can be said in JSON
	}
	return text
}

// recordFile is the file of the record.
type recordFile string

func recordIn(dir string) recordFile { return recordFile(filepath.Join(dir, recordName)) }

// read reads the record; there is none to go by after a reboot.
func (f recordFile) read() (s savedState, resumed bool, err error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("read record: %w", err)
	}
	// A record that cannot be read is as good as none: everything in it is
	// found out again by the checks.
	if json.Unmarshal(text, &s) != nil || s.Boot != state.Boot() {
		return savedState{}, false, nil
	}
	return s, true, nil
}

// Recorded says whether a record of this boot lies in runDir: a role that starts resumes
// from it.
func Recorded(runDir string) bool {
	_, resumed, err := recordIn(runDir).read()
	return resumed && err == nil
}

func (f recordFile) write(text []byte) error { return atomicfile.WriteVolatile(string(f), text) }

func (f recordFile) remove() error { return atomicfile.Remove(string(f)) }
