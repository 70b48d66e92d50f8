package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
)

// How long a session lives: until it was not used for IdleLimit, and never
// longer than AbsoluteLimit.
const (
	IdleLimit     = 30 * time.Minute
	AbsoluteLimit = 12 * time.Hour
)

// seenStep is how exactly the last use is stored: a page with ten requests
// costs one write.
const seenStep = time.Minute

// Session is one log-in of a user on one browser.
type Session struct {
	ID        int64
	User      User
	Agent     string // the browser, as it named itself
	Addr      string // where the log-in came from
	CreatedAt time.Time
	SeenAt    time.Time // last use, to the minute
	Ends      time.Time // at the latest, if it is not used again
	Token     int64     // of a program, with which a request came; 0: it is a log-in
}

type sessionRow struct {
	ID        int64 `gorm:"primaryKey;autoIncrement"`
	TokenHash []byte
	UserID    int64
	Agent     string
	Addr      string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	SeenAt    int64
}

func (sessionRow) TableName() string { return "sessions" }

// session gives the row with dates in place of the instants of the steady clock.
func (r sessionRow) session(u User, drift time.Duration) Session {
	created, seen := instant(r.CreatedAt).Add(drift), instant(r.SeenAt).Add(drift)
	ends := seen.Add(IdleLimit)
	if last := created.Add(AbsoluteLimit); last.Before(ends) {
		ends = last
	}
	return Session{r.ID, u, r.Agent, r.Addr, created, seen, ends, 0}
}

// alive says of one row what the function alive selects.
func (r sessionRow) alive(now time.Time) bool {
	seen := instant(r.SeenAt)
	return seen.After(now.Add(-IdleLimit)) && instant(r.CreatedAt).After(now.Add(-AbsoluteLimit)) && !seen.After(now)
}

// alive selects the sessions that have not ended at now, on the clock of Steady. One
// that began in the future comes from a date that was set back since: how old it is,
// nobody knows.
func alive(tx *gorm.DB, now time.Time) *gorm.DB {
	return tx.Where("seen_at > ? AND created_at > ? AND seen_at <= ?", nanos(now.Add(-IdleLimit)), nanos(now.Add(-AbsoluteLimit)), nanos(now))
}

// CreateSession logs a user in and gives the token for the cookie. Only the
// token's hash is kept. Sessions that have ended are swept on the way. Where the
// database cannot be written the session is kept in memory.
func (s *Store) CreateSession(ctx context.Context, userID int64, agent, addr string) (string, error) {
	token, hash := newToken()
	now := s.steady()
	row := sessionRow{TokenHash: hash, UserID: userID, Agent: agent, Addr: addr, CreatedAt: nanos(now), SeenAt: nanos(now)}
	err := s.changeOrKeep(ctx, "create session", func(tx *gorm.DB, _ time.Time) error {
		ended := tx.Where("seen_at <= ? OR created_at <= ? OR seen_at > ?", nanos(now.Add(-IdleLimit)), nanos(now.Add(-AbsoluteLimit)), nanos(now))
		if err := ended.Delete(&sessionRow{}).Error; err != nil {
			return err
		}
		return tx.Create(&row).Error
	}, func(u *unwritten, _ time.Time) error {
		var last int64
		if err := s.config.read.WithContext(ctx).Raw(lastID, row.TableName()).Scan(&last).Error; err != nil {
			return err
		}
		maps.DeleteFunc(u.sessions, func(_ string, r unwrittenSession) bool { return !r.sessionRow.alive(now) })
		for _, r := range u.sessions {
			last = max(last, r.ID)
		}
		row.ID = last + 1 // as it will be stored
		u.used(unwrittenSession{sessionRow: row, began: true})
		return nil
	})
	return token, err
}

// SessionByToken finds the living session of a token and notes its use.
// ErrNotFound: unknown, idle for too long, or too old.
func (s *Store) SessionByToken(ctx context.Context, token string) (Session, error) {
	now := s.steady()
	row, err := s.living(ctx, tokenHash(token), now)
	if err != nil {
		return Session{}, wrap("read session", err)
	}
	var user userRow
	if err := s.config.read.WithContext(ctx).Take(&user, row.UserID).Error; err != nil {
		return Session{}, wrap("read session's user", err)
	}
	if now.Sub(instant(row.SeenAt)) >= seenStep {
		row.SeenAt = nanos(now)
		err := s.changeOrKeep(ctx, "note use of session", func(tx *gorm.DB, _ time.Time) error {
			return tx.Model(&sessionRow{}).Where("id = ?", row.ID).Update("seen_at", row.SeenAt).Error
		}, func(u *unwritten, _ time.Time) error {
			u.used(unwrittenSession{sessionRow: row})
			return nil
		})
		if err != nil && !errors.Is(err, ErrGone) {
			return Session{}, err
		}
		// A deleted database is still read, until the session ends.
	}
	return row.session(user.user(), s.drift()), nil
}

