package unit

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	manager = "/lib/systemd/systemd"
	link    = "unit0"
	virtual = "198.51.100.50"
	marks   = "/var/lib/unit" // where the script of the text leaves its mark
)

// text has a script that runs as another user: only the spawn process may change to it.
const text = `vrrp_script mark {
    script "/usr/bin/touch ` + marks + `/mark"
    interval 1
    user nobody
}
vrrp_instance VI_1 {
    interface ` + link + `
    virtual_router_id 51
    priority 255
    track_script {
        mark
    }
    virtual_ipaddress {
        ` + virtual + `/24
    }
}
`

// ground is what systemd is to reach: nothing of the machine's.
const ground = "[Unit]\nDescription=Nothing\nDefaultDependencies=no\n"

// begin has systemd a root that it may do with what it likes, and makes it the first
// process of it.
const begin = `mount --make-rprivate / && mount -t tmpfs tmp /tmp && mount -t tmpfs run /run || exit 1
mkdir -p /run/lock
exec env container=guest "$0" --system --unit=ground.target --log-target=null --show-status=no`

func TestGuestTheUnitStartsServesAndStopsUnderSystemd(t *testing.T) {
	if _, err := os.Stat(manager); err != nil {
		t.Log("systemd is not installed here: nothing to say about the unit")
		return
	}
	onlyInAGuest(t)
	prepare(t)
	s := boot(t)

	s.run("systemctl", "start", "holdfast")
	until(t, "the address", func() bool { return held(t) })
	var owner uint32
	until(t, "the mark of the script", func() bool {
		info, err := os.Stat(filepath.Join(marks, "mark"))
		if err == nil {
			owner = info.Sys().(*syscall.Stat_t).Uid
		}
		return err == nil
	})
	if nobody := s.run("id", "-u", "nobody"); strconv.Itoa(int(owner)) != nobody {
		t.Errorf("the script ran as %d, not as nobody (%s)", owner, nobody)
	}
	if state := s.run("systemctl", "is-active", "holdfast"); state != "active" {
		t.Error(state)
	}
	until(t, "a status", func() bool { return strings.Contains(s.run("holdfast", "status"), "MASTER") })
	// CAP_SETUID, CAP_SETGID and CAP_KILL are bits 5 to 7.
	const others = 7 << 5
	for role, c := range map[string]struct {
		spawns     bool
		privileges string
	}{"holdfast vrrp": {false, "1"}, "holdfast lvs": {false, "1"}, "holdfast spawn": {true, "0"}} {
		for _, pid := range strings.Fields(s.run("pgrep", "-f", "^"+role)) {
			caps, none := s.status(pid, "CapEff"), s.status(pid, "NoNewPrivs")
			bits, err := strconv.ParseUint(caps, 16, 64)
			if err != nil || bits&others == others != c.spawns || none != c.privileges {
				t.Errorf("%s: CapEff %s, NoNewPrivs %s, %v", role, caps, none, err)
			}
		}
	}
	// An exporter signals the unit's process, and then reads in /tmp.
	s.run("systemctl", "kill", "--kill-who=main", "--signal=USR1", "holdfast")
	until(t, "keepalived.data", func() bool { return strings.Contains(s.try("cat", "/tmp/keepalived.data"), "VI_1") })

	s.run("systemctl", "kill", "--kill-who=main", "--signal=KILL", "holdfast")
	until(t, "a second start", func() bool {
		return s.run("systemctl", "show", "--property=NRestarts", "--value", "holdfast") == "1" && s.try("systemctl", "is-active", "holdfast") == "active"
	})
	until(t, "the address again", func() bool { return held(t) && strings.Contains(s.try("holdfast", "status"), "MASTER") })

	s.run("systemctl", "stop", "holdfast")
	if result := s.run("systemctl", "show", "--property=ActiveState,Result", "--value", "holdfast"); result != "inactive\nsuccess" && result != "success\ninactive" {
		t.Errorf("after the stop: %q", result)
	}
	if left := s.try("pgrep", "-fa", "^(/usr/sbin/)?holdfast "); held(t) || left != "" {
		t.Errorf("after the stop: held %v, %s", held(t), left)
	}
}

