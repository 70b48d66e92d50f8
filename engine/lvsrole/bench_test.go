package lvsrole

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/model"
	"holdfast/engine/probe"
)

// Ten thousand TCP checks a second, against a listener in this process: one
// operation is one second of that. The CPU holds both sides of each connection.
func BenchmarkTenThousandTCPChecksASecond(b *testing.B) {
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	port := l.Addr().(*net.TCPAddr).Port
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "virtual_server 192.0.%d.%d 80 {\ndelay_loop 1\nprotocol TCP\nlb_algo rr\nlb_kind NAT\n", i/250, i%250)
		for j := range 10 {
			fmt.Fprintf(&text, "real_server 127.%d.%d.%d %d {\nTCP_CHECK {\nconnect_timeout 5\n}\n}\n", i/250, i%250, j+1, port)
		}
		text.WriteString("}\n")
	}
	w := newWorld(b)
	w.absent = true // no table: the checks alone
	var done, failed atomic.Int64
	prober := &probe.Prober{}
	opt := w.options()
	opt.Probe = func(ctx context.Context, c model.Check) probe.Result {
		r := prober.Run(ctx, c)
		done.Add(1)
		if !r.Up && r.Code != "canceled" {
			failed.Add(1)
		}
		return r
	}
	p := w.boot(configOf(b, text.String()), opt)
	time.Sleep(3 * time.Second) // every check has begun
	checks, cpu := done.Load(), cpuTime(b)
	for b.Loop() {
		time.Sleep(time.Second)
	}
	checks, cpu = done.Load()-checks, cpuTime(b)-cpu
	b.ReportMetric(float64(checks)/float64(b.N), "checks/s")
	b.ReportMetric(float64(cpu.Microseconds())/float64(checks), "µs-CPU/check")
	p.crash()
	b.ReportMetric(float64(failed.Load()), "failed")
}

// cpuTime is the processor time of this process so far.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
