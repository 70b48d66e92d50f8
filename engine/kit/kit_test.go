package kit

import (
	"errors"
	"flag"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/assets"
	"holdfast/engine/plan"
)

var update = flag.Bool("update", false, "write the golden files")

func english(id string) string { return assets.Text("en", id, nil) }

var (
	four = netip.MustParseAddr("192.0.2.100")
	six  = netip.MustParseAddr("2001:db8::100")
	dr   = Way{Method: plan.DirectRoute}
	tun  = Way{Method: plan.Tunnel}
	gue  = Way{Method: plan.Tunnel, Wrap: plan.Wrap{Kind: plan.GUE, Port: 6080}}
)

// services are one of each kind. What dr and tun have of their own stands in one script
// each; both has every form.
var services = map[string]Service{
	"dr":   {Name: "tcp:192.0.2.100:80", Addresses: []netip.Addr{four}, Ways: []Way{dr}},
	"tun":  {Name: "tcp:192.0.2.100:80", Addresses: []netip.Addr{four, four}, Ways: []Way{tun}},
	"both": {Name: "group:web 'servers'\n$(reboot)", Addresses: []netip.Addr{six, four}, Ways: []Way{dr, tun, gue, {Method: plan.Tunnel, Six: true}}},
}

func TestScriptsAreThoseOfTheGoldenFiles(t *testing.T) {
	for name, s := range services {
		for _, form := range append(Forms[:len(Forms):len(Forms)], "undo") {
			if name != "both" && form != Now {
				continue
			}
			made := form
			if form == "undo" {
				made = Now
			}
			text, err := Script(s, made, form == "undo", english)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name+"-"+form+".sh")
			if *update {
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || text != string(want) {
				t.Errorf("%s: %v\n%s", path, err, text)
			}
		}
	}
}

// In both languages: a word is part of the script.
func TestEveryScriptIsOneThatAShellReads(t *testing.T) {
	for _, lang := range assets.Langs {
		for name, s := range services {
			for _, form := range Forms {
				for _, undo := range []bool{false, true} {
					text, err := Script(s, form, undo, func(id string) string { return assets.Text(lang, id, nil) })
					if err != nil {
						t.Fatal(err)
					}
					if strings.Contains(text, "[kit.") {
						t.Errorf("%s %s %s lacks a word:\n%s", lang, name, form, text)
					}
					if strings.Contains(text, "\n$(reboot)") {
						t.Errorf("the name of a service is run:\n%s", text)
					}
					cmd := exec.Command("sh", "-n")
					cmd.Stdin = strings.NewReader(text)
					if said, err := cmd.CombinedOutput(); err != nil || len(said) > 0 {
						t.Errorf("%s %s %s: %v: %s", lang, name, form, err, said)
					}
				}
			}
		}
	}
}

func TestShellcheckHasNothingToSay(t *testing.T) {
	program, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Fatal("make test installs shellcheck:", err)
	}
	dir := t.TempDir()
	var files []string
	for name, s := range services {
		for _, form := range Forms {
			for word, undo := range map[string]bool{"do": false, "undo": true} {
				text, err := Script(s, form, undo, english)
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(dir, strings.Join([]string{name, form, word, "sh"}, "."))
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				files = append(files, file)
			}
		}
	}
	if said, err := exec.Command(program, append([]string{"-s", "sh"}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestAServiceThatNeedsNoScriptIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		s    Service
		form string
		want error
	}{
		"of a mark": {Service{Name: "fwmark:1", Ways: []Way{dr}}, Now, ErrMark},
		"by NAT":    {Service{Name: "tcp:192.0.2.100:80", Addresses: []netip.Addr{four}, Ways: []Way{{}}}, Now, ErrNAT},
		"no form":   {services["dr"], "systemd", ErrForm},
	} {
		if text, err := Script(c.s, c.form, false, english); !errors.Is(err, c.want) || text != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNoTwoServicesHaveOneSlug(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"tcp:192.0.2.1:80", "udp:192.0.2.1:80", "tcp:[2001:db8::1]:80", "group:a b", "group:a-b", "group:a:b", "group:网站", strings.Repeat("a", 300)} {
		slug := Service{Name: name}.slug()
		if before, taken := seen[slug]; taken || len(slug) > 80 || strings.ContainsAny(slug, "/ '\n") {
			t.Errorf("%q: %q, as %q", name, slug, before)
		}
		seen[slug] = name
	}
}