// onlyInAGuest keeps the machine's own files and processes safe.
func onlyInAGuest(t *testing.T) {
	t.Helper()
	cpu, err := os.ReadFile("/proc/cpuinfo")
	if err != nil || !strings.Contains(string(cpu), "User Mode Linux") {
		t.Fatalf("this is no guest, and systemd is started in one alone (%v)", err)
	}
}

// prepare puts the program, the unit and an applied text where a package has them. All
// of it goes with the guest.
func prepare(t *testing.T) {
	t.Helper()
	binary := os.Getenv("HOLDFAST_BINARY")
	if binary == "" {
		binary = "../../bin/holdfast"
	}
	for to, from := range map[string]string{"/usr/sbin/holdfast": binary, "/etc/systemd/system/holdfast.service": "../../deploy/holdfast.service",
		"/usr/lib/sysusers.d/holdfast.conf": "../../deploy/holdfast.sysusers"} {
		do(t, "install", "-D", "-m", "755", from, to)
	}
	do(t, "systemd-sysusers", "/usr/lib/sysusers.d/holdfast.conf")
	do(t, "ip", "link", "add", link, "type", "dummy")
	do(t, "ip", "link", "set", link, "up")
	do(t, "ip", "address", "add", "198.51.100.1/24", "dev", link)
	do(t, "install", "-d", "-m", "777", marks)
	do(t, "install", "-d", "/var/lib/holdfast/state")
	for file, content := range map[string]string{"/etc/systemd/system/ground.target": ground, "/var/lib/holdfast/state/vrrp.conf": text, "/var/lib/holdfast/state/lvs.conf": text} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// system is a running systemd with what it has started.
type system struct {
	t   *testing.T
	pid int
}

// boot starts systemd as the first process of namespaces of its own.
func boot(t *testing.T) *system {
	t.Helper()
	cmd := exec.Command("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", begin, manager)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		cmd.Wait()
	})
	s := &system{t: t}
	until(t, "systemd", func() bool {
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", cmd.Process.Pid))
		if err != nil {
			return false
		}
		s.pid, err = strconv.Atoi(strings.TrimSpace(string(children)))
		return err == nil && s.try("systemctl", "is-active", "ground.target") == "active"
	})
	return s
}

// try runs a command where systemd runs, whatever becomes of it.
func (s *system) try(argv ...string) string {
	out, _ := s.inside(argv) // what is asked may not be so yet
	return out
}

// run runs a command that has to succeed.
func (s *system) run(argv ...string) string {
	s.t.Helper()
	out, err := s.inside(argv)
	if err != nil {
		s.t.Fatalf("%v: %v\n%s", argv, err, out)
	}
	return out
}

func (s *system) inside(argv []string) (string, error) {
	cmd := exec.Command("nsenter", append([]string{"--target", strconv.Itoa(s.pid), "--mount", "--pid", "--wd=/"}, argv...)...)
	cmd.Env = append(os.Environ(), "SYSTEMD_COLORS=0", "SYSTEMD_PAGER=cat", "LANG=C")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// status is a line of /proc/PID/status.
func (s *system) status(pid, line string) string {
	for l := range strings.Lines(s.run("cat", "/proc/"+pid+"/status")) {
		if value, ok := strings.CutPrefix(l, line+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func held(t *testing.T) bool {
	t.Helper()
	return strings.Contains(do(t, "ip", "-o", "address", "show", "dev", link), " "+virtual+"/")
}

func do(t *testing.T, argv ...string) string {
	t.Helper()
	out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", argv, err, out)
	}
	return string(out)
}

// until waits for a fact. To start a program costs a guest most of a second, on a busy
// machine far more.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); !is(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within three minutes", what)
		}
	}
}
