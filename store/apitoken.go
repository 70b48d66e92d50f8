package store

import (
	"context"
	"strconv"
	"time"

	"gorm.io/gorm"
)

// TokenScope is what a token is good for.
type TokenScope string

// The scopes, each may do what the one before it may.
const (
	Read      TokenScope = "read"      // sees what a viewer sees
	Operate   TokenScope = "operate"   // drains and weighs, as an operator
	Configure TokenScope = "configure" // edits the candidate, as an editor
	Manage    TokenScope = "admin"     // applies, and manages users and settings
)

// scopeRoles is the role whose rights a scope gives.
var scopeRoles = map[TokenScope]Role{Read: Viewer, Operate: Operator, Configure: Editor, Manage: Admin}

// Role is the role whose rights the scope gives; "" of an unknown one.
func (s TokenScope) Role() Role { return scopeRoles[s] }

// tokenPrefix begins every token, so that one that was left in a file is found.
const tokenPrefix = "holdfast_"

// Token is the key of a program to the API. The token itself is told once and kept as a
// hash.
type Token struct {
	ID      int64
	Name    string // of one token; upper and lower case are the same
	Begin   string // how the token begins
	UserID  int64  // the account that made it, and with which it ends; 0: it was made on the host
	Author  string // who made it
	Scope   TokenScope
	Created time.Time
	Expires time.Time // zero: never
	Used    time.Time // last use, to the minute; zero: never
	From    string    // the address of the last use
}

type tokenRow struct {
	ID        int64 `gorm:"primaryKey;autoIncrement"`
	Name      string
	TokenHash []byte
	Begin     string
	UserID    int64
	Author    string
	Scope     string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	ExpiresAt int64
	UsedAt    int64
	UsedFrom  string
}

func (tokenRow) TableName() string { return "tokens" }

func (r tokenRow) token() Token {
	return Token{r.ID, r.Name, r.Begin, r.UserID, r.Author, TokenScope(r.Scope), instant(r.CreatedAt), instant(r.ExpiresAt), instant(r.UsedAt), r.UsedFrom}
}

// KeepTokens is how many tokens there may be.
const KeepTokens = 1000

// IssueToken makes a token of t's Name, UserID, Author, Scope and Expires, and gives it:
// nobody can read it later. ErrConflict: the name is taken. ErrTokens: there are too many.
func (s *Store) IssueToken(ctx context.Context, t Token) (secret string, made Token, err error) {
	random, _ := newToken()
	secret = tokenPrefix + random
	row := tokenRow{Name: t.Name, TokenHash: tokenHash(secret), Begin: secret[:len(tokenPrefix)+4], UserID: t.UserID, Author: t.Author, Scope: string(t.Scope), ExpiresAt: nanos(t.Expires)}
	err = s.change(ctx, s.config, "issue token", func(tx *gorm.DB, now time.Time) error {
		var n int64
		if err := tx.Model(&tokenRow{}).Count(&n).Error; err != nil {
			return err
		}
		if n >= KeepTokens {
			return ErrTokens
		}
		row.CreatedAt = nanos(now)
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return audit(tx, now, t.Author, "token-made", row.Name, "", string(t.Scope)+" "+row.Begin)
	})
	return secret, row.token(), err
}

// ListTokens gives all tokens by name, those that have expired included.
func (s *Store) ListTokens(ctx context.Context) ([]Token, error) {
	var rows []tokenRow
	if err := s.config.read.WithContext(ctx).Order("name").Find(&rows).Error; err != nil {
		return nil, wrap("list tokens", err)
	}
	tokens := make([]Token, 0, len(rows))
	for _, r := range rows {
		tokens = append(tokens, r.token())
	}
	return tokens, nil
}

// RevokeToken ends a token. ErrNotFound: there is none with this ID.
func (s *Store) RevokeToken(ctx context.Context, id int64, by string) error {
	return s.change(ctx, s.config, "revoke token", func(tx *gorm.DB, now time.Time) error {
		var row tokenRow
		if err := tx.Take(&row, id).Error; err != nil {
			return err
		}
		if err := tx.Delete(&row).Error; err != nil {
			return err
		}
		return audit(tx, now, by, "token-revoked", row.Name, row.Scope+" "+row.Begin, "")
	})
}

// TokenSession is the session of a request that bears a token, and notes its use: its
// user has the token's name behind "token:", and no more rights than the account that
// made it has now. ErrNotFound: the token is unknown, revoked or expired.
func (s *Store) TokenSession(ctx context.Context, secret, from string) (Session, error) {
	var row tokenRow
	now := s.now()
	err := s.config.read.WithContext(ctx).Where("token_hash = ? AND (expires_at = 0 OR expires_at > ?)", tokenHash(secret), nanos(now)).Take(&row).Error
	if err != nil {
		return Session{}, wrap("read token", err)
	}
	user := User{Name: "token:" + row.Name, Role: TokenScope(row.Scope).Role()}
	if row.UserID != 0 {
		owner, err := s.UserByID(ctx, row.UserID)
		if err != nil {
			return Session{}, err
		}
		if owner.Role.below(user.Role) {
			user.Role = owner.Role
		}
		user.Lang = owner.Lang
	}
	if s.config.trouble() == nil && (now.Sub(instant(row.UsedAt)) >= seenStep || row.UsedFrom != from) {
		err := s.change(ctx, s.config, "note use of token", func(tx *gorm.DB, now time.Time) error {
			return tx.Model(&tokenRow{}).Where("id = ?", row.ID).Updates(map[string]any{"used_at": nanos(now), "used_from": from}).Error
		})
		if err != nil && !unwritable(err) {
			return Session{}, err
		}
	}
	return Session{ID: -row.ID, Token: row.ID, User: user, Agent: "token " + strconv.FormatInt(row.ID, 10), Addr: from, CreatedAt: instant(row.CreatedAt), SeenAt: now, Ends: instant(row.ExpiresAt)}, nil
}

// TokenAlive says whether a token is still good, without counting that as its use.
func (s *Store) TokenAlive(ctx context.Context, id int64) bool {
	var n int64
	err := s.config.read.WithContext(ctx).Model(&tokenRow{}).Where("id = ? AND (expires_at = 0 OR expires_at > ?)", id, nanos(s.now())).Count(&n).Error
	return err == nil && n == 1
}
