package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Role is what a user may do. It is stored here and enforced by the console.
type Role string

// The roles, each may do what the one before it may.
const (
	Viewer   Role = "viewer"   // sees everything, changes nothing
	Operator Role = "operator" // drains, silences, hands over
	Editor   Role = "editor"   // edits the candidate
	Admin    Role = "admin"    // applies, and manages users and settings
)

// User is an account. PasswordHash says in itself how it was made.
type User struct {
	ID           int64
	Name         string
	PasswordHash string
	Role         Role
	Lang         string // "" is: as the browser asks
	Theme        string // "" is: as the browser asks; light, dark
	CreatedAt    time.Time
	Factor       Secret // of the second factor, in base32; "" is: there is none
	FactorNext   Secret // one that waits for its first code
}

type userRow struct {
	ID           int64 `gorm:"primaryKey;autoIncrement"`
	Name         string
	PasswordHash string
	Role         string
	Lang         string
	Theme        string
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
	Factor       string
	FactorNext   string
	FactorStep   int64 // of the code that was taken last
}

func (userRow) TableName() string { return "users" }

func (r userRow) user() User {
	return User{r.ID, r.Name, r.PasswordHash, Role(r.Role), r.Lang, r.Theme, instant(r.CreatedAt), Secret(r.Factor), Secret(r.FactorNext)}
}

// HasUsers says whether anybody has an account yet.
func (s *Store) HasUsers(ctx context.Context) (bool, error) {
	var n int64
	err := s.config.read.WithContext(ctx).Model(&userRow{}).Limit(1).Count(&n).Error
	return n > 0, wrap("count users", err)
}

// CreateUser makes an account. ErrConflict: the name is taken (upper and lower
// case are the same).
func (s *Store) CreateUser(ctx context.Context, name, passwordHash string, role Role, lang string) (User, error) {
	var row userRow
	err := s.change(ctx, s.config, "create user", func(tx *gorm.DB, now time.Time) error {
		row = userRow{Name: name, PasswordHash: passwordHash, Role: string(role), Lang: lang, CreatedAt: nanos(now)}
		return tx.Create(&row).Error
	})
	if err == nil {
		err = s.markAccounts()
	}
	return row.user(), err
}

// UserByName finds an account; upper and lower case are the same.
func (s *Store) UserByName(ctx context.Context, name string) (User, error) {
	var row userRow
	err := s.config.read.WithContext(ctx).Where("name = ?", name).Take(&row).Error
	return row.user(), wrap("read user", err)
}

// UserByID finds an account.
func (s *Store) UserByID(ctx context.Context, id int64) (User, error) {
	var row userRow
	err := s.config.read.WithContext(ctx).Take(&row, id).Error
	return row.user(), wrap("read user", err)
}

// ListUsers gives all accounts by name.
func (s *Store) ListUsers(ctx context.Context) ([]User, error) {
	var rows []userRow
	if err := s.config.read.WithContext(ctx).Order("name").Find(&rows).Error; err != nil {
		return nil, wrap("list users", err)
	}
	users := make([]User, 0, len(rows))
	for _, r := range rows {
		users = append(users, r.user())
	}
	return users, nil
}

// SetPassword gives an account a new password hash and ends its sessions.
func (s *Store) SetPassword(ctx context.Context, userID int64, passwordHash string) error {
	err := s.change(ctx, s.config, "set password", func(tx *gorm.DB, _ time.Time) error {
		if err := setUser(tx, userID, map[string]any{"password_hash": passwordHash}); err != nil {
			return err
		}
		return tx.Where("user_id = ?", userID).Delete(&sessionRow{}).Error
	})
	if err == nil {
		s.unwritten.endUser(userID)
	}
	return err
}

// RehashPassword replaces the hash of an unchanged password, made anew with
// today's cost, and leaves the sessions. Where the database cannot be written the old
// hash stays: a later log-in makes it anew.
func (s *Store) RehashPassword(ctx context.Context, userID int64, passwordHash string) error {
	return s.changeOrKeep(ctx, "rehash password", func(tx *gorm.DB, _ time.Time) error {
		return setUser(tx, userID, map[string]any{"password_hash": passwordHash})
	}, func(*unwritten, time.Time) error { return nil })
}

// SetPreferences stores a user's language and theme.
func (s *Store) SetPreferences(ctx context.Context, userID int64, lang, theme string) error {
	return s.change(ctx, s.config, "set preferences", func(tx *gorm.DB, now time.Time) error {
		var user userRow
		if err := tx.Take(&user, userID).Error; err != nil {
			return err
		}
		if err := setUser(tx, userID, map[string]any{"lang": lang, "theme": theme}); err != nil {
			return err
		}
		return audit(tx, now, user.Name, "preferences", user.Name, strings.TrimSpace(user.Lang+" "+user.Theme), strings.TrimSpace(lang+" "+theme))
	})
}

func setUser(tx *gorm.DB, userID int64, columns map[string]any) error {
	done := tx.Model(&userRow{}).Where("id = ?", userID).Updates(columns)
	if done.Error == nil && done.RowsAffected == 0 {
		return ErrNotFound
	}
	return done.Error
}
