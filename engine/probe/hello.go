package probe

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"holdfast/engine/model"
)

// Groups that OpenSSL, and so keepalived, speaks by default and that Go's library does
// not. A server of TLS 1.3 that offers nothing else is down here.
var foreignGroups = map[uint16]string{
	0x001e: "X448", 0x0100: "ffdhe2048", 0x0101: "ffdhe3072", 0x0102: "ffdhe4096", 0x0103: "ffdhe6144", 0x0104: "ffdhe8192",
}

// again tries a second hello where Go's library cannot go on with a server: with TLS 1.2,
// the suites of OpenSSL and whatever certificate there is. Where the server refuses that,
// too, a third hello asks it what it wants, to name that in the error. All end with the
// time of the first conversation.
func (p *Prober) again(ctx context.Context, err error, c model.Check, name string, end time.Time) (*talk, error) {
	if !ofTLS(err) {
		return nil, err
	}
	var alert remoteAlert
	for _, versions := range [][]uint16{older, all} {
		conn, failed := p.connect(ctx, c)
		if failed != nil {
			return nil, err
		}
		conn.end = end
		o := &oldTLS{conn: conn}
		if failed = o.hello(name, versions); failed == nil {
			p.olds.Store(conn.to.at, true)
			return &talk{conn, o}, nil
		}
		conn.Close()
		if foreign := (*onlyForeign)(nil); errors.As(failed, &foreign) {
			return nil, failed
		}
		if !errors.As(failed, &alert) {
			break
		}
	}
	return nil, err
}

// The versions that a hello offers.
var (
	older = []uint16{tls.VersionTLS12, tls.VersionTLS11, tls.VersionTLS10}
	all   = append([]uint16{tls.VersionTLS13}, older...)
)

// ofTLS says whether the error of a handshake is one of TLS, and not of the connection or of
// a server that speaks something else.
func ofTLS(err error) bool {
	var on *net.OpError
	var record tls.RecordHeaderError
	var errno syscall.Errno
	switch {
	case errors.As(err, &on):
		return on.Op == "remote error" || on.Op == "local error"
	case errors.As(err, &record), errors.As(err, &errno), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return false
	}
	return !timeout(err) && !errors.Is(err, context.Canceled)
}

// hello makes the handshake, or says what the server wants that is not there.
func (o *oldTLS) hello(name string, versions []uint16) error {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	first, err := clientHello(random, name, versions)
	if err != nil {
		return err // the name is too long
	}
	if err := o.send(1, first); err != nil {
		return err
	}
	kind, body, err := o.message()
	if err != nil {
		return err
	}
	version, suite, group, err := serverHello(body)
	if kind != 2 || err != nil {
		return errHello
	}
	if only := foreignGroups[group]; only != "" {
		return &onlyForeign{"group " + only}
	}
	if group != 0 { // Go's library has the group, and what it refused comes behind it
		return &onlyForeign{theirCertificate}
	}
	if known, ok := oldSuites[suite]; ok {
		if version != tls.VersionTLS12 {
			return &onlyForeign{"suite " + known.name + " with " + tls.VersionName(version)}
		}
		return o.shake(known, random, body[2:34])
	}
	return errHello
}

// theirCertificate is what a server of TLS 1.3 wants whose key, signature or certificate
// Go's library does not read.
const theirCertificate = "certificate"

// onlyForeign is the error of a server whose choice of a suite or a group this
// program does not speak.
type onlyForeign struct{ what string }

func (o *onlyForeign) Error() string {
	if o.what == theirCertificate {
		return "TLS 1.3: the certificate of the server, its key or its signature is of a kind that only OpenSSL takes"
	}
	return "TLS: the server wants the " + o.what + ", which only OpenSSL speaks"
}

// clientHello offers what OpenSSL would, and no share of a key: a server of TLS 1.3
// then names the group it wants (RFC 8446, 4.1.4).
func clientHello(random []byte, name string, versions []uint16) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint16(tls.VersionTLS12)
	b.AddBytes(random)
	b.AddUint8(0) // no session
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, s := range oldList {
			b.AddUint16(s.id)
		}
		if versions[0] == tls.VersionTLS13 {
			b.AddUint16(tls.TLS_AES_128_GCM_SHA256)
			b.AddUint16(tls.TLS_AES_256_GCM_SHA384)
			b.AddUint16(tls.TLS_CHACHA20_POLY1305_SHA256)
		}
	})
	b.AddBytes([]byte{1, 0}) // no compression
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { extensions(b, name, versions) })
	return b.Bytes()
}

func extensions(b *cryptobyte.Builder, name string, versions []uint16) {
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
	// Every signature of RFC 8446, 4.2.3, and those of TLS 1.2 with SHA-224.
	add(13, 0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0303, 0x0301)
	if versions[0] != tls.VersionTLS13 {
		return
	}
	add(51) // key_share: none
	b.AddUint16(43)
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, v := range versions {
				b.AddUint16(v)
			}
		})
	})
}

var errHello = errors.New("no server hello")

// serverHello reads the version and the suite that the server chose and, of a
// server of TLS 1.3, the group it asks for.
func serverHello(message []byte) (version, suite, group uint16, err error) {
	var session, more cryptobyte.String
	s := cryptobyte.String(message)
	if !s.ReadUint16(&version) || !s.Skip(32) || !s.ReadUint8LengthPrefixed(&session) || !s.ReadUint16(&suite) || !s.Skip(1) {
		return 0, 0, 0, errHello
	}
	if !s.ReadUint16LengthPrefixed(&more) {
		return version, suite, 0, nil // no extension
	}
	for !more.Empty() {
		var kind uint16
		var value cryptobyte.String
		if !more.ReadUint16(&kind) || !more.ReadUint16LengthPrefixed(&value) {
			return 0, 0, 0, errHello
		}
		if kind == 51 && bytes.Equal(message[2:34], retry) && !value.ReadUint16(&group) {
			return 0, 0, 0, errHello
		}
	}
	return version, suite, group, nil
}

// retry stands in the place of the random number where a server asks for another
// hello (RFC 8446, 4.1.3).
var retry = []byte{
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
}
