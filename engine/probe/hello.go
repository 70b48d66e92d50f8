package probe

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"holdfast/engine/model"
)

// Suites and groups that OpenSSL, and so keepalived, speaks by default and Go's
// library does not. A server that offers nothing else is down here.
var (
	foreignSuites = map[uint16]string{
		0x009e: "DHE-RSA-AES128-GCM-SHA256", 0x009f: "DHE-RSA-AES256-GCM-SHA384", 0xccaa: "DHE-RSA-CHACHA20-POLY1305",
		0x0033: "DHE-RSA-AES128-SHA", 0x0039: "DHE-RSA-AES256-SHA", 0x0067: "DHE-RSA-AES128-SHA256", 0x006b: "DHE-RSA-AES256-SHA256",
		0xc024: "ECDHE-ECDSA-AES256-SHA384", 0xc028: "ECDHE-RSA-AES256-SHA384", 0x003d: "AES256-SHA256",
	}
	foreignGroups = map[uint16]string{
		0x001e: "X448", 0x0100: "ffdhe2048", 0x0101: "ffdhe3072", 0x0102: "ffdhe4096", 0x0103: "ffdhe6144", 0x0104: "ffdhe8192",
	}
)

// foreign words the error of a handshake. Where the server speaks TLS, but nothing
// that this program speaks, a second hello finds out what it would have taken. It
// ends with the time of the first conversation.
func (p *Prober) foreign(ctx context.Context, err error, c model.Check, name string, end time.Time) error {
	var refused *net.OpError
	if !errors.As(err, &refused) || refused.Op != "remote error" && refused.Op != "local error" {
		return err
	}
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	conn, again := p.connect(ctx, c)
	if again != nil {
		return err
	}
	conn.end = end
	defer conn.Close()
	if _, again = conn.Write(clientHello(name)); again != nil {
		return err
	}
	suite, group, again := serverHello(conn)
	switch only := foreignSuites[suite]; {
	case again != nil:
		return err
	case only != "":
		return &onlyForeign{what: "suite " + only, err: err}
	case foreignGroups[group] != "":
		return &onlyForeign{what: "group " + foreignGroups[group], err: err}
	}
	return err
}

// onlyForeign is the error of a server whose choice of a suite or a group this
// program does not speak.
type onlyForeign struct {
	what string
	err  error
}

func (o *onlyForeign) Error() string {
	return "TLS: the server wants the " + o.what + ", which only OpenSSL speaks"
}

func (o *onlyForeign) Unwrap() error { return o.err }

// clientHello offers what OpenSSL would, and no share of a key: a server of TLS 1.3
// then names the group it wants (RFC 8446, 4.1.4).
func clientHello(name string) []byte {
	var b cryptobyte.Builder
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	b.AddUint8(22)           // handshake
	b.AddUint16(tls.VersionTLS10)
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint8(1) // client_hello
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
			b.AddUint16(tls.VersionTLS12)
			b.AddBytes(random)
			b.AddUint8(0) // no session
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
				for _, id := range suites() {
					b.AddUint16(id)
				}
				for id := range foreignSuites {
					b.AddUint16(id)
				}
			})
			b.AddBytes([]byte{1, 0}) // no compression
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { extensions(b, name) })
		})
	})
	return b.BytesOrPanic()
}

func extensions(b *cryptobyte.Builder, name string) {
	add := func(kind uint16, values ...uint16) {
		b.AddUint16(kind)
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
				for _, v := range values {
					b.AddUint16(v)
				}
			})
		})
	}
	if name != "" {
		b.AddUint16(0) // server_name
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
				b.AddUint8(0)
				b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(name)) })
			})
		})
	}
	groups := []uint16{uint16(tls.X25519), uint16(tls.CurveP256), uint16(tls.CurveP384), uint16(tls.CurveP521)}
	for id := range foreignGroups {
		groups = append(groups, id)
	}
	add(10, groups...)
	// Every signature of RFC 8446, 4.2.3, and those of TLS 1.2 with SHA-1.
	add(13, 0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201)
	add(51) // key_share: none
	b.AddUint16(43)
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, v := range []uint16{tls.VersionTLS13, tls.VersionTLS12, tls.VersionTLS11, tls.VersionTLS10} {
				b.AddUint16(v)
			}
		})
	})
}

var errHello = errors.New("no server hello")

// serverHello reads the suite that the server chose and, of a server of TLS 1.3,
// the group it asks for.
func serverHello(r io.Reader) (suite, group uint16, err error) {
	var head [9]byte // of the record, then of the message
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, 0, fmt.Errorf("read the server hello: %w", err)
	}
	size := int(head[6])<<16 | int(binary.BigEndian.Uint16(head[7:]))
	if head[0] != 22 || head[5] != 2 || size > 16<<10 {
		return 0, 0, errHello
	}
	message := make([]byte, size)
	if _, err := io.ReadFull(r, message); err != nil {
		return 0, 0, fmt.Errorf("read the server hello: %w", err)
	}
	var session, more cryptobyte.String
	s := cryptobyte.String(message)
	if !s.Skip(34) || !s.ReadUint8LengthPrefixed(&session) || !s.ReadUint16(&suite) || !s.Skip(1) {
		return 0, 0, errHello
	}
	if !s.ReadUint16LengthPrefixed(&more) {
		return suite, 0, nil // no extension
	}
	for !more.Empty() {
		var kind uint16
		var value cryptobyte.String
		if !more.ReadUint16(&kind) || !more.ReadUint16LengthPrefixed(&value) {
			return 0, 0, errHello
		}
		if kind == 51 && bytes.Equal(message[2:34], retry) && !value.ReadUint16(&group) {
			return 0, 0, errHello
		}
	}
	return suite, group, nil
}

// retry stands in the place of the random number where a server asks for another
// hello (RFC 8446, 4.1.3).
var retry = []byte{
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
}
