package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"holdfast/engine/journal"
)

// The sizes of a book, each with its reason.
const (
	bookQueue  = 4096 // what a thousand instances may say at once, twice over
	bookMemory = 1024 // what a reader that follows along may be behind without reading the disk
	bookAhead  = 64   // numbers set aside at a time, so that a new boot does not give one out again
)

// book is the journal of a role: a queue that takes entries without ever
// waiting, and one writer that numbers them, writes them to disk, and only then
// lets readers have them. So no reader ever knows a number that a crash would
// give out again.
type book struct {
	node, role string
	path, seq  string // the segments; the file with the numbers set aside
	log        *slog.Logger

	mu    sync.Mutex // guards queue and lost
	queue []journal.Entry
	lost  int
	wake  chan struct{} // holds one token when the queue is not empty

	opened chan struct{} // closed by open; what is below is set by then
	disk   *segments
	ring   *journal.Ring
	last   uint64 // newest number given out; the writer's
	ahead  uint64 // newest number set aside; the writer's
	sick   bool   // the disk refuses; said once
}

func newBook(opt Options, role string, log *slog.Logger) *book {
	return &book{
		node: opt.Node, role: role, log: log,
		path: filepath.Join(opt.RunDir, role+".journal"), seq: filepath.Join(opt.StateDir, role+".seq"),
		wake: make(chan struct{}, 1), opened: make(chan struct{}),
	}
}

// note takes an entry. It never waits; with the queue full the entry is counted
// and a Lost entry tells of it.
func (b *book) note(e journal.Entry) {
	e.Node, e.Role = b.node, b.role
	if e.At.IsZero() {
		e.At = time.Now()
	}
	b.mu.Lock()
	if len(b.queue) < bookQueue {
		b.queue = append(b.queue, e)
	} else {
		b.lost++
	}
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// open goes on where the journal on disk ends. It is called with the baton in
// hand: before that, another process writes there.
func (b *book) open() error {
	disk, newest, err := openSegments(b.path, segmentLimit, bookMemory)
	if err != nil {
		return err
	}
	if b.ahead, err = readNumber(b.seq); err != nil {
		b.log.Error("the journal's numbers go on from what is left of it", "err", err)
	}
	b.disk, b.last = disk, b.ahead
	if n := len(newest); n > 0 {
		b.last = newest[n-1].Seq
		b.ring = journal.NewRing(bookMemory, newest[0].Seq-1)
		for _, e := range newest {
			b.ring.Add(e)
		}
	} else {
		b.ring = journal.NewRing(bookMemory, b.last)
	}
	close(b.opened)
	return nil
}

// run writes what is noted until ctx ends, and then the rest.
func (b *book) run(ctx context.Context) error {
	select {
	case <-b.opened:
	case <-ctx.Done():
	}
	select {
	case <-b.opened:
	default:
		return nil // never had the baton: what was noted did not happen
	}
	for {
		select {
		case <-b.wake:
			b.drain()
		case <-ctx.Done():
			b.drain()
			return errors.Join(writeNumber(b.seq, b.last), b.disk.close())
		}
	}
}

func (b *book) drain() {
	for {
		b.mu.Lock()
		entries, lost := b.queue, b.lost
		b.queue, b.lost = nil, 0
		b.mu.Unlock()
		if lost > 0 {
			entries = append(entries, journal.Entry{Node: b.node, Role: b.role, At: time.Now(), Kind: journal.Lost,
				Facts: map[string]string{"count": strconv.Itoa(lost)}})
		}
		if len(entries) == 0 {
			return
		}
		for _, e := range entries {
			b.last++
			e.Seq = b.last
			b.keep(e)
			b.ring.Add(e)
			logEntry(b.log, e)
		}
	}
}

// keep writes e to disk. A disk that refuses is no reason to let go of an
// address: it is said once, and readers still get what is in memory.
func (b *book) keep(e journal.Entry) {
	var err error
	if b.last > b.ahead {
		b.ahead = b.last + bookAhead
		err = writeNumber(b.seq, b.ahead)
	}
	err = errors.Join(err, b.disk.append(e))
	if err != nil && !b.sick {
		b.log.Error("journal not written to disk", "err", err)
	}
	b.sick = err != nil
}

// follow sends every entry above after, oldest first, and goes on with those to
// come. What is no longer there is told as a Lost entry.
func (b *book) follow(ctx context.Context, after uint64, send func(journal.Entry) error) error {
	for {
		entries, floor := b.ring.After(after)
		if after < floor {
			err := b.disk.read(func(e journal.Entry) {
				if e.Seq > after && e.Seq <= floor {
					entries = append(entries, e)
				}
			})
			if err != nil {
				return err
			}
			slices.SortStableFunc(entries, func(x, y journal.Entry) int { return int(int64(x.Seq) - int64(y.Seq)) })
		}
		for _, e := range entries {
			if e.Seq > after+1 {
				if err := send(b.gap(after, e.Seq)); err != nil {
					return err
				}
			}
			if err := send(e); err != nil {
				return err
			}
			after = e.Seq
		}
		if after < floor {
			if err := send(b.gap(after, floor+1)); err != nil {
				return err
			}
			after = floor
		}
		if err := b.ring.Wait(ctx, after); err != nil {
			return err
		}
	}
}

func (b *book) gap(after, next uint64) journal.Entry {
	e := journal.Gap(after, next)
	e.Node, e.Role, e.At = b.node, b.role, time.Now()
	return e
}

// subjects are the log's keys for the object of an entry; "object" is the rest's.
var subjects = map[journal.Kind]string{
	journal.InstanceState: "instance", journal.PriorityChange: "instance",
	journal.GroupState: "group", journal.ScriptState: "script",
}

// levels are the kinds that an operator has to look at, or act on.
var levels = map[journal.Kind]slog.Level{
	journal.Held: slog.LevelWarn, journal.ScriptFailed: slog.LevelWarn, journal.Lost: slog.LevelWarn,
	journal.Drift: slog.LevelWarn, journal.Refused: slog.LevelWarn, journal.Reverted: slog.LevelWarn,
	journal.KernelError: slog.LevelError,
}

// logEntry tells an operator at the terminal what happened.
func logEntry(log *slog.Logger, e journal.Entry) {
	var attrs []any
	if e.Object != "" && e.Facts["virtual"] == "" { // else the facts name it
		attrs = append(attrs, cmp.Or(subjects[e.Kind], "object"), e.Object)
	}
	told := map[string]bool{"object": true}
	for _, key := range append([]string{"virtual", "server", "from", "to", "reason"}, slices.Sorted(maps.Keys(e.Facts))...) {
		v := e.Facts[key]
		if v == "" || told[key] || key == "code" && v == e.Facts["reason"] {
			continue
		}
		told[key] = true
		attrs = append(attrs, key, v)
	}
	log.Log(context.Background(), levels[e.Kind], strings.ReplaceAll(string(e.Kind), "-", " "), attrs...)
}

func readNumber(path string) (uint64, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", path, err)
	}
	return n, nil
}

func writeNumber(path string, n uint64) error {
	return writeDurably(path, []byte(strconv.FormatUint(n, 10)+"\n"))
}
