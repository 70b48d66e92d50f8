package probe

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"holdfast/engine/model"
)

// FuzzHTTPAnswer reads each answer to an end, and within bounds.
func FuzzHTTPAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nICY 200\r\ncontent-length:-1\nContent-Length: 9999999999999999999\n\n"))
	f.Add([]byte("HTTP/2 \r\n: \r\n\r\n"))
	f.Add([]byte("HTTP/1.0 99\n" + strings.Repeat("x", 5000)))
	f.Fuzz(func(t *testing.T, answer []byte) {
		r := bufio.NewReaderSize(bytes.NewReader(answer), 4096)
		status, length, size, err := header(r, nil)
		if err != nil {
			return
		}
		if status < 100 || status > 999 || length < -1 || size > len(answer) || size > maxHeader+4096 {
			t.Errorf("status %d, length %d, %d bytes of a header", status, length, size)
		}
		if sum, err := body(r, length, model.URL{Digest: model.Some("x")}); err != nil || len(sum) != 32 {
			t.Errorf("digest %q, %v", sum, err)
		}
	})
}

func FuzzDNSAnswer(f *testing.F) {
	f.Add([]byte{0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 0xc0, 12, 0, 6, 0, 1})
	f.Add([]byte{0x12, 0x34, 0x81, 0x83, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, datagram []byte) {
		r, ours := dnsAnswer(0x1234, datagram)
		if ours && (len(datagram) < 12 || r.Text == "" || r.Up && datagram[3]&15 != 0) {
			t.Errorf("%v of %x", r, datagram)
		}
	})
}
