package vrrprole

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// counter stands for the processes of a host.
type counter struct {
	mu      sync.Mutex
	counted func([]int)
}

func (c *counter) option(opt *Options) {
	opt.CountProcesses = func(ctx context.Context, wanted []processMatch, counted func([]int)) {
		c.mu.Lock()
		c.counted = counted
		c.mu.Unlock()
		counted(make([]int, len(wanted)))
		<-ctx.Done()
	}
}

// tell says how many processes there are now.
func (c *counter) tell(numbers []int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counted(numbers)
}

// processText is a vrrp_track_process and an instance that tracks it.
func processText(words, track string) string {
	return "vrrp_track_process P {\nprocess some\n" + words + "\n}\n" + pairText(100, "track_process {\nP "+track+"\n}")
}

// standing is the priority of an instance, or that it is at fault.
func (s *seat) standing() string {
	in := s.status().Instances[0]
	if in.State == "FAULT" {
		return in.State
	}
	return fmt.Sprint(in.Priority)
}

func TestTheWordsOfATrackedProcessDecide(t *testing.T) {
	for text, want := range map[string]string{ // with 0, 1, 2 and 3 processes
		"|":                                    "FAULT 100 100 100",
		"quorum 2|":                            "FAULT FAULT 100 100",
		"quorum 1\nquorum_max 2|":              "FAULT 100 100 FAULT",
		"quorum 1\nquorum_max 0|":              "FAULT FAULT FAULT FAULT",
		"|weight 0 reverse":                    "100 FAULT FAULT FAULT",
		"weight 10|":                           "100 110 110 110",
		"weight -10|":                          "90 100 100 100",
		"weight 10 reverse|":                   "100 90 90 90",
		"weight 10|weight -20":                 "80 100 100 100",
		"weight 10 reverse|weight 7 noreverse": "100 107 107 107",
	} {
		synctest.Test(t, func(t *testing.T) {
			words, track, _ := strings.Cut(text, "|")
			var c counter
			a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configFrom(t, processText(words, track)), c.option)
			var got []string
			for n := range 4 {
				time.Sleep(10 * time.Millisecond)
				c.tell([]int{n})
				time.Sleep(10 * time.Second)
				got = append(got, a.standing())
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%q: %q, want %s", text, got, want)
			}
			a.stop(control.Release)
		})
	}
}

func TestTheEndOfAProcessIsAFaultAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		var c counter
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, processText("", "")), c.option)
		time.Sleep(10 * time.Millisecond)
		c.tell([]int{1})
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		now := time.Now()
		c.tell([]int{0})
		time.Sleep(time.Millisecond)
		if got := sentBy(wire, "192.0.2.1", now); len(got) != 1 || got[0] != 0 {
			t.Errorf("sent %v", got)
		}
		if in := a.status().Instances[0]; in.Reason != "process-missing" || len(in.Held) > 0 || in.Tracks[1].Kind != "process" || in.Tracks[1].Up {
			t.Errorf("%+v", in)
		}
		a.stop(control.Release)
	})
}

func TestDelaysOfATrackedProcess(t *testing.T) {
	for words, want := range map[string]string{"fork_delay 2\nterminate_delay 3": "2s 3s", "delay 4": "4s 4s", "delay 4\nfork_delay 1": "1s 4s"} {
		synctest.Test(t, func(t *testing.T) {
			var c counter
			a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configFrom(t, processText(words, "weight 10")), c.option)
			time.Sleep(10 * time.Second)
			took := func(number int, standing string) time.Duration {
				began := time.Now()
				c.tell([]int{number})
				for a.standing() != standing {
					time.Sleep(10 * time.Millisecond)
				}
				return time.Since(began).Round(100 * time.Millisecond)
			}
			if got := fmt.Sprint(took(1, "110"), " ", took(0, "100")); got != want {
				t.Errorf("%q: %s, want %s", words, got, want)
			}
			c.tell([]int{1}) // and gone again before it counts
			time.Sleep(500 * time.Millisecond)
			c.tell([]int{0})
			time.Sleep(10 * time.Second)
			if got := a.standing(); got != "100" {
				t.Errorf("%q: %s", words, got)
			}
			a.stop(control.Release)
		})
	}
}

