package probe

import (
	"context"
	"encoding/hex"
	"net"
	"strings"
	"testing"
	"time"

	"holdfast/engine/model"
)

// udpServer hears datagrams and answers each with reply, unless that is nil.
func udpServer(t *testing.T, reply []byte) (addr string, heard <-chan string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	all := make(chan string, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			all <- hex.EncodeToString(buf[:n])
			if reply != nil {
				conn.WriteTo(reply, from)
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return conn.LocalAddr().String(), all
}

// The payloads are what keepalived 2.2.7 was seen to send for the same words.
func TestUDPCheckSendsWhatKeepalivedSends(t *testing.T) {
	addr, heard := udpServer(t, []byte("x"))
	for lines, want := range map[string]string{
		"":                 hex.EncodeToString([]byte("keepalived check - keepalived ch")),
		"payload 0102 03":  "010203",
		"payload 123 45":   "120345",
		"payload 0a 0":     "0a00",
		`payload "01 02"`:  "0102",
		"payload 00 ff":    hex.EncodeToString([]byte("keepalived check - keepalived ch")),
		"payload 0102\n":   "0102",
		"payload 0 1 2":    "000102",
		"payload aabbCCdd": "aabbccdd",
	} {
		if r := probe(t, written(t, addr, "", "", "UDP_CHECK", lines)); !r.Up || !strings.HasPrefix(r.Text, "answered, ") {
			t.Errorf("%q: %+v", lines, r)
		}
		if got := <-heard; got != want {
			t.Errorf("%q: sent %s, want %s", lines, got, want)
		}
	}
}

// So does keepalived 2.2.7: an answer is compared as far as both go.
func TestUDPCheckJudgesAnAnswerOnlyWhereOneIsAskedFor(t *testing.T) {
	for _, row := range []struct {
		reply, lines string
		up           bool
		text         string
	}{
		{"aabbcc", "require_reply", true, "answered, "},
		{"", "require_reply", true, "answered, "},
		{"aabbcc", "require_reply aabb", true, "answered, "},
		{"aabbcc", "require_reply aabbccdd", true, "answered, "},
		{"aabbcc", "require_reply aX Xb", true, "answered, "},
		{"aabbcc", "require_reply a", false, "byte 1 of the answer is aa, "},
		{"aabbcc", "require_reply aab", false, "byte 2 of the answer is bb, "},
		{"aabbcc", "require_reply X", false, "byte 1 of the answer is aa, "},
		{"aabbcc", "require_reply bb", false, "byte 1 of the answer is aa, "},
		{"aabbcc", "require_reply ff", true, "answered, "},
		{"aabbcc", "require_reply aa\nmin_reply_length 4", false, "answer of 3 bytes, not 4 to 255, "},
		{"aabbcc", "require_reply aa\nmax_reply_length 2", false, "answer of 3 bytes, not 0 to 2, "},
		{"aabbcc", "require_reply\nmin_reply_length 4", true, "answered, "},
		{"aabbcc", "min_reply_length 4", true, "answered, "},
	} {
		reply, err := hex.DecodeString(row.reply)
		if err != nil {
			t.Fatal(err)
		}
		addr, _ := udpServer(t, reply)
		if r := probe(t, written(t, addr, "", "", "UDP_CHECK", row.lines)); r.Up != row.up || !strings.HasPrefix(r.Text, row.text) {
			t.Errorf("%q to %q: %+v", row.reply, row.lines, r)
		}
	}
}

func TestSilentUDPServerIsUpUnlessAnAnswerIsAskedFor(t *testing.T) {
	addr, _ := udpServer(t, nil)
	if r := probe(t, written(t, addr, "", "", "UDP_CHECK", "connect_timeout 0.1")); !r.Up || r.Text != "not refused within 100 ms" {
		t.Errorf("%+v", r)
	}
	if r := probe(t, written(t, addr, "", "", "UDP_CHECK", "connect_timeout 0.1\nrequire_reply")); r.Up || r.Code != "timeout" {
		t.Errorf("%+v", r)
	}
}

func TestEndOfTheContextIsNoSilenceOfAUDPServer(t *testing.T) {
	addr, heard := udpServer(t, nil)
	k := check(model.UDPCheck, addr)
	k.Timing.ConnectTimeout = model.Some(model.Seconds(time.Minute))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-heard; cancel() }()
	if r := (&Prober{}).Run(ctx, k); r.Up {
		t.Errorf("%+v", r)
	}
}
