package interop

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/lab"
)

// The signals that keepalived of Debian 12 takes, and the files that it writes then.
const (
	dataSignal  = syscall.SIGUSR1
	statsSignal = syscall.SIGUSR2
	jsonSignal  = syscall.Signal(36)
)

var reportFiles = map[syscall.Signal]string{dataSignal: "keepalived.data", statsSignal: "keepalived.stats", jsonSignal: "keepalived.json"}

// reporting is a director whose reports go to a folder of its own.
type reporting struct {
	*lab.Director
	t    *testing.T
	temp string
}

func report(t *testing.T, n *lab.Node, program lab.Program, config string) *reporting {
	t.Helper()
	d := n.Director(program, config)
	r := &reporting{Director: d, t: t, temp: d.Run + "/tmp"}
	if err := os.Mkdir(r.temp, 0o755); err != nil {
		t.Fatal(err)
	}
	d.Env = []string{"TMPDIR=" + r.temp}
	return r
}

// fresh has the director write a report anew and reads it.
func (r *reporting) fresh(sig syscall.Signal) string {
	r.t.Helper()
	path := filepath.Join(r.temp, reportFiles[sig])
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if r.send(sig) != nil {
			continue // before its pid file stands, a program may not take signals yet
		}
		time.Sleep(20 * time.Millisecond)
		if text, err := os.ReadFile(path); err == nil && len(text) > 0 {
			return string(text)
		}
	}
	r.t.Fatalf("%s does not write %s", r.Program.Name, path)
	return ""
}

// fields are the values of a report by kind, object and name: "instance VI_1 State".
// A list is one value.
type fields map[string]string

// sections are the kinds of what stands under the headings of keepalived.data.
var sections = map[string]string{
	"Global definitions": "global", "VRRP Topology": "instance", "VRRP Sockpool": "sockpool", "VRRP Sync groups": "group",
	"Static Addresses": "static", "Static Routes": "static", "Static Rules": "static", "Static Track groups": "static",
	"VRRP Scripts": "script", "Interfaces": "interface", "Gratuitous ARP delays": "garp", "GARP delay group 0": "garp",
}

var (
	heading = regexp.MustCompile(`^------< (.*) >------$`)
	object  = regexp.MustCompile(`^ VRRP (?:Instance|Sync Group|Script) = ([^,]*)(?:, (.*))?$`)
	listOf  = regexp.MustCompile(`^ *([A-Za-z ]+?) ?(?:\(\d+\))? ?:$`)
)

// fieldsOfData reads keepalived.data.
func fieldsOfData(t *testing.T, text string) fields {
	t.Helper()
	all := fields{}
	kind, name, list := "", "", ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if m := heading.FindStringSubmatch(line); m != nil {
			if kind, name, list = sections[m[1]], "", ""; kind == "" {
				t.Fatalf("unknown heading %q", line)
			}
			if kind == "static" {
				list = "static  " + m[1]
			}
			continue
		}
		if m := object.FindStringSubmatch(line); m != nil {
			name, list = m[1], ""
			if m[2] != "" {
				all[kind+" "+name+" State"] = m[2]
			}
			continue
		}
		depth := 3
		if kind == "global" {
			depth = 1
		}
		key, value, ok := strings.Cut(strings.TrimSpace(line), " = ")
		switch {
		case list != "" && len(line)-len(strings.TrimLeft(line, " ")) > depth:
			all[list] = strings.TrimPrefix(all[list]+"\n"+strings.TrimSpace(line), "\n")
			continue
		case listOf.MatchString(line):
			list = kind + " " + name + " " + listOf.FindStringSubmatch(line)[1]
			all[list] = ""
			continue
		case !ok:
			key, value = word(strings.TrimSpace(line))
		}
		list = ""
		all[kind+" "+name+" "+key] = value
	}
	return all
}

// word splits a line without an equals sign.
func word(line string) (key, value string) {
	for _, key := range []string{"Flags:", "Multicast address", "Check unicast src :", "Num member fault", "fd_in"} {
		if rest, ok := strings.CutPrefix(line, key); ok {
			return strings.TrimSpace(strings.TrimSuffix(key, ":")), strings.TrimSpace(rest)
		}
	}
	return line, "yes"
}

// fieldsOfJSON reads keepalived.json.
func fieldsOfJSON(t *testing.T, text string) fields {
	t.Helper()
	var list []struct{ Data, Stats map[string]json.RawMessage }
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	all := fields{}
	for _, in := range list {
		var name string
		if err := json.Unmarshal(in.Data["iname"], &name); err != nil {
			t.Fatal(err)
		}
		for key, value := range in.Data {
			all["json "+name+" "+key] = plain(t, value)
		}
		for key, value := range in.Stats {
			all["json "+name+" stats."+key] = string(value)
		}
	}
	return all
}

