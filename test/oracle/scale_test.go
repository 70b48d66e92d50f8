package oracle

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// The bounds of a check of a hundred thousand real servers.
const (
	servers = 100_000
	slowest = 2 * time.Second
	largest = 600 << 10 // KiB
)

// kinds are what stands in a real server, and how much faster ours has to be.
var kinds = []struct {
	name, lines string
	leastWin    float64
}{
	{"TCP_CHECK", "        TCP_CHECK {\n            connect_timeout 3\n            connect_port 80\n        }\n", 3},
	{"HTTP_GET", "        HTTP_GET {\n            url {\n                path /health\n                status_code 200\n            }\n            connect_timeout 3\n            retry 2\n        }\n", 2.5},
	{"no check", "", 2}, // each of these servers is a finding
}

// rounds is how often each program reads the file; the middle one counts.
const rounds = 7

// BenchmarkCheckOfHundredThousandServers runs holdfast check and keepalived's own
// test on one file in turn, and prints how much faster ours is.
func BenchmarkCheckOfHundredThousandServers(b *testing.B) {
	for _, kind := range kinds {
		b.Run(kind.name, func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "keepalived.conf")
			size := writeMany(b, file, servers, kind.lines)
			ours := command(b, "../../bin/holdfast", "check", file)
			theirs := command(b, "../../.cache/peers/bin/keepalived", "--config-test", "-f", file)
			for b.Loop() {
				var us, them runs
				for range rounds {
					us.add(b, ours)
					them.add(b, theirs)
				}
				ratio := float64(them.middle()) / float64(us.middle())
				fmt.Printf("check of %d real servers with %s, %.1f MiB: holdfast %.2f s, %d MiB; keepalived %.2f s, %d MiB; ratio %.1f\n",
					servers, kind.name, float64(size)/(1<<20), us.middle().Seconds(), us.peak>>10, them.middle().Seconds(), them.peak>>10, ratio)
				b.ReportMetric(ratio, "times-faster")
				if us.middle() > slowest || us.peak > largest || ratio < kind.leastWin {
					b.Fatalf("wanted less than %v and %d MiB, and a ratio of %.1f", slowest, largest>>10, kind.leastWin)
				}
			}
		})
	}
}

func command(b *testing.B, argv ...string) []string {
	path, err := filepath.Abs(argv[0])
	if err != nil {
		b.Fatal(err)
	}
	// Without a network of its own keepalived would look at the host's.
	return append([]string{"unshare", "-n", path}, argv[1:]...)
}

// runs are the times of a command, and the largest resident set of any in KiB.
type runs struct {
	took []time.Duration
	peak int64
}

func (r *runs) add(b *testing.B, argv []string) {
	cmd := exec.Command(argv[0], argv[1:]...)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	r.took = append(r.took, time.Since(began))
	if err != nil {
		b.Fatalf("%v: %v\n%.1000s", argv, err, out)
	}
	r.peak = max(r.peak, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}

func (r *runs) middle() time.Duration {
	return slices.Sorted(slices.Values(r.took))[len(r.took)/2]
}

// writeMany writes n real servers with some lines in each, behind virtual servers of
// a hundred, and gives the size. It holds little of it at a time: what this process
// needs would count as the memory of those it starts.
func writeMany(b *testing.B, file string, n int, lines string) int64 {
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	for i := range n {
		if i%100 == 0 {
			if i > 0 {
				fmt.Fprint(w, "}\n")
			}
			fmt.Fprintf(w, "virtual_server 10.%d.%d.1 80 {\n    delay_loop 6\n    lb_algo wrr\n    lb_kind DR\n    protocol TCP\n", i/25000, i/100%250)
		}
		fmt.Fprintf(w, "    real_server 172.%d.%d.%d 80 {\n        weight 1\n%s    }\n", 16+i/65536, i/256%256, i%256, lines)
	}
	fmt.Fprint(w, "}\n")
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}
