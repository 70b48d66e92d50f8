package model

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// host is the machine that the golden findings were made on.
var host = Facts{Known: true, Interfaces: []string{"lo", "eth0"}, Bash: true, Node: "node1"}

func TestFindingsOfEachFaultyText(t *testing.T) {
	files, err := filepath.Glob("testdata/findings/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatal("no texts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".conf"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, findings := Parse(filepath.Base(file), text, host)
			var b strings.Builder
			for _, f := range findings {
				b.WriteString(plain(f) + "\n")
			}
			golden := strings.TrimSuffix(file, ".conf") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("findings are\n%s\nwant\n%s", b.String(), want)
			}
		})
	}
}

// plain writes a finding without words of any language.
func plain(f Finding) string {
	s := fmt.Sprintf("%d:%d-%d:%d %s %s", f.Range.Line, f.Range.Col, f.Range.EndLine, f.Range.EndCol, f.Severity, f.Code)
	for _, k := range slices.Sorted(maps.Keys(f.Args)) {
		if f.Args[k] != "" {
			s += fmt.Sprintf(" %s=%s", k, f.Args[k])
		}
	}
	if f.Hint != "" {
		s += " -> " + f.Hint
	}
	return s
}

func TestTutorialGivesItsOdditiesAsWarnings(t *testing.T) {
	for file, want := range map[string][]string{
		"tutorial-node1.conf": {"22:15 missing-interface eth0", "46:5 obsolete-word nat_mask"},
		"tutorial-web.conf":   {"23:15 missing-interface eno16777736", "35:5 unknown-word notify_bakcup -> notify_backup"},
	} {
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile("testdata/" + file)
			if err != nil {
				t.Fatal(err)
			}
			_, findings := Parse(file, text, Facts{Known: true, Interfaces: []string{"lo"}, Bash: true})
			var got []string
			for _, f := range findings {
				if f.Severity == Note {
					continue
				}
				s := fmt.Sprintf("%d:%d %s %s", f.Range.Line, f.Range.Col, f.Code, f.Args["Word"]+f.Args["Name"])
				if f.Hint != "" {
					s += " -> " + f.Hint
				}
				got = append(got, s)
			}
			if !slices.Equal(got, want) {
				t.Errorf("warnings are %q, want %q", got, want)
			}
		})
	}
}

// keepalived gives the kernel one service with the servers of both blocks; what is
// exported has to leave it that.
func TestASecondVirtualServerOfOneAddressIsKept(t *testing.T) {
	const text = "virtual_server 10.0.0.1 80 {\n    protocol TCP\n    real_server 10.0.0.2 80 {\n    }\n}\n\nvirtual_server 10.0.0.1 80 {\n    protocol TCP\n    real_server 10.0.0.3 80 {\n    }\n}\n"
	c, _ := Parse("x", []byte(text), Facts{})
	if len(c.Virtuals) != 1 || len(c.Kept) != 1 || Print(c) != text {
		t.Errorf("%d virtual servers, %d kept, printed\n%s", len(c.Virtuals), len(c.Kept), Print(c))
	}
}

// What is no state is BACKUP for keepalived, also behind MASTER.
func TestAStateThatIsNoneIsBackup(t *testing.T) {
	c, _ := Parse("x", []byte("vrrp_instance V {\n    state MASTER\n    state FAULT\n}\n"), Facts{})
	if c.Instances[0].Master {
		t.Error("it is MASTER")
	}
}

// keepalived takes 0 for a weight that is no number, and the script's own where one
// is beyond the range.
func TestWhatAWeightThatIsNoneLeaves(t *testing.T) {
	c, _ := Parse("x", []byte("vrrp_script S {\n    script /bin/true\n    weight 20\n}\nvrrp_script B {\n    script /bin/true\n    weight -300\n}\n"+
		"vrrp_instance V {\n    track_script {\n        S weight abc\n        B weight 300\n    }\n}\n"), Facts{})
	s := Resolve(c).Instances[0].TrackScripts
	if s[0].Weight.Val.N != 0 || s[1].Weight.Val.N != -253 {
		t.Errorf("%+v", s)
	}
}
