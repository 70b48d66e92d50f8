package interop

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/lab"
)

// scrapes is how often an exporter comes, and the rest is how long it leaves the
// director alone in between.
func scrapes() (count int, rest time.Duration) {
	if os.Getenv("HOLDFAST_LONG") != "" {
		return 1000, 50 * time.Millisecond
	}
	return 30, 100 * time.Millisecond
}

// retries is how long an exporter goes on trying before it calls keepalived down.
const retries = 2 * time.Second

// send sends a signal to the process that the pid file names, as an exporter does.
func (r *reporting) send(signals ...syscall.Signal) error {
	for _, sig := range signals {
		text, err := os.ReadFile(r.Run + "/main.pid")
		if err != nil {
			return err
		}
		pid, err := strconv.Atoi(strings.TrimSuffix(string(text), "\n"))
		if err != nil {
			return err
		}
		if err := syscall.Kill(pid, sig); err != nil {
			return err
		}
	}
	return nil
}

func (r *reporting) read(sig syscall.Signal) (string, error) {
	text, err := os.ReadFile(filepath.Join(r.temp, reportFiles[sig]))
	return string(text), err
}

// scrapeText is a scrape by the text files: the signals, and the files as they are
// then. Where something is missing it tries again.
func (r *reporting) scrapeText() (state string, err error) {
	for end := time.Now().Add(retries); ; time.Sleep(10 * time.Millisecond) {
		err = r.send(statsSignal, dataSignal)
		var stats, data string
		if err == nil {
			stats, err = r.read(statsSignal)
		}
		if err == nil {
			data, err = r.read(dataSignal)
		}
		if err == nil || time.Now().After(end) {
			if err != nil {
				return "", err
			}
			return complete(r.t, data, stats)
		}
	}
}

// complete looks for all that an exporter takes from the text files.
func complete(t *testing.T, data, stats string) (state string, err error) {
	d, s := fieldsOfData(t, data), fieldsOfStats(t, stats)
	if len(s) != 14 {
		return "", fmt.Errorf("%d counters in keepalived.stats:\n%s", len(s), stats)
	}
	for key, value := range s {
		if _, err := strconv.Atoi(value); err != nil {
			return "", fmt.Errorf("%s: %w", key, err)
		}
	}
	for _, field := range []string{"Virtual Router ID", "Gratuitous ARP delay"} {
		if _, err := strconv.Atoi(d["instance VI_1 "+field]); err != nil {
			return "", fmt.Errorf("%s: %w", field, err)
		}
	}
	for _, vip := range strings.Split(d["instance VI_1 Virtual IP"], "\n") {
		if words := strings.Split(vip, " "); len(words) < 3 || words[2] != "eth0" {
			return "", fmt.Errorf("the virtual IP is %q", vip)
		}
	}
	if d["script chk_down Status"] != "GOOD" || d["script chk_down State"] != "idle" && d["script chk_down State"] != "running" {
		return "", fmt.Errorf("the script is %q, %q", d["script chk_down Status"], d["script chk_down State"])
	}
	if d["instance VI_1 Interface"] != "eth0" || d["instance VI_1 Wantstate"] == "" {
		return "", errors.New("keepalived.data lacks fields:\n" + data)
	}
	return d["instance VI_1 State"], nil
}

// scrapeJSON is a scrape by the JSON file.
func (r *reporting) scrapeJSON() (state string, err error) {
	var text string
	for end := time.Now().Add(retries); ; time.Sleep(10 * time.Millisecond) {
		if err = r.send(jsonSignal); err == nil {
			text, err = r.read(jsonSignal)
		}
		if err == nil || time.Now().After(end) {
			break
		}
	}
	if err != nil {
		return "", err
	}
	var list []struct {
		Data struct {
			Name string   `json:"iname"`
			Link string   `json:"ifp_ifname"`
			VRID int      `json:"vrid"`
			Is   int      `json:"state"`
			VIPs []string `json:"vips"`
		} `json:"data"`
		Stats map[string]int `json:"stats"`
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return "", fmt.Errorf("%w:\n%s", err, text)
	}
	if len(list) != 1 || list[0].Data.Name != "VI_1" || list[0].Data.Link != "eth0" || list[0].Data.VRID != 51 || len(list[0].Data.VIPs) != 1 || len(list[0].Stats) != 14 {
		return "", errors.New("keepalived.json lacks fields:\n" + text)
	}
	return []string{"INIT", "BACKUP", "MASTER", "FAULT"}[list[0].Data.Is], nil
}

