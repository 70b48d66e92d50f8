package journal

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func openLog(t *testing.T, dir string) (*Log, func()) { return openLogIn(t, dir, dir) }

func openLogIn(t *testing.T, run, state string) (*Log, func()) {
	t.Helper()
	b := NewLog("n1", "vrrp", run, state, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err := b.Open(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	return b, func() {
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

func written(t *testing.T, b *Log, last uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := b.Ring.Wait(ctx, last-1); err != nil {
		t.Fatal(err)
	}
}

// readAll follows the log from after up to last.
func readAll(t *testing.T, b *Log, after, last uint64) []Entry {
	t.Helper()
	var got []Entry
	err := b.Follow(context.Background(), after, func(e Entry) error {
		if got = append(got, e); e.Seq >= last {
			return io.EOF
		}
		return nil
	})
	if err != io.EOF {
		t.Fatal(err)
	}
	return got
}

func TestWhatWasPublishedSurvivesAKill(t *testing.T) {
	dir := t.TempDir()
	killed, _ := openLog(t, dir) // never closed, as after kill -9
	for i := range 100 {
		killed.Note(Entry{Kind: Notice, Object: fmt.Sprint(i)})
	}
	written(t, killed, 100)
	next, end := openLog(t, dir)
	defer end()
	next.Note(Entry{Kind: Started})
	got := readAll(t, next, 0, 101)
	if len(got) != 101 || got[100].Kind != Started || got[99].Object != "99" {
		t.Fatal(len(got), got[len(got)-1])
	}
}

func TestHalfALineLeftByADyingProcessIsCutOff(t *testing.T) {
	dir := t.TempDir()
	b, end := openLog(t, dir)
	b.Note(Entry{Kind: Started})
	written(t, b, 1)
	end()
	f, err := os.OpenFile(filepath.Join(dir, "vrrp.journal"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"seq":2,"ki`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	next, end := openLog(t, dir)
	defer end()
	next.Note(Entry{Kind: Stopped})
	if got := readAll(t, next, 0, 2); len(got) != 2 || got[1].Kind != Stopped {
		t.Fatal(got)
	}
}

func TestReaderBehindTheMemoryIsServedFromDisk(t *testing.T) {
	b, end := openLog(t, t.TempDir())
	defer end()
	for n := uint64(0); n < 3*logMemory; n += logMemory {
		for range logMemory {
			b.Note(Entry{Kind: Notice})
		}
		written(t, b, n+logMemory)
	}
	got := readAll(t, b, 10, 3*logMemory)
	if len(got) != 3*logMemory-10 {
		t.Fatal(len(got))
	}
	for i, e := range got {
		if e.Seq != uint64(i+11) {
			t.Fatal(i, e)
		}
	}
}

func TestEntriesThatFellOutAreToldAsLost(t *testing.T) {
	dir := t.TempDir()
	b, end := openLog(t, dir)
	b.disk.limit = 2000 // before the first note
	for i := range uint64(logMemory + 500) {
		b.Note(Entry{Kind: Notice})
		written(t, b, i+1)
	}
	end()
	next, end := openLog(t, dir)
	defer end()
	got := readAll(t, next, 7, logMemory+500)
	if got[0].Kind != Lost || got[0].Facts["count"] != fmt.Sprint(got[1].Seq-1-7) || got[0].Seq != got[1].Seq-1 {
		t.Fatal(got[0], got[1])
	}
}

func TestNumbersGoOnAfterARebootEmptiedTheRunDirectory(t *testing.T) {
	run, state := t.TempDir(), t.TempDir()
	b, end := openLogIn(t, run, state)
	defer end()
	b.Note(Entry{Kind: Started})
	written(t, b, 1)
	if err := os.Remove(filepath.Join(run, "vrrp.journal")); err != nil {
		t.Fatal(err)
	}
	next, end := openLogIn(t, run, state) // the first was not closed yet: the power failed
	defer end()
	last := next.Ring.Last()
	next.Note(Entry{Kind: Started})
	if got := readAll(t, next, last, last+1); len(got) != 1 || got[0].Seq <= 1 {
		t.Fatal(got)
	}
}

func TestFullQueueCountsWhatItDrops(t *testing.T) {
	dir := t.TempDir()
	b := NewLog("n1", "vrrp", dir, dir, slog.New(slog.NewTextHandler(io.Discard, nil)))
	for range logQueue + 5 {
		b.Note(Entry{Kind: Notice})
	}
	if err := b.Open(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := b.Run(ctx); err != nil {
		t.Fatal(err)
	}
	entries, _ := b.Ring.After(0)
	last := entries[len(entries)-1]
	if last.Kind != Lost || last.Facts["count"] != "5" || last.Seq != logQueue+1 {
		t.Fatal(last)
	}
}

func TestLogNamesEachThingOnce(t *testing.T) {
	for _, c := range []struct {
		entry Entry
		want  string
	}{
		{Entry{Kind: InstanceState, Object: "VI_1", Facts: map[string]string{"from": "BACKUP", "to": "MASTER", "reason": "advert-timeout"}},
			`level=INFO msg="instance state" instance=VI_1 from=BACKUP to=MASTER reason=advert-timeout`},
		{Entry{Kind: ServerState, Object: "tcp:a:80/b:80", Facts: map[string]string{"virtual": "tcp:a:80", "server": "b:80", "to": "DOWN"}},
			`level=INFO msg="server state" virtual=tcp:a:80 server=b:80 to=DOWN`},
		{Entry{Kind: Held, Object: "VI_1", Facts: map[string]string{"object": "VI_1", "code": "no-net-raw"}},
			`level=WARN msg=held object=VI_1 code=no-net-raw`},
		{Entry{Kind: Held, Facts: map[string]string{"object": "ip keepalived", "code": "leftover-table"}}, // what is no object of ours
			`level=WARN msg=held object="ip keepalived" code=leftover-table`},
		{Entry{Kind: Held, Facts: map[string]string{"object": "", "code": "no-ipvs", "reason": "no-ipvs"}},
			`level=WARN msg=held reason=no-ipvs`},
	} {
		var out strings.Builder
		log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
		logEntry(log, c.entry)
		if got := strings.TrimSpace(out.String()); got != c.want {
			t.Errorf("%s\nnot %s", got, c.want)
		}
	}
}
