package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/policy"
)

// consoleUser is the number that the console runs as where there is no account.
const consoleUser = 65530

// TestHelperApplies is run by the tests below as another user: it applies texts, and
// asks the role to end for an empty one.
func TestHelperApplies(t *testing.T) {
	path := os.Getenv("ENGINE_TEST_SOCKET")
	if path == "" {
		return
	}
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		t.Fatal(err)
	}
	var said []control.Problem
	for _, text := range texts {
		var p control.Problem
		_, err := control.Dial(path).Apply(context.Background(), control.ApplyRequest{Text: text})
		if text == "" {
			err = control.Dial(path).Stop(context.Background(), string(control.Release))
		}
		if answer := (*control.Problem)(nil); errors.As(err, &answer) {
			p = *answer
		} else if err != nil {
			t.Fatal(err)
		}
		said = append(said, p)
	}
	b, err := json.Marshal(said)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("ANSWERS%s\n", b)
}

// asConsole applies each text as the console's user and gives the answers; the zero
// Problem is a success.
func asConsole(t *testing.T, s stage, texts ...string) (said []control.Problem) {
	t.Helper()
	program := filepath.Join(s.dir, "helper")
	if _, err := os.Stat(program); err != nil {
		self, err := os.ReadFile(os.Args[0])
		if err == nil {
			err = errors.Join(os.WriteFile(program, self, 0o755), os.Chmod(s.dir, 0o711))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^TestHelperApplies$")
	cmd.Env = append(os.Environ(), "ENGINE_TEST_SOCKET="+filepath.Join(s.dir, "vrrp.sock"))
	cmd.Dir, cmd.Stdin = "/", bytes.NewReader(in)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: consoleUser, Gid: consoleUser}}
	out, err := cmd.CombinedOutput()
	_, answers, found := strings.Cut(string(out), "ANSWERS")
	if err != nil || !found || json.NewDecoder(strings.NewReader(answers)).Decode(&said) != nil || len(said) != len(texts) {
		t.Fatalf("%v\n%s", err, out)
	}
	return said
}

// policed starts a role with a policy, and lets the console in.
func policed(t *testing.T, p policy.Policy) (stage, run) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("programs run as another user only where the role is root")
	}
	s := newStage(t)
	return s, s.start(func(o *Options) {
		o.Programs, o.Allow, o.Group = p, []uint32{consoleUser}, consoleUser
	})
}

// commanded are texts with one command each, behind every word that has one. %s is
// the command with its user behind it, where the word takes one there.
var commanded = map[string]string{
	"script":                     "vrrp_script s {\n%s\n}\n",
	"misc_path":                  "virtual_server 192.0.2.1 80 {\nprotocol TCP\nreal_server 192.0.2.2 80 {\nMISC_CHECK {\n%s\n}\n}\n}\n",
	"notify_master":              "vrrp_instance A {\ninterface lo\nvirtual_router_id 1\n%s\n}\n",
	"notify_backup":              "vrrp_instance A {\ninterface lo\nvirtual_router_id 1\n%s\n}\n",
	"notify_fault":               "vrrp_instance A {\ninterface lo\nvirtual_router_id 1\n%s\n}\n",
	"notify_stop":                "vrrp_instance A {\ninterface lo\nvirtual_router_id 1\n%s\n}\n",
	"notify":                     "vrrp_instance A {\ninterface lo\nvirtual_router_id 1\n%s\n}\n",
	"notify_master_rx_lower_pri": "vrrp_instance A {\ninterface lo\nvirtual_router_id 1\n%s\n}\n",
	"notify_deleted":             "vrrp_instance A {\ninterface lo\nvirtual_router_id 1\n%s\n}\n",
	"quorum_up":                  "virtual_server 192.0.2.1 80 {\nprotocol TCP\n%s\nreal_server 192.0.2.2 80 {\nTCP_CHECK {\n}\n}\n}\n",
	"quorum_down":                "virtual_server 192.0.2.1 80 {\nprotocol TCP\n%s\nreal_server 192.0.2.2 80 {\nTCP_CHECK {\n}\n}\n}\n",
	"notify_up":                  "virtual_server 192.0.2.1 80 {\nprotocol TCP\nreal_server 192.0.2.2 80 {\n%s\nTCP_CHECK {\n}\n}\n}\n",
	"notify_down":                "virtual_server 192.0.2.1 80 {\nprotocol TCP\nreal_server 192.0.2.2 80 {\n%s\nTCP_CHECK {\n}\n}\n}\n",
}

// groupInstance stands before a group.
const groupInstance = "vrrp_instance A {\ninterface lo\nvirtual_router_id 1\n}\n"

