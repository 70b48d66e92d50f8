package ansible

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"holdfast/test/lab"
)

// patience is for what a busy machine makes late.
const patience = time.Minute

// serving is Holdfast with a console that the nodes of the lab reach.
func serving(at netip.Addr) lab.Program {
	return lab.Program{Name: "holdfast", Argv: func(node, _, run string) []string {
		return []string{lab.Binary(), "serve", "--node", node, "--listen", at.String() + ":8080", "--insecure",
			"--data", run + "/data", "--state-dir", run + "/state", "--run-dir", run}
	}}
}

// pair is two directors that run and have no configuration, and the host of an operator.
type pair struct {
	*testing.T
	lab    *lab.Lab
	nodes  map[string]*lab.Node // by the name in the inventory
	tokens map[string]string
	c      *lab.Node
}

func build(t *testing.T) *pair {
	l := lab.New(t, lab.Options{Net: netip.MustParsePrefix("172.16.1.0/24")})
	p := &pair{T: t, lab: l, c: l.Node("c"), tokens: map[string]string{}, nodes: map[string]*lab.Node{"lb1": l.Node("d1"), "lb2": l.Node("d2")}}
	for _, r := range []string{"r1", "r2"} {
		l.Node(r).Web(":80", "from "+r)
	}
	for name, host := range map[string]byte{"lb1": 31, "lb2": 32} {
		d := p.nodes[name].Direct(serving(l.Addr(host)), "")
		var out []byte
		p.soon("the database of "+name+" is there", func() (err error) {
			out, err = exec.Command(lab.Binary(), "token", "make", "ansible", "--scope", "admin", "--data", d.Run+"/data").Output()
			return err
		})
		p.tokens[name] = strings.TrimSpace(string(out))
		p.soon("the console of "+name+" answers", func() error {
			conn, err := p.c.Dial(t.Context(), "tcp", l.Addr(host).String()+":8080")
			if err != nil {
				return err
			}
			return conn.Close()
		})
	}
	return p
}

// soon waits until f says no error.
func (p *pair) soon(what string, f func() error) {
	p.Helper()
	end := time.Now().Add(patience)
	for err := f(); err != nil; err = f() {
		if time.Now().After(end) {
			p.Fatalf("not within %s: %s: %v", patience, what, err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// play runs the playbook from the host of the operator, and gives what it printed.
func (p *pair) play(more ...string) string {
	p.Helper()
	argv := append([]string{"env", "ANSIBLE_NOCOLOR=1", "ANSIBLE_LOCALHOST_WARNING=0", "HOME=" + p.lab.Dir, "ANSIBLE_LOCAL_TEMP=" + p.lab.Dir + "/ansible", "LC_ALL=C.UTF-8",
		"LB1_TOKEN=" + p.tokens["lb1"], "LB2_TOKEN=" + p.tokens["lb2"],
		"ansible-playbook", "-i", lab.Root() + "/deploy/ansible/inventory.yml", "-i", p.where(), lab.Root() + "/deploy/ansible/pair.yml"}, more...)
	return p.c.Run(argv...)
}

// where is a second inventory that says where the directors are here.
func (p *pair) where() string {
	p.Helper()
	file := p.lab.Dir + "/here.yml"
	text := "directors:\n  hosts:\n"
	for name, host := range map[string]byte{"lb1": 31, "lb2": 32} {
		text += fmt.Sprintf("    %s:\n      holdfast_url: http://%s:8080\n      ansible_remote_tmp: %s/remote\n", name, p.lab.Addr(host), p.lab.Dir)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	return file
}

var recap = regexp.MustCompile(`(?m)^(lb\d) .*changed=(\d+) .*unreachable=(\d+) .*failed=(\d+)`)

// changed is how many tasks changed something on each director; nothing may have failed.
func (p *pair) changed(out string) map[string]string {
	p.Helper()
	got := map[string]string{}
	for _, m := range recap.FindAllStringSubmatch(out, -1) {
		got[m[1]] = m[2]
		if m[3] != "0" || m[4] != "0" {
			p.Fatalf("%s failed:\n%s", m[1], out)
		}
	}
	if len(got) != 2 {
		p.Fatalf("no recap:\n%s", out)
	}
	return got
}

func TestThePlaybookSetsThePairUpOnce(t *testing.T) {
	p := build(t)
	virtual := p.lab.Addr(100)
	none := func() {
		t.Helper()
		for name, n := range p.nodes {
			if n.Holds(virtual) {
				t.Errorf("%s holds the address", name)
			}
		}
	}
	if got := p.changed(p.play("--check")); got["lb1"] != "1" || got["lb2"] != "1" {
		t.Errorf("--check says that it would change %v", got)
	}
	none()

	wire := p.lab.Capture()
	began := time.Now()
	if got := p.changed(p.play()); got["lb1"] == "0" || got["lb2"] == "0" {
		t.Errorf("the first run changed %v", got)
	}
	wire.Expect("lb1 is the master", began, patience, lab.From(p.lab.Addr(31), 100))
	p.soon("lb1 alone holds the address", func() error {
		if !p.nodes["lb1"].Holds(virtual) || p.nodes["lb2"].Holds(virtual) {
			return fmt.Errorf("lb1 %v, lb2 %v", p.nodes["lb1"].Addresses(), p.nodes["lb2"].Addresses())
		}
		return nil
	})

	for _, more := range [][]string{nil, {"--check"}} {
		began := time.Now()
		if got := p.changed(p.play(more...)); got["lb1"] != "0" || got["lb2"] != "0" {
			t.Errorf("run again with %v: changed %v", more, got)
		}
		last := began
		for _, a := range wire.Adverts(p.lab.Addr(31), began) {
			if late := a.At.Sub(last); late > 2*time.Second {
				t.Errorf("%s between two adverts of the master", late)
			}
			last = a.At
		}
		if last == began {
			t.Error("the master is silent")
		}
		if back := wire.Adverts(p.lab.Addr(32), began); len(back) > 0 {
			t.Errorf("the backup speaks: %v", back)
		}
	}
}