// An exporter comes by both its ways, again and again, on both nodes. No file is cut
// short, no role changes, no advert is late, nothing ends.
func TestScrapesDisturbNothing(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2"}})
	wire, virtual := l.Capture(), netip.MustParseAddr("192.0.2.100")
	master := report(t, l.Node("d1"), lab.Holdfast(), config("MASTER", high, l.Dir+"/d1/etc/down"))
	backup := report(t, l.Node("d2"), lab.Holdfast(), config("BACKUP", low, l.Dir+"/d2/etc/down"))
	a1, a2 := l.Node("d1").Addr, l.Node("d2").Addr
	began := time.Now()
	master.Start()
	wire.Expect("the first advert", began, 10*time.Second, lab.From(a1, high))
	backup.Start()
	for _, r := range []*reporting{master, backup} {
		for end := time.Now().Add(10 * time.Second); !strings.Contains(r.fresh(dataSignal), "Status = GOOD"); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the script does not answer")
			}
		}
		r.fresh(statsSignal)
		r.fresh(jsonSignal)
	}
	pids := fmt.Sprint(l.Node("d1").Find("vrrp"), l.Node("d1").Find("lvs"), l.Node("d2").Find("vrrp"), l.Node("d2").Find("lvs"))
	watch := l.Node("d1").WatchAddresses()
	since := time.Now()
	count, rest := scrapes()
	for i := range count {
		for r, want := range map[*reporting]string{master: "MASTER", backup: "BACKUP"} {
			for _, scrape := range []func() (string, error){r.scrapeText, r.scrapeJSON} {
				if state, err := scrape(); err != nil || state != want {
					t.Fatalf("scrape %d: %s, want %s: %v", i, state, want, err)
				}
			}
		}
		time.Sleep(rest)
	}
	// Two adverts more, so that the last one that could be late has a successor.
	next := wire.Expect("an advert after the last scrape", time.Now(), 5*time.Second, lab.From(a1, high))
	wire.Expect("another", next.At.Add(time.Millisecond), 5*time.Second, lab.From(a1, high))
	punctual(t, wire.Adverts(a1, since))
	if spoke := wire.Adverts(a2, since); len(spoke) > 0 {
		t.Errorf("the backup spoke: %v", spoke)
	}
	if changes := watch.Changes(virtual, since); len(changes) > 0 {
		t.Errorf("the address moved: %v", changes)
	}
	if now := fmt.Sprint(l.Node("d1").Find("vrrp"), l.Node("d1").Find("lvs"), l.Node("d2").Find("vrrp"), l.Node("d2").Find("lvs")); now != pids || master.Ended() || backup.Ended() {
		t.Errorf("processes were %s and are %s", pids, now)
	}
	sentWithin(t, wire, a1, 51, func() int {
		n, err := strconv.Atoi(fieldsOfStats(t, master.fresh(statsSignal))["stats VI_1 Advertisements.Sent"])
		if err != nil {
			t.Fatal(err)
		}
		return n
	})
}

// punctual fails where an advert came late, or said another priority.
func punctual(t *testing.T, adverts []lab.Frame) {
	t.Helper()
	var most time.Duration
	for i, f := range adverts {
		if f.Priority != high {
			t.Errorf("advert %d: %s", i, f)
		}
		if i > 0 {
			most = max(most, f.At.Sub(adverts[i-1].At)-advert)
		}
	}
	t.Logf("%d adverts, the latest by %s", len(adverts), most)
	if most > late {
		t.Errorf("an advert was %s late", most)
	}
}
