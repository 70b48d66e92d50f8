package probe

import (
	"io"
	"net"
	"testing"
	"time"

	"holdfast/engine/model"
)

// benchmark runs one check against a listener in this process: the figure holds
// both sides.
func benchmark(b *testing.B, kind model.Kind, talk func(net.Conn)) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
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
			talk(conn)
			conn.Close()
		}
	}()
	k := check(kind, l.Addr().String())
	k.Timing.ConnectTimeout = model.Some(model.Seconds(5 * time.Second))
	p := &Prober{}
	b.ReportAllocs()
	for b.Loop() {
		if r := p.Run(b.Context(), k); !r.Up {
			b.Fatal(r.Text)
		}
	}
}

func BenchmarkTCPCheck(b *testing.B) { benchmark(b, model.TCPCheck, func(net.Conn) {}) }

func BenchmarkHTTPGet(b *testing.B) {
	request := make([]byte, 4096)
	benchmark(b, model.HTTPGet, func(conn net.Conn) {
		if _, err := conn.Read(request); err == nil {
			io.WriteString(conn, "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	})
}
