package web_test

import (
	"net/http"
	"testing"

	"holdfast/engine/code"
	"holdfast/engine/control"
)

func TestARoleThatRunsAnotherTextIsTheFirstSentenceOfTheOverview(t *testing.T) {
	h := open(t)
	h.working()
	h.vrrp.set(func(f *fakeRole) {
		f.status.Held = []control.Blocked{{Code: code.FellBack, Args: map[string]string{"hash": "0123456789", "previous": "9876543210"}}}
	})
	b := h.admin()
	b.get("/").must(t, 200, `data-headline="problem-OFF-TEXT"`, "runs another configuration than it should", "died three times in a minute on configuration 98765432")
	b.lang = "zh-CN"
	b.get("/").must(t, 200, "没有运行应当运行的配置", "一分钟内死亡三次")
}

func TestWhatProgramsMayIsShown(t *testing.T) {
	h := open(t)
	h.working()
	h.vrrp.set(func(f *fakeRole) {
		f.status.Programs = &control.Programs{Users: []string{"keepalived_script", "root"}, Dirs: []string{"/etc/keepalived/scripts"}}
	})
	h.admin().get("/system/about").must(t, 200, "data-programs", "<code>root</code>", "<code>/etc/keepalived/scripts</code>", "--program-user")
}

func TestAProgramThatMayNotRunIsRefusedWithItsLine(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	h.vrrp.set(func(f *fakeRole) {
		f.refuse = &control.Problem{Code: control.Invalid, Args: map[string]string{"code": code.ProgramRefused, "reason": "user", "line": "7", "command": "/bin/x", "user": "root"}}
	})
	apply(t, b, propose(t, b, moreWeight), nil).must(t, http.StatusForbidden, `data-fault="program-user"`, "Line 7", "/bin/x", "holdfast import")
}
