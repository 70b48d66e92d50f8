package store

import (
	"context"
	"errors"
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
	return Session{r.ID, u, r.Agent, r.Addr, created, seen, ends}
}

// alive selects the sessions that have not ended at now, on the clock of Steady. One
// that began in the future comes from a date that was set back since: how old it is,
// nobody knows.
func alive(tx *gorm.DB, now time.Time) *gorm.DB {
	return tx.Where("seen_at > ? AND created_at > ? AND seen_at <= ?", nanos(now.Add(-IdleLimit)), nanos(now.Add(-AbsoluteLimit)), nanos(now))
}

// CreateSession logs a user in and gives the token for the cookie. Only the
// token's hash is kept. Sessions that have ended are swept on the way.
func (s *Store) CreateSession(ctx context.Context, userID int64, agent, addr string) (string, error) {
	token, hash := newToken()
	err := s.change(ctx, s.config, "create session", func(tx *gorm.DB, _ time.Time) error {
		now := s.steady()
		ended := tx.Where("seen_at <= ? OR created_at <= ? OR seen_at > ?", nanos(now.Add(-IdleLimit)), nanos(now.Add(-AbsoluteLimit)), nanos(now))
		if err := ended.Delete(&sessionRow{}).Error; err != nil {
			return err
		}
		at := nanos(now)
		return tx.Create(&sessionRow{TokenHash: hash, UserID: userID, Agent: agent, Addr: addr, CreatedAt: at, SeenAt: at}).Error
	})
	return token, err
}

// SessionByToken finds the living session of a token and notes its use.
// ErrNotFound: unknown, idle for too long, or too old.
func (s *Store) SessionByToken(ctx context.Context, token string) (Session, error) {
	now := s.steady()
	var row sessionRow
	if err := alive(s.config.read.WithContext(ctx), now).Where("token_hash = ?", tokenHash(token)).Take(&row).Error; err != nil {
		return Session{}, wrap("read session", err)
	}
	var user userRow
	if err := s.config.read.WithContext(ctx).Take(&user, row.UserID).Error; err != nil {
		return Session{}, wrap("read session's user", err)
	}
	if now.Sub(instant(row.SeenAt)) >= seenStep {
		row.SeenAt = nanos(now)
		err := s.config.write.WithContext(ctx).Model(&sessionRow{}).Where("id = ?", row.ID).Update("seen_at", row.SeenAt).Error
		if err = wrap("note use of session", err); err != nil && !errors.Is(err, ErrFull) && !errors.Is(err, ErrReadOnly) {
			return Session{}, err
		}
		// On a full disk a session ends earlier, but reading goes on.
	}
	return row.session(user.user(), s.drift()), nil
}

// EndSession logs out the session of a token. An unknown one is no error.
func (s *Store) EndSession(ctx context.Context, token string) error {
	return s.change(ctx, s.config, "end session", func(tx *gorm.DB, _ time.Time) error {
		return tx.Where("token_hash = ?", tokenHash(token)).Delete(&sessionRow{}).Error
	})
}

// RevokeSession ends one session of a user by its ID, from the list of sessions.
func (s *Store) RevokeSession(ctx context.Context, userID, id int64) error {
	return s.change(ctx, s.config, "revoke session", func(tx *gorm.DB, _ time.Time) error {
		done := tx.Where("id = ? AND user_id = ?", id, userID).Delete(&sessionRow{})
		if done.Error == nil && done.RowsAffected == 0 {
			return ErrNotFound
		}
		return done.Error
	})
}

// EndSessionsOf logs a user out everywhere.
func (s *Store) EndSessionsOf(ctx context.Context, userID int64) error {
	return s.change(ctx, s.config, "end sessions", func(tx *gorm.DB, _ time.Time) error {
		return tx.Where("user_id = ?", userID).Delete(&sessionRow{}).Error
	})
}

// ListSessions gives a user's living sessions, the last used first.
func (s *Store) ListSessions(ctx context.Context, userID int64) ([]Session, error) {
	var user userRow
	err := s.config.read.WithContext(ctx).Take(&user, userID).Error
	var rows []sessionRow
	if err == nil {
		err = alive(s.config.read.WithContext(ctx), s.steady()).Where("user_id = ?", userID).Order("seen_at DESC, id DESC").Find(&rows).Error
	}
	if err != nil {
		return nil, wrap("list sessions", err)
	}
	sessions := make([]Session, 0, len(rows))
	for _, r := range rows {
		sessions = append(sessions, r.session(user.user(), s.drift()))
	}
	return sessions, nil
}
