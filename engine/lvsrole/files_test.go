package lvsrole

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"holdfast/engine/control"
)

func TestAFileMovesTheWeightOfAServerOrTakesItOut(t *testing.T) {
	for words, want := range map[string]string{ // with no file, 0, 7, -3, -2147483648
		"":                          "10 10 17 7 -",
		"weight 2":                  "10 10 24 4 -",
		"weight 2 reverse":          "10 10 0 16 2147483647",
		"weight 0":                  "10 10 - - -",
		"weight 0 reverse":          "- - 10 10 10",
		"weight 2147483647 reverse": "10 10 - 2147483647 2147483647",
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			path := filepath.Join(t.TempDir(), "n")
			text := "track_file F {\nfile " + path + "\n}\nvirtual_server 192.0.2.1 80 {\nprotocol TCP\nreal_server 192.0.2.3 80 {\nweight 10\nFILE_CHECK {\ntrack_file F\n" +
				words + "\n}\n}\nreal_server 192.0.2.4 80 {\nFILE_CHECK {\ntrack_file absent\n}\n}\n}\n"
			var tell func(string)
			opt := w.options()
			opt.WatchDir = func(ctx context.Context, _ string, changed func(string)) error {
				tell = changed
				<-ctx.Done()
				return nil
			}
			p := w.boot(configOf(t, text), opt)
			var got []string
			for i, number := range []string{"", "0", "7", "-3", "-2147483648", "4294967296"} {
				if i > 0 {
					if err := os.WriteFile(path, []byte(number), 0o600); err != nil {
						t.Fatal(err)
					}
					tell("n")
				}
				synctest.Wait()
				got = append(got, weightOf(w, "192.0.2.3"))
			}
			if last := got[5]; last != got[4] { // a number out of range changes nothing
				t.Errorf("%q: a number beyond the range makes the weight %s", words, last)
			}
			if got := strings.Join(got[:5], " "); got != want {
				t.Errorf("%q: the weight is %s, want %s", words, got, want)
			}
			before := weightOf(w, "192.0.2.3")
			planned, err := p.role.Plan(t.Context(), configOf(t, strings.Replace(text, "weight 10", "weight 20", 1)))
			if lines := fmt.Sprint(planned.Lines); err != nil || before != "-" && !strings.Contains(lines, "192.0.2.3") && before != "2147483647" {
				t.Errorf("%q: another weight is planned as %s, %v", words, lines, err)
			}
			if got := len(p.status().Virtuals[0].Servers[1].Checks); got != 0 {
				t.Errorf("a check of a file that is not there counts: %d", got)
			}
			p.stop(control.Release)
		})
	}
}

// weightOf is the weight of a server in the table, "-" where it is not there.
func weightOf(w *world, addr string) string {
	for _, s := range w.table() {
		for _, d := range s.Destinations {
			if d.Addr.String() == addr {
				return fmt.Sprint(d.Weight)
			}
		}
	}
	return "-"
}

func TestAServerThatItsFileTakesOutIsNotThereFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		path := filepath.Join(t.TempDir(), "n")
		if err := os.WriteFile(path, []byte("1"), 0o600); err != nil {
			t.Fatal(err)
		}
		opt := w.options()
		opt.WatchDir = func(ctx context.Context, _ string, _ func(string)) error { <-ctx.Done(); return nil }
		p := w.boot(configOf(t, "track_file F {\nfile "+path+"\nweight 0\n}\nvirtual_server 192.0.2.1 80 {\nprotocol TCP\nreal_server 192.0.2.3 80 {\nFILE_CHECK {\ntrack_file F\n}\n}\n}\n"), opt)
		synctest.Wait()
		if did := fmt.Sprint(w.twin.Applied().Lines()); strings.Contains(did, "192.0.2.3") {
			t.Errorf("the server was put in: %s", did)
		}
		if s := p.status().Virtuals[0].Servers[0]; s.State != "DOWN" {
			t.Errorf("it is %s", s.State)
		}
		p.stop(control.Release)
	})
}
