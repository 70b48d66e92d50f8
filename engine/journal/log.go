package journal

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

	"holdfast/engine/atomicfile"
)

// The sizes of a log, each with its reason.
const (
	logQueue  = 4096 // what a thousand instances may say at once, twice over
	logMemory = 1024 // what a reader that follows along may be behind without reading the disk
	logAhead  = 64   // numbers set aside at a time, so that a new boot does not give one out again
)

// Log is the journal of a role: a queue that takes entries without ever
// waiting, and one writer that numbers them, writes them to disk, and only then
// lets readers have them. So no reader ever knows a number that a crash would
// give out again.
type Log struct {
	node, role string
	path, seq  string // the segments; the file with the numbers set aside
	log        *slog.Logger

	mu    sync.Mutex // guards queue and lost
	queue []Entry
	lost  int
	wake  chan struct{} // holds one token when the queue is not empty

	opened chan struct{} // closed by open; what is below is set by then
	disk   *segments
	Ring   *Ring
	last   uint64 // newest number given out; the writer's
	ahead  uint64 // newest number set aside; the writer's
	sick   bool   // the disk refuses; said once
}

// NewLog is the journal of role: RUN/ROLE.journal and the numbers in STATE/ROLE.seq.
// Nothing is written before Open.
func NewLog(node, role, runDir, stateDir string, log *slog.Logger) *Log {
	return &Log{
		node: node, role: role, log: log,
		path: filepath.Join(runDir, role+".journal"), seq: filepath.Join(stateDir, role+".seq"),
		wake: make(chan struct{}, 1), opened: make(chan struct{}),
	}
}

// Note takes an entry. It never waits; with the queue full the entry is counted
// and a Lost entry tells of it.
func (l *Log) Note(e Entry) {
	e.Node, e.Role = l.node, l.role
	if e.At.IsZero() {
		e.At = time.Now()
	}
	l.mu.Lock()
	if len(l.queue) < logQueue {
		l.queue = append(l.queue, e)
	} else {
		l.lost++
	}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Open goes on where the journal on disk ends. It is called with the lock
// held: before that, another process writes there.
func (l *Log) Open() error {
	disk, newest, err := openSegments(l.path, segmentLimit, logMemory)
	if err != nil {
		return err
	}
	if l.ahead, err = readNumber(l.seq); err != nil {
		l.log.Error("the journal's numbers go on from what is left of it", "err", err)
	}
	l.disk, l.last = disk, l.ahead
	if n := len(newest); n > 0 {
		l.last = newest[n-1].Seq
		l.Ring = NewRing(logMemory, newest[0].Seq-1)
		for _, e := range newest {
			l.Ring.Add(e)
		}
	} else {
		l.Ring = NewRing(logMemory, l.last)
	}
	close(l.opened)
	return nil
}

// Run writes what is noted until ctx ends, and then the rest.
func (l *Log) Run(ctx context.Context) error {
	select {
	case <-l.opened:
	case <-ctx.Done():
	}
	select {
	case <-l.opened:
	default:
		return nil // never had the lock: what was noted did not happen
	}
	for {
		select {
		case <-l.wake:
			l.drain()
		case <-ctx.Done():
			l.drain()
			return errors.Join(writeNumber(l.seq, l.last), l.disk.close())
		}
	}
}

func (l *Log) drain() {
	for {
		l.mu.Lock()
		entries, lost := l.queue, l.lost
		l.queue, l.lost = nil, 0
		l.mu.Unlock()
		if lost > 0 {
			entries = append(entries, Entry{Node: l.node, Role: l.role, At: time.Now(), Kind: Lost,
				Facts: map[string]string{FactCount: strconv.Itoa(lost)}})
		}
		if len(entries) == 0 {
			return
		}
		for _, e := range entries {
			l.last++
			e.Seq = l.last
			l.keep(e)
			l.Ring.Add(e)
			logEntry(l.log, e)
		}
	}
}

// keep writes e to disk. A disk that refuses is no reason to let go of an
// address: it is said once, and readers still get what is in memory.
func (l *Log) keep(e Entry) {
	var err error
	if l.last > l.ahead {
		l.ahead = l.last + logAhead
		err = writeNumber(l.seq, l.ahead)
	}
	err = errors.Join(err, l.disk.append(e))
	if err != nil && !l.sick {
		l.log.Error("journal not written to disk", "err", err)
	}
	l.sick = err != nil
}

// Follow sends every entry above after, oldest first, and goes on with those to
// come. What is no longer there is told as a Lost entry.
func (l *Log) Follow(ctx context.Context, after uint64, send func(Entry) error) error {
	for {
		entries, floor := l.Ring.After(after)
		if after < floor {
			err := l.disk.read(func(e Entry) {
				if e.Seq > after && e.Seq <= floor {
					entries = append(entries, e)
				}
			})
			if err != nil {
				return err
			}
			slices.SortStableFunc(entries, func(x, y Entry) int { return int(int64(x.Seq) - int64(y.Seq)) })
		}
		for _, e := range entries {
			if e.Seq > after+1 {
				if err := send(l.gap(after, e.Seq)); err != nil {
					return err
				}
			}
			if err := send(e); err != nil {
				return err
			}
			after = e.Seq
		}
		if after < floor {
			if err := send(l.gap(after, floor+1)); err != nil {
				return err
			}
			after = floor
		}
		if err := l.Ring.Wait(ctx, after); err != nil {
			return err
		}
	}
}

func (l *Log) gap(after, next uint64) Entry {
	e := Gap(after, next)
	e.Node, e.Role, e.At = l.node, l.role, time.Now()
	return e
}

// subjects are the log's keys for the object of an entry; "object" is the rest's.
var subjects = map[Kind]string{
	InstanceState: "instance", PriorityChange: "instance",
	GroupState: "group", ScriptState: "script", SessionState: "session",
}

// levels are the kinds that an operator has to look at, or act on.
var levels = map[Kind]slog.Level{
	Held: slog.LevelWarn, ScriptFailed: slog.LevelWarn, Lost: slog.LevelWarn,
	Drift: slog.LevelWarn, Refused: slog.LevelWarn, Reverted: slog.LevelWarn,
	KernelError: slog.LevelError,
}

// logEntry tells an operator at the terminal what happened.
func logEntry(log *slog.Logger, e Entry) {
	var attrs []any
	if object := cmp.Or(e.Object, e.Facts[FactObject]); object != "" && e.Facts[FactVirtual] == "" { // else the facts name it
		attrs = append(attrs, cmp.Or(subjects[e.Kind], "object"), object)
	}
	told := map[string]bool{"object": true}
	for _, key := range append([]string{"virtual", "server", "from", "to", "reason"}, slices.Sorted(maps.Keys(e.Facts))...) {
		v := e.Facts[key]
		if v == "" || told[key] || key == "code" && v == e.Facts[FactReason] {
			continue
		}
		told[key] = true
		attrs = append(attrs, key, v)
	}
	log.Log(context.Background(), levels[e.Kind], message(e), attrs...)
}

// message is the kind of an entry as the log says it. A text that is in force and asked
// for no operation was not applied to anything.
func message(e Entry) string {
	if e.Kind == Applied && e.Facts[FactOperations] == "0" {
		return "in force"
	}
	return strings.ReplaceAll(string(e.Kind), "-", " ")
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
	return atomicfile.WriteDurably(path, []byte(strconv.FormatUint(n, 10)+"\n"))
}
