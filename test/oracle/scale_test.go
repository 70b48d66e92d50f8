package oracle

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The bounds of a check of a hundred thousand real servers.
const (
	servers  = 100_000
	slowest  = 2 * time.Second
	largest  = 600 << 10 // KiB
	leastWin = 3.0
)

// BenchmarkCheckOfHundredThousandServers runs holdfast check and keepalived's own
// test on one file in turn, and prints how much faster the best of ours is than
// the best of theirs.
func BenchmarkCheckOfHundredThousandServers(b *testing.B) {
	file := filepath.Join(b.TempDir(), "keepalived.conf")
	if err := os.WriteFile(file, []byte(many(servers)), 0o600); err != nil {
		b.Fatal(err)
	}
	ours := command(b, "../../bin/holdfast", "check", file)
	theirs := command(b, "../../.cache/peers/bin/keepalived", "--config-test", "-f", file)
	for b.Loop() {
		us, them, size := time.Hour, time.Hour, int64(0)
		for range 3 {
			took, kib := measure(b, ours)
			us, size = min(us, took), max(size, kib)
			took, _ = measure(b, theirs)
			them = min(them, took)
		}
		ratio := float64(them) / float64(us)
		fmt.Printf("check of %d real servers: holdfast %.2f s, %d MiB; keepalived %.2f s; ratio %.1f\n",
			servers, us.Seconds(), size>>10, them.Seconds(), ratio)
		if us > slowest || size > largest || ratio < leastWin {
			b.Fatalf("wanted less than %v and %d MiB, and a ratio of %.0f", slowest, largest>>10, leastWin)
		}
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

// measure runs a command and gives its time and its largest resident set in KiB.
func measure(b *testing.B, argv []string) (time.Duration, int64) {
	cmd := exec.Command(argv[0], argv[1:]...)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(began)
	if err != nil {
		b.Fatalf("%v: %v\n%.1000s", argv, err, out)
	}
	return took, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
}

// many is a text with n real servers behind virtual servers of a hundred.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		if i%100 == 0 {
			if i > 0 {
				b.WriteString("}\n")
			}
			fmt.Fprintf(&b, "virtual_server 10.%d.%d.1 80 {\n    delay_loop 6\n    lb_algo wrr\n    lb_kind DR\n    protocol TCP\n", i/25000, i/100%250)
		}
		fmt.Fprintf(&b, "    real_server 172.%d.%d.%d 80 {\n        weight 1\n        TCP_CHECK {\n            connect_timeout 3\n        }\n    }\n", 16+i/65536, i/256%256, i%256)
	}
	b.WriteString("}\n")
	return b.String()
}
