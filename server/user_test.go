package main

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"holdfast/store"
	"holdfast/web/auth"
)

var link = regexp.MustCompile(`https?://\S+/setup\?token=\S+`)

// tokenIn is the token of the setup link in what a command printed.
func tokenIn(t *testing.T, out string) string {
	t.Helper()
	u, err := url.Parse(link.FindString(out))
	if err != nil || u.Query().Get("token") == "" {
		t.Fatalf("no link in %q", out)
	}
	return u.Query().Get("token")
}

func TestWhoHasTheHostGetsInWithoutThePassword(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if code, _, problems := try("en", "user", "reset", "--data", dir); code != exitFailed || !strings.Contains(problems, "no database") {
		t.Errorf("without a database: %d, %q", code, problems)
	}
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a := auth.New(s)
	reset := func(lang string, args ...string) string {
		t.Helper()
		code, out, problems := try(lang, append([]string{"user", "reset", "--data", dir}, args...)...)
		if code != 0 {
			t.Fatalf("%v: %d, %q", args, code, problems)
		}
		return out
	}
	first := reset("en", "--at", "https://lb1.example/")
	if !strings.Contains(first, "Nobody has an account yet") || !strings.Contains(first, "https://lb1.example/setup?token=") {
		t.Errorf("for the first account: %q", first)
	}
	from := auth.Client{Addr: "127.0.0.1"}
	if _, err := a.SetUp(t.Context(), tokenIn(t, first), "kim", "a long enough phrase", "", from); err != nil {
		t.Fatal(err)
	}

	for range 30 { // somebody has closed the door
		if _, _, err := s.BeginLogin(context.Background(), []store.LoginKey{{Name: "user:kim"}, {Name: "user:kim localhost"}}); err != nil {
			t.Fatal(err)
		}
	}
	again := reset("zh-CN")
	if !strings.Contains(again, "kim") || !strings.Contains(again, "新密码") {
		t.Errorf("for the only account: %q", again)
	}
	if _, err := a.LogIn(t.Context(), "kim", "a long enough phrase", from); err != nil {
		t.Errorf("the old password, before the link is used: %v", err)
	}
	entry, err := a.SetUp(t.Context(), tokenIn(t, again), "eve", "another long phrase", "", from)
	if err != nil {
		t.Fatal(err)
	}
	if in, err := s.SessionByToken(t.Context(), entry.Token); err != nil || in.User.Name != "kim" {
		t.Errorf("the link leads to %q, %v", in.User.Name, err)
	}
	if _, err := a.LogIn(t.Context(), "kim", "a long enough phrase", from); err == nil {
		t.Error("the old password still works")
	}
	if _, err := a.SetUp(t.Context(), tokenIn(t, again), "", "a third long phrase", "", from); err == nil {
		t.Error("the link works twice")
	}

	if _, err := s.CreateUser(t.Context(), "lee", "-", store.Viewer, ""); err != nil {
		t.Fatal(err)
	}
	if code, _, problems := try("en", "user", "reset", "--data", dir); code != exitFailed || !strings.Contains(problems, "kim, lee") {
		t.Errorf("of several: %d, %q", code, problems)
	}
	if code, _, problems := try("en", "user", "reset", "eve", "--data", dir); code != exitFailed || !strings.Contains(problems, "no account eve") {
		t.Errorf("of none: %d, %q", code, problems)
	}
	if out := reset("en", "LEE"); !strings.Contains(out, "lee") {
		t.Errorf("of lee: %q", out)
	}
}