func init() {
	for _, fifo := range []string{"notify_fifo", "vrrp_notify_fifo", "lvs_notify_fifo"} {
		commanded[fifo+"_script"] = "global_defs {\n" + fifo + " /run/fifo\n%s\n}\n"
	}
	for _, word := range []string{"startup_script", "shutdown_script"} {
		commanded[word] = "global_defs {\n%s\n}\n"
	}
	for _, word := range []string{"notify_master", "notify_backup", "notify_fault", "notify_stop", "notify"} {
		commanded["group "+word] = groupInstance + "vrrp_sync_group G {\ngroup {\nA\n}\n%s\n}\n"
	}
}

// withCommand is the text of one word with a command and a user, "" being none.
func withCommand(name, command, user string) string {
	word := name[strings.LastIndexByte(name, ' ')+1:]
	line := word + " " + strconv.Quote(command)
	switch {
	case user == "":
	case word == "script" || word == "misc_path":
		line += "\nuser " + user
	default:
		line += " " + user
	}
	return fmt.Sprintf(commanded[name], line)
}

// lineOf is the line of a text on which the command stands.
func lineOf(text, command string) string {
	before, _, _ := strings.Cut(text, strconv.Quote(command))
	return strconv.Itoa(strings.Count(before, "\n") + 1)
}

func TestEveryWordWithACommandIsWalked(t *testing.T) {
	var words func(typ reflect.Type, above string) []string
	words = func(typ reflect.Type, above string) (all []string) {
		switch typ.Kind() {
		case reflect.Slice, reflect.Pointer:
			return words(typ.Elem(), above)
		case reflect.Struct:
			if strings.Count(above, ".") > 8 {
				return nil // a type inside itself
			}
			for i := range typ.NumField() {
				f := typ.Field(i)
				at := above + "." + f.Name
				if f.Type == reflect.TypeFor[model.Command]() {
					all = append(all, at)
				} else {
					all = append(all, words(f.Type, at)...)
				}
			}
		}
		return all
	}
	found := words(reflect.TypeFor[model.Config](), "")
	if len(found) != len(commanded) {
		t.Errorf("%d texts for %d words: %v", len(commanded), len(found), found)
	}
	for name := range commanded {
		cfg, findings := model.Parse("a.conf", []byte(withCommand(name, "/bin/true", "root")), model.Facts{})
		if runs := model.Runs(model.Resolve(cfg)); model.Failed(findings) || len(runs) != 1 || runs[0].As.Name != "root" {
			t.Error(name, runs, findings)
		}
	}
}

func TestTheConsoleHasNothingNewRunAsRoot(t *testing.T) {
	s, r := policed(t, policy.Policy{})
	loose := filepath.Join(s.dir, "loose")
	if err := errors.Join(os.Mkdir(loose, 0o777), os.Chmod(loose, 0o777), os.WriteFile(filepath.Join(loose, "x"), []byte("#!/bin/sh\n"), 0o755)); err != nil {
		t.Fatal(err)
	}
	type row struct{ name, text, command string }
	var rows []row
	for name := range commanded {
		for how, v := range map[string]struct{ global, command, user string }{
			"named root":             {"", "/bin/true", "root"},
			"by number":              {"", "/bin/true", "0"},
			"group root":             {"", "/bin/true", "nobody root"},
			"no user":                {"", "/bin/true", ""},
			"script_user root":       {"global_defs {\nscript_user root\n}\n", "/bin/true", ""},
			"security, named root":   {"global_defs {\nenable_script_security\n}\n", "/bin/true", "root"},
			"shell line":             {"", "/bin/true && /bin/true", "root"},
			"in a loose folder":      {"", filepath.Join(loose, "x"), "root"},
			"an account not allowed": {"", "/bin/true", "daemon"},
		} {
			rows = append(rows, row{name + ", " + how, v.global + withCommand(name, v.command, v.user), v.command})
		}
	}
	var texts []string
	for _, row := range rows {
		texts = append(texts, row.text)
	}
	for i, p := range asConsole(t, s, texts...) {
		if p.Args["code"] != code.ProgramRefused || p.Args["line"] != lineOf(rows[i].text, rows[i].command) {
			t.Errorf("%s: %+v\n%s", rows[i].name, p, rows[i].text)
		}
	}
	for _, row := range rows[:20] { // root may
		r.apply(t, row.text, 0)
	}
}

func TestWhatRootBroughtOrAllowsMayRun(t *testing.T) {
	root := withCommand("notify", "/bin/true", "root")
	watched := "global_defs {\nenable_script_security\n}\n"
	s, r := policed(t, policy.Policy{Users: []string{"nobody"}})
	stateDir := filepath.Join(s.dir, "state")
	cfg, _ := model.Parse("a.conf", []byte(withCommand("notify_up", "/bin/false", "root")), model.Facts{})
	if err := (policy.Policy{}).Vouch(stateDir, policy.Imported, model.Resolve(cfg)); err != nil {
		t.Fatal(err)
	}
	r.apply(t, root, 0) // by root
	var codes []string
	for _, p := range asConsole(t, s,
		root+"! the same program\n",
		text("none"),
		root, // it ran before
		watched+root,
		withCommand("script", "/bin/true", "root"),       // the same, behind another word
		withCommand("notify_down", "/bin/false", "root"), // imported
		withCommand("notify_down", "/bin/false x", "root"),
		withCommand("notify", "/bin/true", "nobody"),
		withCommand("notify", "/bin/true", "daemon"),
	) {
		codes = append(codes, p.Args["reason"])
	}
	if want := []string{"", "", "", "", "", "", policy.User, "", policy.User}; !slices.Equal(codes, want) {
		t.Errorf("%q", codes)
	}
}

