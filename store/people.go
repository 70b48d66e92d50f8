package store

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Roles are all there are, each may do what the ones before it may.
var Roles = []Role{Viewer, Operator, Editor, Admin}

// below says whether a role may do less than another.
func (r Role) below(other Role) bool { return slices.Index(Roles, r) < slices.Index(Roles, other) }

// SetRole gives an account another role. ErrNotFound; ErrLastAdmin: nobody else could
// give it back.
func (s *Store) SetRole(ctx context.Context, userID int64, role Role, by string) error {
	return s.change(ctx, s.config, "set role", func(tx *gorm.DB, now time.Time) error {
		user, err := dispensable(tx, userID, role == Admin)
		if err != nil {
			return err
		}
		if err := setUser(tx, userID, map[string]any{"role": string(role)}); err != nil {
			return err
		}
		return audit(tx, now, by, "user-role", user.Name, user.Role, string(role))
	})
}

// RemoveUser deletes an account with its sessions and tokens. ErrNotFound; ErrLastAdmin:
// nobody else could make another one.
func (s *Store) RemoveUser(ctx context.Context, userID int64, by string) error {
	err := s.change(ctx, s.config, "remove user", func(tx *gorm.DB, now time.Time) error {
		user, err := dispensable(tx, userID, false)
		if err != nil {
			return err
		}
		if err := tx.Where("user_id = ?", userID).Delete(&tokenRow{}).Error; err != nil {
			return err
		}
		if err := tx.Where("user_id = ?", userID).Delete(&setupRow{}).Error; err != nil {
			return err
		}
		if err := tx.Delete(&user).Error; err != nil {
			return err
		}
		return audit(tx, now, by, "user-removed", user.Name, user.Role, "")
	})
	if err == nil {
		s.unwritten.endUser(userID)
	}
	return err
}

// dispensable reads an account that is about to lose its role, unless stays says that it
// remains an administrator.
func dispensable(tx *gorm.DB, userID int64, stays bool) (user userRow, err error) {
	if err := tx.Take(&user, userID).Error; err != nil {
		return user, err
	}
	if stays || Role(user.Role) != Admin {
		return user, nil
	}
	var others int64
	err = tx.Model(&userRow{}).Where("role = ? AND id <> ?", string(Admin), userID).Count(&others).Error
	if err == nil && others == 0 {
		err = ErrLastAdmin
	}
	return user, err
}