// living finds the session of a token's hash, if it has not ended at now.
func (s *Store) living(ctx context.Context, hash []byte, now time.Time) (sessionRow, error) {
	if kept, ok := s.unwritten.session(hash); ok {
		if !kept.alive(now) {
			return sessionRow{}, ErrNotFound
		}
		return kept.sessionRow, nil
	}
	var row sessionRow
	err := alive(s.config.read.WithContext(ctx), now).Where("token_hash = ?", hash).Take(&row).Error
	return row, err
}

// EndSession logs out the session of a token. An unknown one is no error.
func (s *Store) EndSession(ctx context.Context, token string) error {
	hash := tokenHash(token)
	row, err := s.living(ctx, hash, s.steady())
	if err != nil {
		row = sessionRow{} // it is deleted, whatever it was, where it can be
	}
	return s.changeOrKeep(ctx, "end session", func(tx *gorm.DB, _ time.Time) error {
		return tx.Where("token_hash = ?", hash).Delete(&sessionRow{}).Error
	}, func(u *unwritten, _ time.Time) error {
		if row.ID != 0 {
			u.used(unwrittenSession{sessionRow: row, ended: true})
		}
		return nil
	})
}

// RevokeSession ends one session of a user by its ID, from the list of sessions.
func (s *Store) RevokeSession(ctx context.Context, userID, id int64) error {
	var user userRow
	rows, err := s.sessionsOf(ctx, userID, &user)
	if err != nil {
		return wrap("revoke session", err)
	}
	return s.changeOrKeep(ctx, "revoke session", func(tx *gorm.DB, now time.Time) error {
		done := tx.Where("id = ? AND user_id = ?", id, userID).Delete(&sessionRow{})
		if done.Error == nil && done.RowsAffected == 0 {
			return ErrNotFound
		}
		return errors.Join(done.Error, audit(tx, now, user.Name, "session-ended", user.Name, "", ""))
	}, func(u *unwritten, now time.Time) error {
		at := slices.IndexFunc(rows, func(r sessionRow) bool { return r.ID == id })
		if at < 0 {
			return ErrNotFound
		}
		u.used(unwrittenSession{sessionRow: rows[at], ended: true})
		u.act(actRow(now, user.Name, "session-ended", user.Name, "", ""))
		return nil
	})
}

// EndSessionsOf logs a user out everywhere.
func (s *Store) EndSessionsOf(ctx context.Context, userID int64) error {
	err := s.change(ctx, s.config, "end sessions", func(tx *gorm.DB, _ time.Time) error {
		return tx.Where("user_id = ?", userID).Delete(&sessionRow{}).Error
	})
	if err == nil {
		s.unwritten.endUser(userID)
	}
	return err
}

// sessionsOf reads a user and the rows of the user's living sessions, the last used
// first.
func (s *Store) sessionsOf(ctx context.Context, userID int64, user *userRow) ([]sessionRow, error) {
	if err := s.config.read.WithContext(ctx).Take(user, userID).Error; err != nil {
		return nil, err
	}
	var rows []sessionRow
	now := s.steady()
	if err := alive(s.config.read.WithContext(ctx), now).Where("user_id = ?", userID).Find(&rows).Error; err != nil {
		return nil, err
	}
	return s.unwritten.lay(rows, userID, now), nil
}

// ListSessions gives a user's living sessions, the last used first.
func (s *Store) ListSessions(ctx context.Context, userID int64) ([]Session, error) {
	var user userRow
	rows, err := s.sessionsOf(ctx, userID, &user)
	if err != nil {
		return nil, wrap("list sessions", err)
	}
	sessions := make([]Session, 0, len(rows))
	for _, r := range rows {
		sessions = append(sessions, r.session(user.user(), s.drift()))
	}
	return sessions, nil
}