func TestTheConsoleHasNoFileMadeWhereRootAllowsNone(t *testing.T) {
	dir := t.TempDir()
	s, r := policed(t, policy.Policy{Files: []string{dir + "/allowed"}})
	if err := errors.Join(os.Mkdir(dir+"/allowed", 0o755), os.Symlink("/etc", dir+"/allowed/out")); err != nil {
		t.Fatal(err)
	}
	fifo := func(path string) string { return "global_defs {\nvrrp_notify_fifo " + path + "\n}\n" }
	file := func(path, init string) string {
		return "track_file F {\nfile \"" + path + "\"\n" + init + "\n}\n" + "vrrp_instance V {\ninterface eth0\nvirtual_router_id 7\ntrack_file {\nF\n}\nvirtual_ipaddress {\n192.0.2.9\n}\n}\n"
	}
	r.apply(t, fifo(dir+"/imported"), 0) // by root
	rows := []struct{ text, line string }{
		{fifo(dir + "/imported"), ""},
		{fifo(dir + "/other"), "2"},
		{fifo(dir + "/imported nobody"), "2"},
		{fifo(dir + "/allowed/x"), ""},
		{fifo(dir + "/allowed/../x"), "2"},
		{fifo(dir + "/allowed/out/x"), "2"},
		{file("/etc/passwd", "init_file 1 overwrite"), "2"},
		{file("/etc/passwd", ""), ""},
		{file(dir+"/allowed/n", "init_file 1"), ""},
	}
	var texts []string
	for _, row := range rows {
		texts = append(texts, row.text)
	}
	for i, p := range asConsole(t, s, texts...) {
		if row := rows[i]; p.Args["line"] != row.line || (p.Args["reason"] == policy.File) != (row.line != "") {
			t.Errorf("%+v\n%s", p, row.text)
		}
	}
}

func TestProgramsWatchedOverDoNotRunUnwatched(t *testing.T) {
	watched := "global_defs {\nenable_script_security\n}\n"
	s, r := policed(t, policy.Policy{})
	r.apply(t, watched+withCommand("notify", "/bin/true", "root"), 0)
	for _, p := range asConsole(t, s, withCommand("notify", "/bin/true", "root")) {
		if p.Args["code"] != code.ProgramRefused {
			t.Error(p)
		}
	}
}

func TestRootRunsOnlyProgramsOfItsDirectories(t *testing.T) {
	dir := filepath.Join("/usr/local", "holdfast-test-"+strconv.Itoa(os.Getpid()))
	t.Cleanup(func() { os.RemoveAll(dir) })
	s, _ := policed(t, policy.Policy{Users: []string{"root"}, Dirs: []string{dir}})
	err := errors.Join(os.MkdirAll(filepath.Join(dir, "loose"), 0o755), os.Chmod(filepath.Join(dir, "loose"), 0o777), os.Symlink("/bin/true", filepath.Join(dir, "link")))
	for _, name := range []string{"good", "writable", "loose/x"} {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o755))
	}
	if err = errors.Join(err, os.Chmod(filepath.Join(dir, "writable"), 0o757)); err != nil {
		t.Fatal(err)
	}
	commands := []string{dir + "/good", dir + "/good x y", "/bin/true", dir + "/link", dir + "/writable", dir + "/loose/x", dir + "/good; /bin/true", dir + "/../../bin/true", dir + "x/good"}
	var texts, codes []string
	for _, c := range commands {
		texts = append(texts, withCommand("notify", c, "root"))
	}
	for _, p := range asConsole(t, s, texts...) {
		codes = append(codes, p.Args["reason"])
	}
	if want := []string{"", "", policy.Directory, policy.Directory, policy.Writable, policy.Writable, policy.Shell, policy.Directory, policy.Directory}; !slices.Equal(codes, want) {
		t.Errorf("%q", codes)
	}
}

func TestTheConsoleDoesNotEndARole(t *testing.T) {
	s, r := policed(t, policy.Policy{})
	st, err := r.client.Status(context.Background())
	if err != nil || st.Programs == nil || !slices.Equal(st.Programs.Users, []string{"keepalived_script"}) {
		t.Error(st.Programs, err)
	}
	if p := asConsole(t, s, ""); p[0].Code != control.Forbidden {
		t.Error(p)
	}
	if _, err := r.client.Status(context.Background()); err != nil {
		t.Error(err)
	}
}
