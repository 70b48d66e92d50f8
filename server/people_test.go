package main

import (
	"path/filepath"
	"strings"
	"testing"

	"holdfast/store"
	"holdfast/web/auth"
)

func TestRootOnTheHostManagesAccountsAndTokens(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s, err := store.Open(t.Context(), filepath.Join(data, "web"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run := func(code int, args ...string) (out, problems string) {
		return asked(t, code, append(args, "--data", data)...)
	}

	out, _ := run(0, "user", "add", "kim", "--role", "admin", "--at", "https://lb1.example/")
	if !strings.Contains(out, "https://lb1.example/setup?token=") {
		t.Errorf("add: %q", out)
	}
	a, from := auth.New(s), auth.Client{Addr: "127.0.0.1"}
	if _, err := a.SetUp(t.Context(), tokenIn(t, out), "", "a long phrase of kim", "", from); err != nil {
		t.Errorf("the link of a new account: %v", err)
	}
	run(0, "user", "add", "li")
	for words, args := range map[string][]string{
		"There is an account LI already": {"add", "LI"}, "a role is viewer": {"add", "wu", "--role", "root"}, "There is no account nobody": {"remove", "nobody"},
		"a role is ": {"role", "li", "root"}, "the last administrator": {"role", "kim", "viewer"},
	} {
		if _, problems := run(exitFailed, append([]string{"user"}, args...)...); !strings.Contains(problems, words) {
			t.Errorf("%v: %q", args, problems)
		}
	}
	run(0, "user", "role", "li", "operator")
	run(0, "user", "factor-off", "li")
	if out, _ := run(0, "user", "list"); !strings.Contains(out, "li    operator  no") && !strings.Contains(out, "operator") {
		t.Errorf("list: %q", out)
	}

	out, problems := run(0, "token", "make", "ansible", "--scope", "admin", "--days", "1")
	secret := strings.TrimSpace(out)
	if in, err := s.TokenSession(t.Context(), secret, "192.0.2.7"); err != nil || in.User.Role != store.Admin || !strings.Contains(problems, "not shown again") {
		t.Errorf("make: %q, %q, %v", out, problems, err)
	}
	if out, _ := run(0, "token", "list", "--json"); strings.Contains(out, secret) || !strings.Contains(out, `"from": "192.0.2.7"`) {
		t.Errorf("list: %q", out)
	}
	if _, problems := run(exitFailed, "token", "make", "other", "--scope", "root"); !strings.Contains(problems, "a scope is read") {
		t.Errorf("%q", problems)
	}
	run(0, "token", "revoke", "ANSIBLE")
	if _, err := s.TokenSession(t.Context(), secret, ""); err == nil {
		t.Error("a revoked token is good")
	}
	run(exitFailed, "token", "revoke", "ansible")
	run(0, "user", "remove", "li")
	if users, err := s.ListUsers(t.Context()); err != nil || len(users) != 1 {
		t.Errorf("%v, %v", users, err)
	}
	acts, err := s.AuditPage(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range acts {
		if strings.Contains(act.Before+act.After+act.Object, secret) || act.User == "" {
			t.Errorf("the audit: %+v", act)
		}
	}
}
