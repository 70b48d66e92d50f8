package web_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/model"
	"holdfast/store"
	"holdfast/web"
)

// inMounts runs the test once more in a process with mounts of its own, and says
// whether this is that process.
func inMounts(t *testing.T) bool {
	t.Helper()
	const inside = "HOLDFAST_TEST_MOUNTS"
	if os.Getenv(inside) != "" {
		return true
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.parallel", "8", "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Fatalf("%v\n%s", err, out)
	}
	return false
}

// unwritable is a way in which a database cannot be written.
type unwritable struct {
	code, zh    string
	status      int
	begin, end  func(t *testing.T, dir string)
	beforeStart bool // it is so when the console starts
}

// fill leaves no room on the disk of dir.
func fill(t *testing.T, dir string) {
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for piece := make([]byte, 4096); err == nil; {
		_, err = f.Write(piece)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func empty(t *testing.T, dir string) {
	if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
		t.Fatal(err)
	}
}

// remount makes dir read-only, or lets it be written again.
func remount(flags uintptr) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_BIND|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
}

// locked gives a way to lock the databases in a directory from another connection,
// and to let them go.
func locked() unwritable {
	var held []*sql.DB
	begin := func(t *testing.T, dir string) {
		for _, name := range []string{"config.db", "journal.db"} {
			db, err := sql.Open("sqlite3", filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			db.SetMaxOpenConns(1)
			if _, err := db.Exec("BEGIN IMMEDIATE"); err != nil {
				t.Fatal(err)
			}
			held = append(held, db)
		}
	}
	end := func(t *testing.T, _ string) {
		for _, db := range held {
			if _, err := db.Exec("ROLLBACK"); err != nil {
				t.Fatal(err)
			}
			db.Close()
		}
	}
	return unwritable{code: "store-busy", zh: "被其他进程占用", status: http.StatusServiceUnavailable, begin: begin, end: end}
}

// onSmallDisk is a directory with a disk of its own on which a revision waits for its
// confirmation.
func onSmallDisk(t *testing.T) string {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	ctx := context.Background()
	s, err := store.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.CreateUser(ctx, "kim", passwordHash, store.Admin, "")
	var rev store.Revision
	if err == nil {
		rev, err = s.Commit(ctx, []byte(moreWeight), "", "kim", "")
	}
	if err = errors.Join(err, s.MarkApplied(ctx, rev.Number, store.Applied, ""), s.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestARightPasswordOpensTheConsoleWhileNothingCanBeStored(t *testing.T) {
	t.Parallel()
	if !inMounts(t) {
		return
	}
	full := unwritable{code: "store-full", zh: "磁盘已满", status: http.StatusInsufficientStorage, begin: fill, end: empty}
	fullAtStart := full
	fullAtStart.beforeStart = true
	for name, way := range map[string]unwritable{
		"full": full, "full at the start": fullAtStart, "locked": locked(),
		"read-only": {code: "store-read-only", zh: "只读", status: http.StatusServiceUnavailable, begin: remount(unix.MS_RDONLY), end: remount(0), beforeStart: true},
	} {
		for _, act := range []string{"confirm", "revert"} {
			if act == "revert" && name != "full" {
				continue
			}
			t.Run(name+" "+act, func(t *testing.T) {
				t.Parallel()
				whileUnwritten(t, way, act)
			})
		}
	}
}

// whileUnwritten walks through what has to work while nothing can be stored, and
// looks for it when it can be again.
func whileUnwritten(t *testing.T, way unwritable, act string) {
	dir := onSmallDisk(t)
	if way.beforeStart {
		way.begin(t, dir)
	}
	h := openIn(t, dir, func(o *web.Options) { o.HadAccounts = func() bool { return true } })
	h.unwell = true
	h.working()
	for _, r := range []*fakeRole{h.vrrp, h.lvs} {
		r.set(func(f *fakeRole) { f.before, f.text, f.until = f.text, moreWeight, time.Now().Add(time.Hour) })
	}
	if !way.beforeStart {
		way.begin(t, dir)
	}
	b := h.browser()
	b.post("/login", url.Values{"name": {"kim"}, "password": {password}}).must(t, 200, `data-unwritten="`+way.code+`"`, "Nothing can be stored")
	for _, path := range []string{"/", "/vips", "/services", "/events", "/changes", "/changes/revisions/1", "/import", "/system/sessions", "/system/mail", "/system/audit", "/system/about"} {
		if got := b.get(path).must(t, 200, `data-unwritten="`+way.code+`"`); got.path != path {
			t.Errorf("%s led to %s", path, got.path)
		}
	}
	b.lang = "zh-CN"
	b.get("/").must(t, 200, "无法保存任何内容", way.zh)
	b.lang = "en"
	hash := model.Hash([]byte(moreWeight))
	outcome := map[string]string{"confirm": "kept", "revert": "reverted"}[act]
	b.post("/changes/"+act, url.Values{"hash": {hash}}).must(t, 200, `data-revision="1" data-outcome="`+outcome+`"`)
	if way.code != "store-busy" { // which waits for the lock, as any writer does
		b.call(http.MethodPut, "/candidate", map[string]any{"text": seed, "version": 0}, nil).must(t, way.status, `"code":"`+way.code+`"`)
	}
	guesser := h.browser()
	for i := range 5 {
		want := http.StatusUnauthorized
		if i == 4 {
			want = http.StatusTooManyRequests
		}
		guesser.post("/login", url.Values{"name": {"eve"}, "password": {"a wrong one"}}).must(t, want)
	}
	leaves := h.browser()
	leaves.call(http.MethodPost, "/session", map[string]string{"name": "kim", "password": password}, nil).must(t, 204)
	leaves.call(http.MethodDelete, "/session", nil, nil).must(t, 204)
	leaves.call(http.MethodGet, "/session", nil, nil).must(t, 401)
	if page, err := h.store.AuditPage(t.Context(), 0, 100); err != nil || len(page) > 0 {
		t.Errorf("the audit has %v, %v: nothing was to be stored", page, err)
	}

	way.end(t, dir)
	h.await("the database", func() bool { return h.store.Unwritten() == nil })
	if got := b.get("/").must(t, 200); got.path != "/" || strings.Contains(got.body, "data-unwritten") {
		t.Errorf("%s still says that nothing can be stored", got.path)
	}
	b.call(http.MethodPut, "/candidate", map[string]any{"text": seed, "version": 0}, nil).must(t, 200)
	page, err := h.store.AuditPage(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, a := range slices.Backward(page) {
		acts = append(acts, a.User+" "+a.Action)
	}
	want := "[kim login kim revision-" + outcome + " eve login-refused eve login-refused eve login-refused eve login-refused eve login-refused kim login kim logout kim candidate-saved]"
	if fmt.Sprint(acts) != want {
		t.Errorf("the audit has\n%v, want\n%s", acts, want)
	}
	// All of it is in the file: another process finds it.
	other, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if list, err := other.Applications(t.Context(), 1); err != nil || len(list) != 1 || string(list[0].Outcome) != outcome {
		t.Errorf("the history has %+v, %v", list, err)
	}
	kim, err := other.UserByName(t.Context(), "kim")
	if err != nil {
		t.Fatal(err)
	}
	if list, err := other.ListSessions(t.Context(), kim.ID); err != nil || len(list) != 1 {
		t.Errorf("the sessions are %+v, %v", list, err)
	}
	_, next, err := other.BeginLogin(t.Context(), []store.LoginKey{{Name: "user:eve localhost", Most: time.Hour}})
	if err != nil || next != 2*time.Second {
		t.Errorf("one more failure of eve makes one wait %v, %v", next, err)
	}
}