func TestWhichProcessesCount(t *testing.T) {
	for text, want := range map[string]string{ // of the lines below
		"process nginx":                                       "1 2 3",
		"process averylongprocessname":                        "4",
		"process /usr/sbin/nginx\nfull_command":               "1 2 3",
		"process /usr/sbin/nginx -g":                          "2",
		"process /usr/sbin/nginx -g \"daemon off\"":           "3",
		"process /usr/sbin/nginx -g\nparam_match initial":     "2 3",
		"process /usr/sbin/nginx -g dae\nparam_match initial": "3",
		"process /usr/sbin/nginx -g dae\nparam_match partial": "",
		"process /usr/sbin/nginx -g\nparam_match partial":     "2 3",
		"process /usr/sbin/nginx\nparam_match partial":        "1 2 3",
	} {
		m := matchOf(configFrom(t, "vrrp_track_process P {\n"+text+"\n}\n").Processes[0])
		var got []string
		for i, p := range [][2]string{{"nginx", "/usr/sbin/nginx\x00"}, {"nginx", "/usr/sbin/nginx\x00-g\x00"}, {"nginx", "/usr/sbin/nginx\x00-g\x00daemon off\x00"}, {"averylongproces", "averylongprocessname\x00"}} {
			if m.fits(p[0], func() string { return p[1] }) {
				got = append(got, fmt.Sprint(i+1))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// until waits for a value on a channel.
func until[T comparable](t *testing.T, told <-chan T, want T) {
	t.Helper()
	for {
		select {
		case v := <-told:
			if v == want {
				return
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%v was never told", want)
		}
	}
}

func TestProcessesOfThisHostAreCountedAndTheirEndIsHeardOf(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "holdfasttrack")
	text, err := os.ReadFile("/bin/sleep")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o700); err != nil {
		t.Fatal(err)
	}
	told, done := make(chan int, 100), make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(done)
		countProcesses(ctx, []processMatch{{words: []string{"holdfasttrack"}}}, func(n []int) { told <- n[0] })
	}()
	defer func() { cancel(); <-done }()
	until(t, told, 0)
	var list []*exec.Cmd
	for range 2 {
		c := exec.Command(name, "60")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	until(t, told, 2)
	for i, c := range list {
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		until(t, told, 1-i) // before anybody waited for it
		_ = c.Wait()
	}
}

// fileText is a track_file and an instance that tracks it.
func fileText(path, words, track string) string {
	return "track_file F {\nfile " + path + "\n" + words + "\n}\n" + pairText(100, "track_file {\nF "+track+"\n}")
}

func TestANumberInAFileMovesAPriority(t *testing.T) {
	for text, want := range map[string]string{ // with no file, 7, -3, -254, 400, 08
		"|":                                   "100 107 97 FAULT 254 100",
		"weight 2|":                           "100 114 94 FAULT 254 100",
		"weight 2 reverse|":                   "100 86 106 254 FAULT 100",
		"weight 2|weight -1":                  "100 93 103 254 FAULT 100",
		"weight 0|":                           "100 FAULT FAULT FAULT FAULT 100",
		"|weight 0 reverse":                   "FAULT 100 100 100 100 FAULT",
		"weight 2 reverse|weight 1 noreverse": "100 107 97 FAULT 254 100",
	} {
		synctest.Test(t, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "number")
			var tell func(string)
			words, track, _ := strings.Cut(text, "|")
			a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configFrom(t, fileText(path, words, track)), func(opt *Options) {
				opt.WatchDir = func(ctx context.Context, dir string, changed func(string)) error {
					tell = changed
					changed("")
					<-ctx.Done()
					return nil
				}
			})
			var got []string
			for _, number := range []string{"", "7", "-3", "-254", "400", "08"} {
				time.Sleep(time.Millisecond)
				if number != "" {
					if err := os.WriteFile(path, []byte(number), 0o600); err != nil {
						t.Fatal(err)
					}
					tell("number")
				}
				time.Sleep(10 * time.Second)
				got = append(got, a.standing())
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%q: %q, want %s", text, got, want)
			}
			a.stop(control.Release)
		})
	}
}

func TestTracksOfASyncGroupWeighWhereTheTextSaysSo(t *testing.T) {
	for words, want := range map[string]string{"": "", "sync_group_tracking_weight": "P 7 F 9"} {
		text := "vrrp_track_process P {\nprocess p\nweight 7\n}\ntrack_file F {\nfile /x\nweight 9\n}\n" +
			"vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\ntrack_process {\nP\n}\ntrack_file {\nF\n}\n" + words + "\n}\n" +
			pairText(100) + strings.NewReplacer("VI_1", "VI_2", "51", "52", vip, "192.0.2.101/32").Replace(pairText(100))
		for _, r := range newTeams(configFrom(t, text))[0].routers {
			var got []string
			for _, track := range r.core.Tracks {
				if track.Kind == vrrp.ByProcess || track.Kind == vrrp.ByFile {
					got = append(got, fmt.Sprint(track.Name, " ", track.Weight))
				}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%q: %s tracks %q, want %q", words, r.cfg.Name, got, want)
			}
		}
	}
}

// An apply does to tracked things what its plan says, and what was counted stays known.
func TestAPlanKnowsWhatIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c counter
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configFrom(t, processText("", "")), c.option)
		time.Sleep(10 * time.Millisecond)
		c.tell([]int{1})
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		next := configFrom(t, processText("quorum 2", ""))
		planned, err := a.role.Plan(context.Background(), next)
		if err != nil {
			t.Fatal(err)
		}
		if done := a.apply(next); !slices.Equal(done.Lines, planned.Lines) || len(done.Lines) != 1 {
			t.Errorf("planned %q, done %q", planned.Lines, done.Lines)
		}
		a.is("VI_1", "FAULT")
		a.stop(control.Release)
	})
}
