package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"holdfast/migrations"
)

func TestATokenIsToldOnceAndKeptAsAHash(t *testing.T) {
	s, clock := open(t)
	ctx := t.Context()
	kim := must(s.CreateUser(ctx, "kim", "hash", Admin, "zh-CN"))(t)
	secret, made, err := s.IssueToken(ctx, Token{Name: "deploy", Scope: Configure, UserID: kim.ID, Author: "kim", Expires: clock.now().Add(time.Hour)})
	check(t, err)
	if !strings.HasPrefix(secret, made.Begin) || len(secret) < 40 || len(made.Begin) > 16 {
		t.Errorf("token %q begins %q", secret, made.Begin)
	}
	if _, _, err := s.IssueToken(ctx, Token{Name: "DEPLOY", Scope: Read}); !errors.Is(err, ErrConflict) {
		t.Errorf("a second token of the name: %v", err)
	}
	check(t, s.Checkpoint(ctx))
	for _, name := range []string{"config.db", "config.db-wal"} {
		if text, err := os.ReadFile(filepath.Join(s.dir, name)); err == nil && strings.Contains(string(text), secret[len(made.Begin):]) {
			t.Errorf("%s holds the token", name)
		}
	}
	in := must(s.TokenSession(ctx, secret, "192.0.2.7"))(t)
	if in.User.Name != "token:deploy" || in.User.Role != Editor || in.Token != made.ID || in.User.Lang != "zh-CN" {
		t.Errorf("%+v", in)
	}
	if used := must(s.ListTokens(ctx))(t)[0]; used.Used.IsZero() || used.From != "192.0.2.7" {
		t.Errorf("%+v", used)
	}
	if _, err := s.TokenSession(ctx, secret+"x", "192.0.2.7"); !errors.Is(err, ErrNotFound) {
		t.Errorf("another token: %v", err)
	}

	check(t, s.SetRole(ctx, must(s.CreateUser(ctx, "li", "hash", Viewer, ""))(t).ID, Admin, "kim"))
	check(t, s.SetRole(ctx, kim.ID, Viewer, "li"))
	if in := must(s.TokenSession(ctx, secret, "192.0.2.7"))(t); in.User.Role != Viewer {
		t.Errorf("the token of a viewer has the rights of %s", in.User.Role)
	}
	clock.pass(2 * time.Hour)
	if _, err := s.TokenSession(ctx, secret, "192.0.2.7"); !errors.Is(err, ErrNotFound) || s.TokenAlive(ctx, made.ID) {
		t.Errorf("after its end: %v", err)
	}

	forever, other, err := s.IssueToken(ctx, Token{Name: "host", Scope: Manage, Author: "root"})
	check(t, err)
	clock.pass(20 * 365 * 24 * time.Hour)
	if in := must(s.TokenSession(ctx, forever, ""))(t); in.User.Role != Admin {
		t.Errorf("%+v", in)
	}
	check(t, s.RevokeToken(ctx, other.ID, "li"))
	if _, err := s.TokenSession(ctx, forever, ""); !errors.Is(err, ErrNotFound) || s.TokenAlive(ctx, other.ID) {
		t.Errorf("after it was revoked: %v", err)
	}
	if err := s.RevokeToken(ctx, other.ID, "li"); !errors.Is(err, ErrNotFound) {
		t.Errorf("revoked twice: %v", err)
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	kim := must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
	li := must(s.CreateUser(ctx, "li", "hash", Operator, ""))(t)
	if err := s.SetRole(ctx, kim.ID, Editor, "kim"); !errors.Is(err, ErrLastAdmin) {
		t.Errorf("demoted: %v", err)
	}
	if err := s.RemoveUser(ctx, kim.ID, "kim"); !errors.Is(err, ErrLastAdmin) {
		t.Errorf("removed: %v", err)
	}
	check(t, s.SetRole(ctx, kim.ID, Admin, "kim"))
	check(t, s.SetRole(ctx, li.ID, Admin, "kim"))
	token := must(s.CreateSession(ctx, kim.ID, "", ""))(t)
	secret, _, err := s.IssueToken(ctx, Token{Name: "kims", Scope: Read, UserID: kim.ID, Author: "kim"})
	check(t, err)
	check(t, s.RemoveUser(ctx, kim.ID, "li"))
	if _, err := s.SessionByToken(ctx, token); !errors.Is(err, ErrNotFound) {
		t.Errorf("a session of nobody: %v", err)
	}
	if _, err := s.TokenSession(ctx, secret, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("a token of nobody: %v", err)
	}
}

func TestACodeOfTheSecondFactorIsTakenOnce(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	kim := must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
	check(t, s.BeginFactor(ctx, kim.ID, "SECRET"))
	if u := must(s.UserByID(ctx, kim.ID))(t); u.Factor != "" || u.FactorNext != "SECRET" {
		t.Errorf("before the first code: %q", u.Factor.Reveal())
	}
	if err := s.SetFactor(ctx, kim.ID, "OTHER", 7, nil); !errors.Is(err, ErrConflict) {
		t.Errorf("another secret: %v", err)
	}
	check(t, s.SetFactor(ctx, kim.ID, "SECRET", 7, []string{"one", "two"}))
	if err := s.SpendStep(ctx, kim.ID, 7); !errors.Is(err, ErrNotFound) {
		t.Errorf("the code of the step again: %v", err)
	}
	check(t, s.SpendStep(ctx, kim.ID, 8))
	if left, err := s.SpendRecovery(ctx, kim.ID, "one"); left != 1 || err != nil {
		t.Errorf("%d left, %v", left, err)
	}
	if _, err := s.SpendRecovery(ctx, kim.ID, "one"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a recovery code again: %v", err)
	}
	check(t, s.DropFactor(ctx, kim.ID, "kim"))
	if _, err := s.SpendRecovery(ctx, kim.ID, "two"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a recovery code of no factor: %v", err)
	}
}

func TestAccountsOfTheVersionBeforeTokensAreAsTheyWere(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "config.db")
	d := &database{path: path}
	db := must(d.pool(ctx, 1, map[string][]string{"_txlock": {"immediate"}}))(t)
	before := fstest.MapFS{}
	for _, e := range must(fs.ReadDir(migrations.Config(), "."))(t) {
		if e.Name() < "00008" {
			before[e.Name()] = &fstest.MapFile{Data: must(fs.ReadFile(migrations.Config(), e.Name()))(t)}
		}
	}
	check(t, migrate(ctx, db, path, before))
	for _, row := range []string{
		"INSERT INTO users (name, password_hash, role, lang, theme, created_at) VALUES ('kim', 'hash', 'admin', 'zh-CN', 'dark', 5)",
		"INSERT INTO sessions (token_hash, user_id, agent, addr, created_at, seen_at) VALUES (x'00', 1, 'a', 'b', 1, 1)",
	} {
		must(db.Exec(row))(t)
	}
	check(t, db.Close())
	s := must(Open(ctx, dir))(t)
	defer func() { check(t, s.Close()) }()
	kim := must(s.UserByName(ctx, "KIM"))(t)
	if kim.Role != Admin || kim.PasswordHash != "hash" || kim.Lang != "zh-CN" || kim.Factor != "" || kim.FactorNext != "" {
		t.Errorf("%+v", kim)
	}
	var sessions int
	check(t, s.config.pools[0].QueryRow("SELECT count(*) FROM sessions").Scan(&sessions))
	if tokens := must(s.ListTokens(ctx))(t); sessions != 1 || len(tokens) != 0 {
		t.Errorf("%d sessions, tokens %v", sessions, tokens)
	}
}
