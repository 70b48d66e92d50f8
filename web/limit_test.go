package web

import (
	"io"
	"net"
	"testing"
	"time"
)

func TestOneAddressMayHoldSomeConnectionsAndAllTogetherNoMore(t *testing.T) {
	t.Parallel()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	l := limit(tcp, 3, 2)
	accepted := make(chan net.Conn, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "in")
			accepted <- c
		}
	}()
	// let in says whether a client at this address is.
	letIn := func(from string) bool {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 10 * time.Second}
		c, err := d.Dial("tcp", tcp.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		n, _ := c.Read(make([]byte, 2))
		return n == 2
	}
	for i, step := range []struct {
		from string
		want bool
	}{{"127.0.0.1", true}, {"127.0.0.1", true}, {"127.0.0.1", false}, {"127.0.0.2", true}, {"127.0.0.3", false}} {
		if got := letIn(step.from); got != step.want {
			t.Errorf("%d: %s is let in: %v", i, step.from, got)
		}
	}
	first := <-accepted
	first.Close()
	first.Close() // counts once
	if !letIn("127.0.0.1") || letIn("127.0.0.3") {
		t.Error("a connection that was closed makes room for one")
	}
}