// plain is a value without what JSON leaves to the writer, such as \/ for a slash.
func plain(t *testing.T, text json.RawMessage) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(value)
}

// fieldsOfStats reads keepalived.stats.
func fieldsOfStats(t *testing.T, text string) fields {
	t.Helper()
	all := fields{}
	name, section := "", ""
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch {
		case !ok:
			t.Fatalf("%q is no line of keepalived.stats", line)
		case strings.HasPrefix(line, "VRRP Instance: "):
			name, section = value, ""
		case value == "":
			section = key + "."
		case strings.HasPrefix(line, "    "):
			all["stats "+name+" "+section+key] = value
		default:
			all["stats "+name+" "+key] = value
		}
	}
	return all
}

// listed is what fields.txt says of a field.
type listed struct{ becomes, reason string }

// readList reads fields.txt into kinds and names.
func readList(t *testing.T) map[string]listed {
	t.Helper()
	f, err := os.Open(lab.Root() + "/engine/dump/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	line := regexp.MustCompile(`^(\w+)\s+(.*?)\s+(equal|time|differs|absent)(?:\s+(.*))?$`)
	list := map[string]listed{}
	for s := bufio.NewScanner(f); s.Scan(); {
		text := s.Text()
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		m := line.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("fields.txt: %q", text)
		}
		split := func(r rune) bool { return r == ';' || m[1] == "json" && r == ' ' }
		for _, name := range strings.FieldsFunc(m[2], split) {
			list[m[1]+" "+strings.TrimSpace(name)] = listed{m[3], m[4]}
		}
	}
	return list
}

// of finds the field's line, by its name or by what stands for all of its kind.
func of(list map[string]listed, kind, name string) (listed, bool) {
	for _, key := range []string{kind + " " + name, kind + " *"} {
		if l, ok := list[key]; ok {
			return l, true
		}
	}
	l, ok := list[kind+" stats.*"]
	return l, ok && strings.HasPrefix(name, "stats.")
}

// shape is a value with its digits and names of days and months made equal.
func shape(value string) string {
	value = regexp.MustCompile(`\d+`).ReplaceAllString(value, "0")
	value = regexp.MustCompile(`\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b`).ReplaceAllString(value, "DAY")
	value = regexp.MustCompile(`\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b`).ReplaceAllString(value, "MONTH")
	return regexp.MustCompile(` +`).ReplaceAllString(value, " ")
}

// counted are the fields that count something which goes on.
var counted = regexp.MustCompile(`^(stats\.advert_\w+|Advertisements\..*|stats\.(authtype_mismatch|auth_failure|invalid_authtype)|Authentication Errors\..*|Packet Errors\..*|stats\.\w+_err)$`)

// compare holds the fields of ours against keepalived's by fields.txt. Counters that
// go on are zero in both or in neither.
func compare(t *testing.T, list map[string]listed, theirs, ours fields) {
	t.Helper()
	seen := map[string]bool{}
	for key := range theirs {
		seen[key] = true
	}
	for key := range ours {
		seen[key] = true
	}
	for key := range seen {
		kind, rest, _ := strings.Cut(key, " ")
		object, name, _ := strings.Cut(rest, " ")
		l, ok := of(list, kind, name)
		their, has := theirs[key]
		our, have := ours[key]
		at := fmt.Sprintf("%s %s, field %q", kind, object, name)
		switch {
		case !ok:
			t.Errorf("%s: fields.txt has no line for it", at)
		case !has:
			t.Errorf("%s: keepalived does not write it, we write %q", at, our)
		case l.becomes == "absent" && have:
			t.Errorf("%s: we write it, %q, and fields.txt says we do not", at, our)
		case l.becomes != "absent" && !have:
			t.Errorf("%s: keepalived writes %q, we do not", at, their)
		case l.becomes == "time" && shape(their) != shape(our):
			t.Errorf("%s: keepalived writes %q, we write %q", at, their, our)
		case l.becomes == "equal" && counted.MatchString(name):
			if (their == "0") != (our == "0") {
				t.Errorf("%s: keepalived counts %s, we count %s", at, their, our)
			}
		case l.becomes == "equal" && their != our:
			t.Errorf("%s: keepalived writes %q, we write %q", at, their, our)
		}
	}
}

// sentWithin holds the count of adverts sent against the wire: it lies between what
// had passed before the report and what has passed after it.
func sentWithin(t *testing.T, wire *lab.Wire, from netip.Addr, router uint8, ask func() int) {
	t.Helper()
	passed := func() (n int) {
		for _, f := range wire.Adverts(from, time.Time{}) {
			if f.Router == router {
				n++
			}
		}
		return n
	}
	before := passed()
	got := ask()
	time.Sleep(50 * time.Millisecond) // what was sent before the report may be on its way
	if after := passed(); got < before || got > after {
		t.Errorf("router %d: %d adverts sent, and %d to %d passed", router, got, before, after)
	}
}
