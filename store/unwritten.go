package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// unwritten is what config.db lacks because it could not be written: who logged in
// and failed to, what was done, and how applications ended. Readers look here beside
// the database; the next change that succeeds writes it first.
type unwritten struct {
	mu       sync.Mutex // guards what follows
	acts     []auditRow
	lines    []applicationRow
	sessions map[string]unwrittenSession // by the token's hash
	failures map[string]loginFailureRow
}

// unwrittenSession is a session that began, was used or was ended.
type unwrittenSession struct {
	sessionRow
	began bool // it is not in the database
	ended bool
}

func newUnwritten() *unwritten {
	return &unwritten{sessions: map[string]unwrittenSession{}, failures: map[string]loginFailureRow{}}
}

// unwritable says whether a change failed only because the database cannot be
// written for now.
func unwritable(err error) bool {
	return errors.Is(err, ErrFull) || errors.Is(err, ErrReadOnly) || errors.Is(err, ErrBusy)
}

// changeOrKeep is change for what has to go on while config.db cannot be written:
// keep then notes in memory what f would have written. Once a write has failed no
// other is tried here, since each may take as long as a lock is waited for.
func (s *Store) changeOrKeep(ctx context.Context, doing string, f func(tx *gorm.DB, now time.Time) error, keep func(u *unwritten, now time.Time) error) error {
	if s.config.trouble() == nil {
		err := s.change(ctx, s.config, doing, f)
		if !unwritable(err) {
			return err
		}
	}
	if err := s.config.there(); err != nil {
		return wrap(doing, err)
	}
	s.unwritten.mu.Lock()
	defer s.unwritten.mu.Unlock()
	return wrap(doing, keep(s.unwritten, s.now()))
}

// Unwritten says why a database cannot be written: ErrFull, ErrReadOnly or ErrBusy, as
// the last attempt found. Nil: it can be, or nobody tried. What is done meanwhile and
// has to go on is kept in memory.
func (s *Store) Unwritten() error {
	return cmp.Or(s.config.trouble(), s.journal.trouble())
}

// WriteKept tries again to write where the last attempt failed, and writes what was
// kept in memory. It gives what Unwritten then gives.
func (s *Store) WriteKept(ctx context.Context) error {
	for _, d := range []*database{s.config, s.journal} {
		if d.trouble() == nil {
			continue
		}
		if err := d.thaw(ctx); err != nil {
			continue
		}
		err := s.change(ctx, d, "write what was kept", func(tx *gorm.DB, _ time.Time) error {
			return tx.Exec(rewrite).Error
		})
		switch {
		case err == nil:
			d.failed.Store(nil)
		case !unwritable(err):
			return err
		}
	}
	return s.Unwritten()
}

// take copies what is to be written.
func (u *unwritten) take() *unwritten {
	u.mu.Lock()
	defer u.mu.Unlock()
	return &unwritten{
		acts: slices.Clone(u.acts), lines: slices.Clone(u.lines),
		sessions: maps.Clone(u.sessions), failures: maps.Clone(u.failures),
	}
}

// wrote forgets what was written, but what was added since it was taken.
func (u *unwritten) wrote(taken *unwritten) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.acts = u.acts[min(len(u.acts), len(taken.acts)):]
	u.lines = u.lines[min(len(u.lines), len(taken.lines)):]
	maps.DeleteFunc(u.sessions, func(k string, r unwrittenSession) bool {
		t, was := taken.sessions[k]
		return was && t.SeenAt == r.SeenAt && t.ended == r.ended
	})
	maps.DeleteFunc(u.failures, func(k string, r loginFailureRow) bool { return taken.failures[k] == r })
	for k, r := range u.sessions {
		if r.began && taken.sessions[k].began {
			r.began = false
			u.sessions[k] = r
		}
	}
}

// write brings everything into the transaction. What belongs to a user or a revision
// that is gone is left out.
func (u *unwritten) write(tx *gorm.DB) error {
	if len(u.acts) > 0 {
		if err := tx.CreateInBatches(u.acts, 100).Error; err != nil {
			return err
		}
	}
	for _, l := range u.lines {
		err := tx.Exec("INSERT INTO applications (revision, outcome, detail, at) SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM revisions WHERE number = ?)",
			l.Revision, l.Outcome, l.Detail, l.At, l.Revision).Error
		if err != nil {
			return err
		}
	}
	for _, r := range slices.SortedFunc(maps.Values(u.sessions), func(a, b unwrittenSession) int { return cmp.Compare(a.ID, b.ID) }) {
		if err := r.write(tx); err != nil {
			return err
		}
	}
	for row := range maps.Values(u.failures) {
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return err
		}
	}
	return nil
}

func (r unwrittenSession) write(tx *gorm.DB) error {
	switch {
	case r.ended:
		return tx.Where("token_hash = ?", r.TokenHash).Delete(&sessionRow{}).Error
	case r.began:
		return tx.Exec("INSERT INTO sessions (token_hash, user_id, agent, addr, created_at, seen_at) SELECT ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM users WHERE id = ?)",
			r.TokenHash, r.UserID, r.Agent, r.Addr, r.CreatedAt, r.SeenAt, r.UserID).Error
	}
	return tx.Model(&sessionRow{}).Where("token_hash = ?", r.TokenHash).Update("seen_at", r.SeenAt).Error
}

// session gives the session of a token's hash, if something of it is kept here.
func (u *unwritten) session(hash []byte) (unwrittenSession, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	r, ok := u.sessions[string(hash)]
	return r, ok
}

// used keeps that a session was used, or began, or was ended. u.mu is held.
func (u *unwritten) used(r unwrittenSession) {
	old, was := u.sessions[string(r.TokenHash)]
	if was {
		r.began = old.began
	}
	if was && old.ended {
		return
	}
	u.sessions[string(r.TokenHash)] = r
}

// endUser ends what was kept of a user's sessions after the database ended the rest.
func (u *unwritten) endUser(id int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	maps.DeleteFunc(u.sessions, func(_ string, r unwrittenSession) bool { return r.UserID == id })
}

// lay puts what is kept of a user's sessions over the rows of the database.
func (u *unwritten) lay(rows []sessionRow, user int64, now time.Time) []sessionRow {
	u.mu.Lock()
	defer u.mu.Unlock()
	rows = slices.DeleteFunc(rows, func(r sessionRow) bool {
		_, kept := u.sessions[string(r.TokenHash)]
		return kept
	})
	for _, r := range u.sessions {
		if r.UserID == user && r.alive(now) {
			rows = append(rows, r.sessionRow)
		}
	}
	slices.SortFunc(rows, func(a, b sessionRow) int {
		return cmp.Or(cmp.Compare(b.SeenAt, a.SeenAt), cmp.Compare(b.ID, a.ID), bytes.Compare(a.TokenHash, b.TokenHash))
	})
	return rows
}

func (r unwrittenSession) alive(now time.Time) bool { return !r.ended && r.sessionRow.alive(now) }

// act keeps what was done, of each kind of act as many as the database would.
// u.mu is held.
func (u *unwritten) act(row auditRow) {
	same, oldest := 0, -1
	for i, a := range u.acts {
		if a.Action == row.Action {
			if same++; oldest < 0 {
				oldest = i
			}
		}
	}
	if same >= keepUnwritten {
		u.acts = slices.Delete(slices.Clone(u.acts), oldest, oldest+1)
	}
	u.acts = append(u.acts, row)
}

// keepUnwritten is how many acts of one kind are kept in memory: some 200 bytes each.
const keepUnwritten = 1000
